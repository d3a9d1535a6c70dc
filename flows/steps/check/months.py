"""A progress ledger against its sender's last accepted month: what fell, what changed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from flows.policies import Policy
from flows.steps.check.counts import cells_of
from flows.steps.check.doubts import Doubt, doubts_of, vanished
from flows.steps.check.masks import count_shown, harmless, scrub
from flows.steps.failures import Place, explained, failure
from flows.steps.model import CheckedLedger, Failure, Frame, address
from flows.steps.months import Month
from schemas.definition import Definition
from schemas.rules import MORE, MORE_REMEDY, RULES

WHOLE = Failure("", None, None, None, None, None, "base-jumped", "query", "", MORE_REMEDY)


@dataclass(frozen=True)
class Base:
    """A sender's last accepted month: its rows by county and enterprise, and the city's totals."""

    month: Month
    rows: Mapping[tuple[str, str], Mapping[str, int]]
    city: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Row:
    """A row of a ledger's counts beside the last accepted month's."""

    values: Mapping[str, Any]  # a text, a count or a list of cells
    before: Mapping[str, int]
    month: str
    definition: Definition

    def differences(self) -> Iterator[tuple[str, int, int]]:
        """Yield the counts that differ: field, now, then."""
        for name in self.definition.counts:
            now, then = self.values[name], self.before.get(name)
            if now is not None and then is not None and now != then:
                yield name, int(now), int(then)

    @property
    def key(self) -> tuple[str, str]:
        """Return the row's county and enterprise as the base has them."""
        return self.values["county"], self.values["enterprise"]

    @property
    def note(self) -> str:
        """Return the row's 备注, empty if it has none: the reader takes 无, / and — for none."""
        note = self.values["note"]
        return note if isinstance(note, str) else ""

    @property
    def unit(self) -> str:
        """Return the row's county and enterprise."""
        return harmless(self.values["county"]) + harmless(self.values["enterprise"])

    def place(self, name: str) -> Place:
        """Return the cell of a count, the enterprise's where its table has no such column."""
        cells = self.values[f"at_{name}"] or self.values["at_enterprise"]
        sheet, _, cell = cells[0].rpartition("!")
        return Place(sheet, cell)

    def defaulted(self, name: str) -> bool:
        """Return whether a base took its default, whose own cell has the failure."""
        default = self.definition.column(name).default
        own = list(self.values[f"at_{name}"])
        return default is not None and own == list(self.values[f"at_{default}"])

    def shown(self, name: str, number: int) -> str:
        """Return a count's value as reports print it."""
        return count_shown(number, self.definition.column(name))


def compare(
    checked: CheckedLedger, base: Base, policy: Policy, definition: Definition
) -> CheckedLedger:
    """Return a ledger with what fell, changed or is doubted against the base.

    Rows that fell or are doubted are not good; remarks that explain them make a fault a note. A
    count that is wrong by itself is not compared.
    """
    counts: Frame = checked.counts
    rejected = {(f.sheet, f.cell) for f in checked.failures if f.severity == "row"}
    was_good = counts["good"].to_numpy()
    good = was_good.copy()
    rows = list(_rows(counts, base, definition))
    failures, charged = list(checked.failures), set(rejected)
    for i, row in enumerate(rows):
        if row is not None:
            faults = list(_faults(checked.file, row, rejected, policy.trial_rules))
            charged |= {(x.sheet, x.cell) for x in faults if x.severity == "row"}
            good[i] &= not any(x.severity == "row" for x in faults)
            failures += faults
    fell = good.copy()
    doubts = _doubts(rows, base, policy, definition)
    failures += _of_columns(checked, base, doubts, policy, definition)
    number = {row.key: i for i, row in enumerate(rows) if row is not None}
    questions: list[Failure] = []
    for doubt in doubts:
        if doubt.key is None:
            continue
        row = rows[number[doubt.key]]
        if row is None or _cell_of(row, doubt) in charged:
            continue
        question = _question(checked.file, row, doubt, policy)
        questions.append(question)
        good[number[doubt.key]] &= question.severity != "query"
    failures = [*_without_notes(failures, questions), *questions]
    doubted = int(np.count_nonzero(was_good & fell & ~good))
    lost = int(np.count_nonzero(was_good & ~good))
    return replace(
        checked,
        failures=failures,
        rejected=checked.rejected + lost,
        doubted=checked.doubted + doubted,
        counts=counts.assign(good=good),
    )


def _rows(counts: Frame, base: Base, definition: Definition) -> Iterator[_Row | None]:
    """Yield each row of a ledger's counts beside the base's, None if the base has no such row."""
    cells = [f"at_{name}" for name in cells_of(definition)]
    names = ["county", "enterprise", "note", *definition.counts, *cells]
    columns = [counts[name].to_numpy(dtype=object, na_value=None).tolist() for name in names]
    for row in zip(*columns, strict=True):
        values = dict(zip(names, row, strict=True))
        before = base.rows.get((values["county"], values["enterprise"]))
        yield None if before is None else _Row(values, before, base.month.label, definition)


