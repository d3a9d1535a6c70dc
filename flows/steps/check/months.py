"""A progress ledger against its sender's last accepted month: what fell, what changed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flows.steps.check.masks import count_shown, harmless, scrub
from flows.steps.failures import Place, explained, failure
from flows.steps.model import CheckedLedger, Failure, Frame
from flows.steps.months import Month
from schemas.columns import COUNTS, CUMULATIVE, header_of
from schemas.rules import RULES

BASES = tuple(name for name in COUNTS if name not in CUMULATIVE)


@dataclass(frozen=True)
class Base:
    """A sender's last accepted month: its rows by county and enterprise."""

    month: Month
    rows: Mapping[tuple[str, str], Mapping[str, int]]


@dataclass(frozen=True)
class _Row:
    """A row of a ledger's counts beside the last accepted month's."""

    values: Mapping[str, Any]  # a text, a count or a list of cells
    before: Mapping[str, int]
    month: str

    def differences(self) -> Iterator[tuple[str, int, int]]:
        """Yield the counts that differ: field, now, then."""
        for name in COUNTS:
            now, then = self.values[name], self.before.get(name)
            if now is not None and then is not None and now != then:
                yield name, int(now), int(then)

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
        return name == "archives_due" and list(self.values[f"at_{name}"]) == list(
            self.values["at_retirees"]
        )


def compare(checked: CheckedLedger, base: Base, trial_rules: Collection[str]) -> CheckedLedger:
    """Return a ledger with what fell or changed against the base; rows that fell are not good.

    A fall is only a note where the remarks explain it; a count that is wrong by itself is not
    compared.
    """
    counts: Frame = checked.counts
    rejected = {(f.sheet, f.cell) for f in checked.failures if f.severity == "row"}
    good = counts["good"].to_numpy().copy()
    failures = list(checked.failures)
    for i, row in enumerate(_rows(counts, base)):
        if row is not None:
            faults = list(_faults(checked.file, row, rejected, trial_rules))
            failures += faults
            good[i] &= not any(fault.severity == "row" for fault in faults)
    lost = int(np.count_nonzero(counts["good"].to_numpy() & ~good))
    return replace(
        checked,
        failures=failures,
        rejected=checked.rejected + lost,
        counts=counts.assign(good=good),
    )


def _rows(counts: Frame, base: Base) -> Iterator[_Row | None]:
    """Yield each row of a ledger's counts beside the base's, None if the base has no such row."""
    cells = [f"at_{name}" for name in ("enterprise", *COUNTS)]
    names = ["county", "enterprise", "note", *COUNTS, *cells]
    columns = [counts[name].to_numpy(dtype=object, na_value=None).tolist() for name in names]
    for row in zip(*columns, strict=True):
        values = dict(zip(names, row, strict=True))
        before = base.rows.get((values["county"], values["enterprise"]))
        yield None if before is None else _Row(values, before, base.month.label)


def absent_rows(file: str, base: Base, keys: Collection[object]) -> list[Failure]:
    """Return a note on each row of the base that none of the sender's ledgers has any more."""
    month = base.month.label
    return [
        failure(
            "base-changed",
            file,
            reason=f"{month}有“{scrub(county)}{scrub(enterprise)}”一行，本月没有",
            unit=scrub(county) + scrub(enterprise),
        )
        for county, enterprise in base.rows
        if (county, enterprise) not in keys
    ]


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
        header, value, previous = header_of("progress", name), count_shown(now), count_shown(then)
        difference = count_shown(abs(now - then))
        if name in CUMULATIVE and now < then:
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
        elif name in BASES and not row.defaulted(name):
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
