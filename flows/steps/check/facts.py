"""The facts of a rule's sentence and remedy beside header and value, for all its rows at once."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np

from flows.settings import Campaign
from flows.steps.check.masks import harmless
from flows.steps.check.report import FailureBuilder, Rows, Violation
from flows.steps.months import in_words
from schemas.codes import id_fault, uscc_fault
from schemas.predicates import OLDEST, YOUNGEST
from schemas.spellings import squeeze, values

Facts = dict[str, Any]  # a text for all rows of a violation, or a list with one for each
NAMED = 20  # names printed in a remedy
BEFORE, RETIRED = 5, 60  # years before the campaign, and in retirement, that are plausible


def facts_of(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return the facts that the sentences of a violation need beyond header and value."""
    make = _FACTS.get(violation.code)
    return make(builder, violation) if make else {}


def _listed(builder: FailureBuilder, violation: Violation) -> Facts:
    return {"expected": "、".join(builder.column(violation.at).choices)}


def _county(builder: FailureBuilder, violation: Violation) -> Facts:
    names = [county.name for county in builder.campaign.counties]
    return {"expected": "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")}


def _enterprise(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return a hint for rows with a registered enterprise's credit code; it is never acted upon."""
    registered = {e.uscc: e.name for e in reversed(builder.campaign.enterprises) if e.uscc}
    same = [registered.get(code) for code in builder.texts("uscc", violation.rows)]
    return {"hint": [f"；其信用代码与名录中的“{name}”相同" if name else "" for name in same]}


def _id(builder: FailureBuilder, violation: Violation) -> Facts:
    return {
        "reason": [
            (number and id_fault(number)) or "不是有效的号码"
            for number in builder.texts("id", violation.rows)
        ]
    }


def _uscc(builder: FailureBuilder, violation: Violation) -> Facts:
    return {
        "reason": [
            (code and uscc_fault(code)) or "不是有效的代码"
            for code in builder.texts("uscc", violation.rows)
        ]
    }


def _sex(builder: FailureBuilder, violation: Violation) -> Facts:
    return {
        "expected": [
            "男" if int(number[16]) % 2 else "女" for number in builder.texts("id", violation.rows)
        ]
    }


def _age(builder: FailureBuilder, violation: Violation) -> Facts:
    retired = (
        builder.ledger.frame["retired_last"]
        .to_numpy()[violation.rows]
        .astype("datetime64[D]")
        .tolist()
    )
    numbers = builder.texts("id", violation.rows)
    return {
        "reason": [
            _age_reason(int(number[6:14]), day, builder)
            for number, day in zip(numbers, retired, strict=True)
        ]
    }


def _age_reason(born: int, retired: Any, builder: FailureBuilder) -> str:
    then = retired or builder.month_end
    age = (then.year * 10000 + then.month * 100 + then.day - born) // 10000
    when = "退休时" if retired else "到本月末"
    if age < 0:
        return f"{when}还没有出生"
    return f"{when}只有{age}岁，不到{YOUNGEST}岁" if age < YOUNGEST else f"到本月末已超过{OLDEST}岁"


def _expected(builder: FailureBuilder, violation: Violation) -> Facts:
    return {"expected": builder.texts("affiliation_expected", violation.rows)}


def _first(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return the first row with the same key, and for an enterprise's row what the key is."""
    by_enterprise = violation.at == "enterprise"
    firsts = _first_rows(
        builder, ("county", "enterprise") if by_enterprise else ("id",), violation.rows
    )
    facts: Facts = {
        "first": [
            _place(builder, first, row)
            for first, row in zip(firsts.tolist(), violation.rows.tolist(), strict=True)
        ]
    }
    if by_enterprise:
        facts |= {
            name: [harmless(text) for text in builder.texts(name, violation.rows)]
            for name in ("county", "enterprise")
        }
    return facts


def _place(builder: FailureBuilder, first: int, row: int) -> str:
    sheet, same = builder.table(first).sheet, builder.table(row).sheet
    return f"{'' if sheet == same else f'工作表“{sheet}”'}第{builder.ledger.row_of[first]}行"


def _first_rows(builder: FailureBuilder, keys: tuple[str, ...], rows: Rows) -> Rows:
    """Return for each of some rows the first row with the same key."""
    groups = builder.ledger.frame.groupby(list(keys), dropna=False, sort=False).ngroup().to_numpy()
    firsts = np.full(int(groups.max()) + 1, len(groups), dtype=np.int64)
    np.minimum.at(firsts, groups, np.arange(len(groups)))
    return np.asarray(firsts[groups[rows]], dtype=np.int64)


def _scope(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return the word that puts the row out of scope, as it is written."""
    texts = map(squeeze, builder.texts(violation.at, violation.rows))
    return {
        "value": [
            next((word for word in values("out_of_scope").exact if word in text), "")
            for text in texts
        ]
    }


def _count(builder: FailureBuilder, violation: Violation) -> Facts:
    return {"value": builder.numbers(violation.at, violation.rows)}


def _more(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return the count and the total that it exceeds, or the total's default."""
    total = str(violation.binding.given["total"]) if violation.binding else ""
    column = builder.column(total)
    header: Any = column.header
    if total in builder.defaulted and column.default:
        instead = builder.column(column.default).header
        header = [
            instead if taken else column.header
            for taken in builder.defaulted[total][violation.rows].tolist()
        ]
    return _count(builder, violation) | {
        "total_header": header,
        "total": builder.numbers(total, violation.rows),
    }


def _day(builder: FailureBuilder, violation: Violation) -> Facts:
    return {"value": builder.days(violation.at, violation.rows)}


def _order(builder: FailureBuilder, violation: Violation) -> Facts:
    other = str(violation.binding.given["after"]) if violation.binding else ""
    return _day(builder, violation) | {
        "other_header": builder.column(other).header,
        "other": builder.days(other, violation.rows),
    }


def earliest_day(name: str, campaign: Campaign, month_end: date) -> date:
    """Return the first day on which a date of a roster is plausible: of a handover, or retirement.

    Handovers may precede the campaign by a few years; nobody has been retired for longer than
    RETIRED years.
    """
    if name == "retired":
        return date(month_end.year - RETIRED, 1, 1)
    return date(campaign.settings.start.year - BEFORE, 1, 1)


def _implausible(builder: FailureBuilder, violation: Violation) -> Facts:
    earliest = earliest_day(violation.at, builder.campaign, builder.month_end)
    return _day(builder, violation) | {"earliest": in_words(earliest)}


def _required(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return what the cell holds that counts as nothing, such as `/`."""
    values = builder.values(violation.at, violation.rows)
    return {"given": [f"（填的是“{text}”，按空白处理）" if text else "" for text in values]}


def _politics(builder: FailureBuilder, violation: Violation) -> Facts:
    return _day(builder, violation) | {"politics": builder.values("politics", violation.rows)}


def _future(builder: FailureBuilder, violation: Violation) -> Facts:
    return _day(builder, violation) | {"issued": in_words(builder.issued)}


_FACTS: Mapping[str, Callable[[FailureBuilder, Violation], Facts]] = {
    "required": _required,
    "date-implausible": _implausible,
    "not-in-list": _listed,
    "unknown-county": _county,
    "unknown-enterprise": _enterprise,
    "id-invalid": _id,
    "uscc-invalid": _uscc,
    "sex-mismatch": _sex,
    "age-implausible": _age,
    "affiliation-mismatch": _expected,
    "duplicate-row": _first,
    "duplicate-person": _first,
    "out-of-scope": _scope,
    "negative": _count,
    "more-than-total": _more,
    "archives-exceed": _more,
    "date-order": _order,
    "date-in-future": _future,
    "party-without-membership": _politics,
}
