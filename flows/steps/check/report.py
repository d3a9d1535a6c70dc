"""From a rule and the rows that break it to the failures that are reported: the cell, the value, the sentence with its numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.settings import Campaign
from flows.steps.check.masks import count_shown, scrub, shown
from flows.steps.model import Failure, Ledger, Severity, Table, column_letters
from flows.steps.months import in_words
from schemas.bindings import Binding
from schemas.columns import Column, columns_of
from schemas.rules import MORE, MORE_REMEDY, RULES

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
LISTED = 5_000  # failures of one rule in one ledger that are told one by one; more are only counted


@dataclass(frozen=True, eq=False)
class Violation:
    """Rows of a ledger whose cells of one field break one rule, with what is known of them only here."""

    code: str
    at: str
    rows: Rows
    binding: Binding | None = None
    facts: Mapping[int, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FailureBuilder:
    """Makes the failures of one ledger; rules on trial are reported as notes.

    `written` is the reader's function that says what a cell shows; `defaulted` flags, by field, the rows that took a default.
    """

    file: str
    ledger: Ledger
    campaign: Campaign
    issued: date
    written: Callable[[Any], str]
    month_end: date
    defaulted: Mapping[str, Flags] = field(default_factory=dict)
    _shown: dict[tuple[str, int], str] = field(default_factory=dict)

    def failures(self, hit: Violation, facts: Mapping[str, Any]) -> Iterator[Failure]:
        """Yield the failures of a hit, one a row; a fact is one text for all of them or a list with one for each."""
        rule, header, severity = (
            RULES[hit.code],
            self.column(hit.at).header,
            self.severity(hit.code),
        )
        values, cells = self.values(hit.at, hit.rows), self.cells(hit.at, hit.rows)
        for i, row in enumerate(hit.rows.tolist()):
            own = {
                name: fact[i] if isinstance(fact, list) else fact for name, fact in facts.items()
            }
            own = {
                "header": header,
                "value": values[i],
                **own,
                **{k: scrub(str(v)) for k, v in hit.facts.get(row, {}).items()},
            }
            # Of a free text only the word that matters is shown.
            value = str(own["value"]) if hit.code == "out-of-scope" else values[i]
            yield Failure(
                self.file,
                self.table(row).sheet,
                cells[i],
                int(self.ledger.row_of[row]),
                header,
                value,
                hit.code,
                severity,
                rule.say(**own),
                rule.advise(**own),
            )

    def of_ledger(
        self, code: str, sheet: str | None = None, cell: str | None = None, **facts: object
    ) -> Failure:
        """Return the failure of a rule that speaks of the file."""
        rule = RULES[code]
        header, value = facts.get("header"), facts.get("value")
        row = int("".join(c for c in cell if c.isdigit())) if cell else None
        return Failure(
            self.file,
            sheet,
            cell,
            row,
            None if header is None else str(header),
            None if value is None else str(value),
            code,
            self.severity(code),
            rule.say(**facts),
            rule.advise(**facts),
        )

    def more(self, code: str, count: int) -> Failure:
        """Return the failure that stands for those of a rule that are not told one by one."""
        message = MORE.format(title=RULES[code].title, count=count, listed=LISTED)
        return Failure(
            self.file, None, None, None, None, None, code, self.severity(code), message, MORE_REMEDY
        )

    def severity(self, code: str) -> Severity:
        """Return what a rule costs in this campaign."""
        return RULES[code].costs(self.campaign.settings.policy.trial_rules)

    def column(self, name: str) -> Column:
        """Return the facts of a field."""
        return columns_of(self.ledger.kind)[name]

    def table(self, row: int) -> Table:
        """Return the table that a row stands in."""
        return self.ledger.tables[int(self.ledger.table_of[row])]

    def values(self, name: str, rows: Rows) -> list[str]:
        """Return what stands in a field's cells, masked where it may be personal."""
        coded = self.ledger.written[name]
        return [self._value(name, code) for code in coded.codes[rows].tolist()]

    def _value(self, name: str, code: int) -> str:
        text = self._shown.get((name, code))
        if text is None:
            text = self._shown[name, code] = shown(
                self.ledger.kind,
                self.column(name),
                self.written(self.ledger.written[name].values[code]),
            )
        return text

    def cells(self, name: str, rows: Rows) -> list[str]:
        """Return the address of a field's cell in each row, a merged cell's own; the table's first column where the field has none."""
        letters = [
            column_letters(table.columns.get(name, min(table.columns.values())))
            for table in self.ledger.tables
        ]
        numbers = self.ledger.row_of[rows]
        if name in self.ledger.anchors:
            anchors = self.ledger.anchors[name][rows]
            numbers = np.where(anchors > 0, anchors, numbers)
        tables = self.ledger.table_of[rows].tolist()
        return [
            f"{letters[table]}{number}"
            for table, number in zip(tables, numbers.tolist(), strict=True)
        ]

    def texts(self, name: str, rows: Rows) -> list[str]:
        """Return a field's converted texts, empty where there is none."""
        return [
            value if isinstance(value, str) else ""
            for value in self.ledger.frame[name].array.take(rows).tolist()
        ]

    def numbers(self, name: str, rows: Rows) -> list[str]:
        """Return a field's counts as reports print them."""
        return [
            count_shown(int(value)) for value in self.ledger.frame[name].array.take(rows).tolist()
        ]

    def days(self, name: str, rows: Rows) -> list[str]:
        """Return a field's dates in words; their month where only that is known."""
        firsts, lasts = (
            self.ledger.frame[key].to_numpy()[rows].astype("datetime64[D]").tolist()
            for key in (name, f"{name}_last")
        )
        return [
            in_words(a) if a == b else f"{a.year}年{a.month}月"
            for a, b in zip(firsts, lasts, strict=True)
        ]
