"""From a rule and the rows that break it to the failures that are reported."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.settings import Campaign
from flows.steps.check.masks import count_shown, harmless, scrub, shown
from flows.steps.failures import Place, explained, failure, unlisted
from flows.steps.model import Failure, Ledger, Severity, Table, column_letters, display_text
from flows.steps.months import in_words
from schemas.bindings import Binding
from schemas.characters import invisible_characters
from schemas.definition import Column, Definition
from schemas.own_checks import OWN_CHECK
from schemas.rules import RULES

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Violation:
    """Rows whose cells of one field break one rule, with facts that only its finder knows."""

    code: str
    at: str
    rows: Rows
    binding: Binding | None = None
    facts: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    explained: bool = False  # by the rows' 备注

    @property
    def key(self) -> str:
        """Return what tells the violation's rule from all others: its code, or its check's name."""
        check = self.binding.check if self.binding is not None else None
        return self.code if check is None or self.code != OWN_CHECK else check.name


@dataclass(frozen=True, eq=False)
class FailureBuilder:
    """Makes the failures of one ledger; rules on trial are reported as notes.

    `defaulted` flags, by field, the rows that took a default.
    """

    file: str
    ledger: Ledger
    campaign: Campaign
    issued: date
    month_end: date
    defaulted: Mapping[str, Flags] = field(default_factory=dict)
    _shown: dict[tuple[str, int], str] = field(default_factory=dict)

    def failures(self, violation: Violation, facts: Mapping[str, Any]) -> Iterator[Failure]:
        """Yield the failures of a violation; a fact is one text for all rows or a list of texts."""
        header, severity = self.column(violation.at).header, self.severity_of(violation)
        units = self.units(violation.rows)
        reasons = self._reasons(violation.rows) if violation.explained else None
        values, cells = (
            self.values(violation.at, violation.rows),
            self.cells(violation.at, violation.rows),
        )
        unseen, known = self._unseen(violation.at, violation.rows), self.definition.terms
        for i, row in enumerate(violation.rows.tolist()):
            said = _of_row(violation, {**known, "header": header, "value": values, **facts}, i)
            place = Place(self.table(row).sheet, cells[i])
            fault = failure(
                violation.code, self.file, place, severity=severity, unit=units[i], **said
            )
            # Of a free text only the word that matters is shown.
            shown_value = fault.value if violation.code == "out-of-scope" else values[i]
            fault = replace(fault, value=shown_value, message=fault.message + unseen[i])
            yield fault if reasons is None else explained(fault, reasons[i])

    def more(self, code: str, count: int) -> Failure:
        """Return the failure that stands for those of a rule that are not listed."""
        return unlisted(code, self.file, count, self.severity(code))

    def units(self, rows: Rows) -> list[str]:
        """Return the county and the enterprise of each row, masked where they may be personal."""
        parts = [
            [self._masked(name, text) for text in self.texts(name, rows)]
            for name in ("county", "enterprise")
        ]
        return [county + enterprise for county, enterprise in zip(*parts, strict=True)]

    def _reasons(self, rows: Rows) -> list[str | None]:
        """Return the rows' 备注 as messages show them: of a roster not at all."""
        if self.ledger.kind == "roster":
            return [None] * len(rows)
        return [harmless(note) for note in self.texts("note", rows)]

    def severity(self, code: str) -> Severity:
        """Return what a rule costs in this campaign; an empty 名录 doubts no enterprise."""
        if code == "unknown-enterprise" and not self.campaign.enterprises:
            return "note"
        return RULES[code].costs(self.campaign.settings.policy.trial_rules)

    def severity_of(self, violation: Violation) -> Severity:
        """Return what a violation costs: an office's own check what it says, unless on trial."""
        check = violation.binding.check if violation.binding is not None else None
        if check is None:
            return self.severity(violation.code)
        trial_rules = self.campaign.settings.policy.trial_rules
        on_trial = check.name in trial_rules or violation.code in trial_rules
        return "note" if on_trial else check.severity

    @property
    def definition(self) -> Definition:
        """Return the campaign's definition."""
        return self.campaign.definition

    def column(self, name: str) -> Column:
        """Return the facts of a field."""
        return self.definition.columns_of(self.ledger.kind)[name]

    def table(self, row: int) -> Table:
        """Return the table of a row."""
        return self.ledger.tables[int(self.ledger.table_of[row])]

    def values(self, name: str, rows: Rows) -> list[str]:
        """Return what a field's cells hold, masked where it may be personal."""
        coded = self.ledger.written[name]
        return [self._value(name, code) for code in coded.codes[rows].tolist()]

    def _value(self, name: str, code: int) -> str:
        text = self._shown.get((name, code))
        if text is None:
            text = self._masked(name, display_text(self.ledger.written[name].values[code]))
            self._shown[name, code] = text
        return text

    def _masked(self, name: str, text: str) -> str:
        return shown(self.definition, self.ledger.kind, self.column(name), text)

    def _unseen(self, name: str, rows: Rows) -> list[str]:
        """Return a remark on the invisible characters of a field's cells, "" if they have none."""
        coded = self.ledger.written[name]
        texts = [coded.values[code] for code in coded.codes[rows].tolist()]
        names = [invisible_characters(text) if isinstance(text, str) else "" for text in texts]
        return [f"（这一格里有看不见的字符：{name}）" if name else "" for name in names]

    def cells(self, name: str, rows: Rows) -> list[str]:
        """Return the address of a field's cell in each row, in the first column if it has none."""
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
        """Return a field's numbers as reports print them, empty where there is none."""
        column, values = self.column(name), self.ledger.frame[name]
        return [
            "" if value is None else count_shown(int(value), column)
            for value in values.take(rows).to_numpy(dtype=object, na_value=None).tolist()
        ]

    def said(self, name: str, rows: Rows) -> list[str]:
        """Return what a field has in each row for a sentence, 空白 where it has nothing."""
        column = self.column(name)
        if column.is_number:
            texts = [f"{text}{column.unit}" if text else "" for text in self.numbers(name, rows)]
        elif column.type == "date":
            texts = self.days(name, rows)
        else:
            texts = [f"“{text}”" if text else "" for text in self.values(name, rows)]
        return [text or "空白" for text in texts]

    def days(self, name: str, rows: Rows) -> list[str]:
        """Return a field's dates in words; their month where only that is known, empty for none."""
        firsts, lasts = (
            self.ledger.frame[key].to_numpy()[rows].astype("datetime64[D]").tolist()
            for key in (name, f"{name}_last")
        )
        return [
            _in_words(first, last) if first is not None else ""
            for first, last in zip(firsts, lasts, strict=True)
        ]


def _in_words(first: date, last: date) -> str:
    return in_words(first) if first == last else f"{first.year}年{first.month}月"


def _of_row(violation: Violation, facts: Mapping[str, Any], i: int) -> dict[str, Any]:
    """Return the facts of the i-th row of a violation."""
    of_row = {name: x[i] if isinstance(x, list) else x for name, x in facts.items()}
    of_cell = violation.facts.get(int(violation.rows[i]), {})
    return of_row | {name: scrub(str(fact)) for name, fact in of_cell.items()}