def absent_rows(
    file: str,
    base: Base,
    keys: frozenset[Any],
    elsewhere: frozenset[Any],
    policy: Policy,
    definition: Definition,
) -> list[Failure]:
    """Return what is asked of rows of the base that none of the month's ledgers has any more.

    A row that another sender reports now is only noted.
    """
    rule, month = RULES["unit-vanished"], base.month.label
    main = definition.column(definition.main)
    questions = [
        failure(
            rule.code,
            file,
            severity=rule.costs(policy.trial_rules),
            unit=scrub(doubt.key[0]) + scrub(doubt.key[1]),
            month=month,
            county=scrub(doubt.key[0]),
            enterprise=scrub(doubt.key[1]),
            previous=count_shown(doubt.then, main),
            measure=main.unit,
        )
        for doubt in vanished(keys, base.rows, elsewhere, base.city, definition)
        if doubt.key is not None
    ]
    moved = [key for key in base.rows if key not in keys and key in elsewhere]
    notes = [
        failure(
            "base-changed",
            file,
            reason=f"{month}有“{scrub(county)}{scrub(enterprise)}”一行，本月由其他单位报",
            unit=scrub(county) + scrub(enterprise),
        )
        for county, enterprise in moved
    ]
    return [*questions, *notes]


def _doubts(
    rows: Iterable[_Row | None], base: Base, policy: Policy, definition: Definition
) -> list[Doubt]:
    counts = definition.counts
    now = {
        row.key: {name: int(row.values[name]) for name in counts}
        for row in rows
        if row is not None and all(row.values[name] is not None for name in counts)
    }
    before = {key: {name: row[name] or 0 for name in counts} for key, row in base.rows.items()}
    return doubts_of(now, before, base.city, policy.doubt, definition)


def _of_columns(
    checked: CheckedLedger,
    base: Base,
    doubts: Sequence[Doubt],
    policy: Policy,
    definition: Definition,
) -> Iterator[Failure]:
    """Yield what is asked of whole columns, at their head."""
    rule = RULES["columns-swapped"]
    for doubt in doubts:
        if doubt.key is None and checked.tables:
            table = checked.tables[0]
            first, second = doubt.fields
            place = address(table.header_row, table.columns.get(first, 0))
            yield failure(
                rule.code,
                checked.file,
                Place(table.sheet, place),
                header=definition.count_name(first),
                severity=rule.costs(policy.trial_rules),
                other=definition.count_name(second),
                month=base.month.label,
            )


def _cell_of(row: _Row, doubt: Doubt) -> tuple[str | None, str | None]:
    place = row.place(doubt.fields[0])
    return place.sheet, place.cell


def _question(file: str, row: _Row, doubt: Doubt, policy: Policy) -> Failure:
    rule, name = RULES[doubt.code], doubt.fields[0]
    heads = [row.definition.count_name(field) for field in doubt.fields]
    question = failure(
        rule.code,
        file,
        row.place(name),
        header=heads[0],
        value=row.shown(name, doubt.now),
        severity=rule.costs(policy.trial_rules),
        unit=row.unit,
        month=row.month,
        previous=row.shown(name, doubt.then),
        word="增加" if doubt.now > doubt.then else "减少",
        difference=row.shown(name, abs(doubt.now - doubt.then)),
        names="、".join(f"“{head}”" for head in heads),
        times=_times(doubt.factor),
        points=f"{float(doubt.points):.2f}",
    )
    return explained(question, harmless(row.note)) if row.note else question


def _times(factor: Fraction) -> str:
    return f"{factor}倍" if factor >= 1 else f"{1 / factor}分之一"


def _without_notes(failures: Sequence[Failure], questions: Sequence[Failure]) -> list[Failure]:
    """Return failures without the notes on cells that a question is asked about."""
    asked = {(question.sheet, question.cell) for question in questions}
    return [x for x in failures if x.code != "base-changed" or (x.sheet, x.cell) not in asked]


def shortened(checked: CheckedLedger, listed: int) -> CheckedLedger:
    """Return a ledger with its `listed` weightiest doubts against the base; others are counted."""
    codes = {code for code, rule in RULES.items() if rule.scope == "months"}
    doubts = [x for x in checked.failures if x.code in codes and x.severity == "query"]
    if len(doubts) <= listed:
        return checked
    hidden = set(map(id, doubts[listed:]))
    first = doubts[listed]
    more = replace(
        WHOLE,
        file=checked.file,
        code=first.code,
        message=MORE.format(title=RULES[first.code].title, count=len(hidden), listed=listed),
    )
    shown = [x for x in checked.failures if id(x) not in hidden]
    return replace(checked, failures=[*shown, more])


def _faults(
    file: str,
    row: _Row,
    rejected: Collection[tuple[str | None, str | None]],
    trial_rules: Collection[str],
) -> Iterator[Failure]:
    for name, now, then in row.differences():
        place = row.place(name)
        if (place.sheet, place.cell) in rejected:
            continue
        header, value = row.definition.count_name(name), row.shown(name, now)
        previous, difference = row.shown(name, then), row.shown(name, abs(now - then))
        if name in row.definition.cumulative and now < then:
            fall = failure(
                "cumulative-fell",
                file,
                place,
                header=header,
                value=value,
                severity=RULES["cumulative-fell"].costs(trial_rules),
                unit=row.unit,
                month=row.month,
                previous=previous,
                difference=difference,
            )
            yield explained(fall, harmless(row.note)) if row.note else fall
        elif name in row.definition.bases and not row.defaulted(name):
            word = "增加" if now > then else "减少"
            reason = f"“{header}”由{row.month}的{previous}变为{value}，{word}{difference}"
            yield failure(
                "base-changed",
                file,
                place,
                header=header,
                value=value,
                unit=row.unit,
                reason=reason,
            )
