"""From a rule and a row to the failure that is reported: the cell, the value as written, the sentence with its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.settings import Campaign
from flows.steps.check.masks import shown
from flows.steps.model import Failure, Ledger, Severity, address, column_letters
from flows.steps.months import in_words
from schemas.bindings import Binding
from schemas.codes import id_fault, uscc_fault
from schemas.columns import Column, columns_of
from schemas.predicates import OLDEST, YOUNGEST
from schemas.rules import RULES
from schemas.spellings import squeeze, values

Row = int
_LISTED = 20  # names printed in a remedy


@dataclass(frozen=True, eq=False)
class Reporter:
    """Makes the failures of one ledger; trial rules are reported as notes."""

    file: str
    ledger: Ledger
    campaign: Campaign
    issued: date
    written: Any  # the reader's function that says what a cell shows
    month_end: date

    def failure(self, code: str, name: str, row: Row, **facts: object) -> Failure:
        """Return the failure of a rule at a field's cell in a row."""
        column = self.column(name)
        value = self.value(name, row)
        facts = {"header": column.header, "value": value, **self._facts(code, name, row), **facts}
        table = self.ledger.tables[self.ledger.table_of[row]]
        rule = RULES[code]
        return Failure(self.file, table.sheet, self.cell(name, row), int(self.ledger.row_of[row]), column.header, str(facts["value"]),
                       code, self.severity(code), rule.say(**facts), rule.advise(**facts))  # fmt: skip

    def of_ledger(self, code: str, sheet: str | None = None, cell: str | None = None, **facts: object) -> Failure:
        """Return the failure of a rule that speaks of the file."""
        rule = RULES[code]
        header, value = facts.get("header"), facts.get("value")
        row = int("".join(c for c in cell if c.isdigit())) if cell else None
        return Failure(self.file, sheet, cell, row, None if header is None else str(header), None if value is None else str(value),
                       code, self.severity(code), rule.say(**facts), rule.advise(**facts))  # fmt: skip

    def severity(self, code: str) -> Severity:
        """Return what a rule costs in this campaign."""
        return "note" if code in self.campaign.settings.policy.trial_rules else RULES[code].severity

    def column(self, name: str) -> Column:
        """Return the facts of a field."""
        return columns_of(self.ledger.kind)[name]

    def value(self, name: str, row: Row) -> str:
        """Return what stands in a field's cell, masked where it may be personal."""
        return shown(self.ledger.kind, self.column(name), self.written(self.ledger.written[name][row]))

    def cell(self, name: str, row: Row) -> str | None:
        """Return the address of a field's cell in a row; the whole row's first column where the field has no column."""
        table = self.ledger.tables[self.ledger.table_of[row]]
        column = table.columns.get(name)
        if column is None:
            return f"{column_letters(min(table.columns.values()))}{self.ledger.row_of[row]}"
        anchor = self.ledger.anchors[name][row] if name in self.ledger.anchors else -1
        return address(int(anchor if anchor > 0 else self.ledger.row_of[row]), column)

    def bound(self, binding: Binding, row: Row) -> Failure:
        """Return the failure of a bound rule in a row."""
        facts: dict[str, object] = {}
        for key in ("total", "after"):
            if (other := binding.given.get(key)) is not None:
                prefix = "total" if key == "total" else "other"
                facts[f"{prefix}_header"] = self.column(str(other)).header
                facts[prefix] = self.day(str(other), row) if key == "after" else self.number(str(other), row)
        if binding.code in ("more-than-total", "archives-exceed", "negative"):
            facts["value"] = self.number(binding.at, row)
        if binding.code in ("date-order", "date-in-future", "party-without-membership"):
            facts["value"] = self.day(binding.at, row)
        return self.failure(binding.code, binding.at, row, **facts)

    def number(self, name: str, row: Row) -> int:
        """Return a field's count in a row."""
        return int(self.ledger.frame[name].iloc[row])

    def day(self, name: str, row: Row) -> str:
        """Return a field's date in a row, in words; its month where only that is known."""
        first, last = (self.ledger.frame[key].iloc[row] for key in (name, f"{name}_last"))
        return in_words(first.date()) if first == last else f"{first.year}年{first.month}月"

    @cache  # noqa: B019  (a reporter lives as long as the check of its ledger)
    def first_rows(self, keys: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """Return for each row the first row with the same key."""
        groups = self.ledger.frame.groupby(list(keys), dropna=False, sort=False).ngroup().to_numpy()
        firsts = np.full(groups.max() + 1, len(groups), dtype=np.int64)
        np.minimum.at(firsts, groups, np.arange(len(groups)))
        return firsts[groups]

    def _facts(self, code: str, name: str, row: Row) -> Mapping[str, object]:
        make = _FACTS.get(code)
        return make(self, name, row) if make else {}


def _text(reporter: Reporter, name: str, row: Row) -> str:
    value = reporter.ledger.frame[name].iloc[row]
    return value if isinstance(value, str) else ""


def _list_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    return {"expected": "、".join(values(reporter.column(name).type).values())}


def _county_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    return {"expected": "、".join([county.name for county in reporter.campaign.counties][:_LISTED])}


def _enterprise_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    """Return a hint where the row's credit code is that of a registered enterprise: it is said, never acted upon."""
    code = _text(reporter, "uscc", row)
    same = next((e.name for e in reporter.campaign.enterprises if code and e.uscc == code), None)
    return {"hint": f"；其信用代码与名录中的“{same}”相同" if same else ""}


def _id_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    return {"reason": id_fault(_text(reporter, name, row)) or "不是有效的号码"}


def _uscc_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    return {"reason": uscc_fault(_text(reporter, name, row)) or "不是有效的代码"}


def _sex_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    return {"expected": "男" if int(_text(reporter, "id", row)[16]) % 2 else "女"}


def _age_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    number, retired = _text(reporter, "id", row), reporter.ledger.frame["retired"].iloc[row]
    born = int(number[6:14])
    then = reporter.month_end if retired != retired else retired.date()
    age = (then.year * 10000 + then.month * 100 + then.day - born) // 10000
    if age < YOUNGEST:
        return {"reason": f"{'退休' if retired == retired else '现在'}时只有{age}岁，不到{YOUNGEST}岁"}
    return {"reason": f"现在已超过{OLDEST}岁"}


def _expected_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    return {"expected": _text(reporter, "affiliation_expected", row)}


def _first_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    by_enterprise = name == "enterprise"
    first = reporter.first_rows(("county", "enterprise") if by_enterprise else ("id",))[row]
    table, own = (reporter.ledger.tables[reporter.ledger.table_of[i]] for i in (first, row))
    facts: dict[str, object] = {"first": f"{reporter.ledger.row_of[first]}{f'（工作表“{table.sheet}”）' if table != own else ''}"}
    if by_enterprise:
        facts |= {"county": _text(reporter, "county", row), "enterprise": _text(reporter, "enterprise", row)}
    return facts


def _scope_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    text = squeeze(_text(reporter, name, row))
    return {"value": next((word for word in values("out_of_scope").exact if word in text), "")}


def _politics_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    return {"politics": reporter.value("politics", row)}


def _issued_facts(reporter: Reporter, name: str, row: Row) -> dict[str, object]:
    return {"issued": in_words(reporter.issued)}


_FACTS: Mapping[str, Any] = {
    "not-in-list": _list_facts,
    "unknown-county": _county_facts,
    "unknown-enterprise": _enterprise_facts,
    "id-invalid": _id_facts,
    "uscc-invalid": _uscc_facts,
    "sex-mismatch": _sex_facts,
    "age-implausible": _age_facts,
    "affiliation-mismatch": _expected_facts,
    "duplicate-row": _first_facts,
    "duplicate-person": _first_facts,
    "out-of-scope": _scope_facts,
    "party-without-membership": _politics_facts,
    "date-in-future": _issued_facts,
}
