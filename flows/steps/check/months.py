"""A progress ledger against its sender's last accepted month: cumulative counts do not fall, bases do not change unseen."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.steps.check.masks import count_shown, harmless
from flows.steps.model import CheckedLedger, Failure, Severity
from flows.steps.months import Month
from schemas.columns import COUNTS, CUMULATIVE, header_of
from schemas.rules import RULES

BASES = tuple(name for name in COUNTS if name not in CUMULATIVE)
Key = tuple[str, str]


@dataclass(frozen=True)
class Base:
    """A sender's last accepted month: its rows by county and enterprise."""

    month: Month
    rows: Mapping[Key, Mapping[str, int]]


@dataclass(frozen=True)
class _Row:
    """A row of a ledger's counts beside the last accepted month's."""

    values: Mapping[str, Any]
    before: Mapping[str, int]
    month: str

    def differences(self) -> Iterator[tuple[str, int, int]]:
        """Yield the counts that differ: field, now, then."""
        for name in COUNTS:
            now, then = self.values[name], self.before.get(name)
            if (
                now is not None
                and then is not None
                and now == now
                and then == then
                and int(now) != int(then)
            ):
                yield name, int(now), int(then)

    @property
    def explained(self) -> bool:
        """Return whether the remarks say anything: the reader takes 无, / and — for nothing."""
        return isinstance(self.values["note"], str)

    def defaulted(self, name: str) -> bool:
        """Return whether a base took its default: its change is then told where the default stands."""
        return name == "archives_due" and list(self.values[f"at_{name}"]) == list(
            self.values["at_retirees"]
        )


def compare(examined: CheckedLedger, base: Base, trial_rules: Collection[str]) -> None:
    """Add to a ledger's failures what fell or changed against the base, and take the rows that fell out of its good ones.

    A fall is only a note where the remarks explain it; a count that is wrong by itself is not compared.
    """
    counts: Any = examined.counts
    rejected = {(f.sheet, f.cell) for f in examined.failures if f.severity == "row"}
    good = counts["good"].to_numpy().copy()
    names = [
        "county",
        "enterprise",
        "note",
        *COUNTS,
        *(f"at_{name}" for name in ("enterprise", *COUNTS)),
    ]
    columns = [counts[name].to_numpy(dtype=object, na_value=None).tolist() for name in names]
    for i, row in enumerate(zip(*columns, strict=True)):
        values = dict(zip(names, row, strict=True))
        before = base.rows.get((values["county"], values["enterprise"]))
        if before is None:
            continue
        found = list(
            _faults(examined.file, _Row(values, before, base.month.label), rejected, trial_rules)
        )
        examined.failures += found
        good[i] &= not any(failure.severity == "row" for failure in found)
    examined.rejected += int(np.count_nonzero(counts["good"].to_numpy() & ~good))
    counts["good"] = good


def gone(file: str, base: Base, keys: Collection[Key]) -> Iterator[Failure]:
    """Yield a note on each row of the base that none of the sender's ledgers has any more."""
    rule = RULES["base-changed"]
    for county, enterprise in base.rows:
        if (county, enterprise) not in keys:
            reason = f"{base.month.label}有“{harmless(county)}{harmless(enterprise)}”一行，本月没有"
            yield Failure(
                file,
                None,
                None,
                None,
                None,
                None,
                rule.code,
                rule.severity,
                rule.say(reason=reason),
                rule.advise(),
            )


def _faults(
    file: str,
    row: _Row,
    rejected: Collection[tuple[str | None, str | None]],
    trial_rules: Collection[str],
) -> Iterator[Failure]:
    for name, now, then in row.differences():
        sheet, cell = _cell(row, name)
        if (sheet, cell) in rejected:
            continue
        value, previous, difference = (
            count_shown(now),
            count_shown(then),
            count_shown(abs(now - then)),
        )
        if name in CUMULATIVE and now < then:
            severity: Severity = (
                "note" if row.explained else RULES["cumulative-fell"].costs(trial_rules)
            )
            facts = {"month": row.month, "previous": previous, "difference": difference}
            yield _failure(
                "cumulative-fell", file, sheet, cell, name, severity, value=value, **facts
            )
        elif name in BASES and not row.defaulted(name):
            header, word = header_of("progress", name), "增加" if now > then else "减少"
            reason = f"“{header}”由{row.month}的{previous}变为{value}，{word}{difference}"
            yield _failure(
                "base-changed", file, sheet, cell, name, "note", value=value, reason=reason
            )


def _cell(row: _Row, name: str) -> tuple[str, str]:
    sheet, _, cell = (row.values[f"at_{name}"] or row.values["at_enterprise"])[0].rpartition("!")
    return sheet, cell


def _failure(
    code: str, file: str, sheet: str, cell: str, name: str, severity: Severity, **facts: str
) -> Failure:
    rule, header = RULES[code], header_of("progress", name)
    number = int("".join(c for c in cell if c.isdigit()))
    return Failure(
        file,
        sheet,
        cell,
        number,
        header,
        facts["value"],
        code,
        severity,
        rule.say(header=header, **facts),
        rule.advise(**facts),
    )
