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
from schemas.conditions import says
from schemas.predicates import OLDEST, YOUNGEST
from schemas.spellings import squeeze

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
            for number in builder.texts(violation.at, violation.rows)
        ]
    }


def _uscc(builder: FailureBuilder, violation: Violation) -> Facts:
    return {
        "reason": [
            (code and uscc_fault(code)) or "不是有效的代码"
            for code in builder.texts(violation.at, violation.rows)
        ]
    }


def _sex(builder: FailureBuilder, violation: Violation) -> Facts:
    numbers = builder.texts(_given(violation, "number"), violation.rows)
    return {"expected": ["男" if int(number[16]) % 2 else "女" for number in numbers]}


def _given(violation: Violation, name: str) -> str:
    """Return a fixed parameter of a violation's binding."""
    return str(violation.binding.given[name]) if violation.binding else ""


def _age(builder: FailureBuilder, violation: Violation) -> Facts:
    days = builder.ledger.frame[f"{_given(violation, 'retired')}_last"].to_numpy()[violation.rows]
    retired = days.astype("datetime64[D]").tolist()
    numbers = builder.texts(violation.at, violation.rows)
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
    keys = ("county", "enterprise") if by_enterprise else (violation.at,)
    firsts = _first_rows(builder, keys, violation.rows)
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
    words = builder.definition.out_of_scope
    return {"value": [next((word for word in words if word in text), "") for text in texts]}


def _count(builder: FailureBuilder, violation: Violation) -> Facts:
    return {"value": builder.numbers(violation.at, violation.rows)}


def _more(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return the count and the total that it exceeds, or the total's default."""
    total = _given(violation, "total")
    column = builder.column(total)
    header: Any = column.header
    if total in builder.defaulted and column.default:
        instead = builder.column(column.default).header
        header = [
            instead if taken else column.header
            for taken in builder.defaulted[total][violation.rows].tolist()
        ]
    return _count(builder, violation) | {
        "measure": builder.column(violation.at).unit,
        "total_header": header,
        "total": builder.numbers(total, violation.rows),
        "total_measure": column.unit,
    }


def _day(builder: FailureBuilder, violation: Violation) -> Facts:
    return {"value": builder.days(violation.at, violation.rows)}


def _order(builder: FailureBuilder, violation: Violation) -> Facts:
    other = _given(violation, "after")
    return _day(builder, violation) | {
        "other_header": builder.column(other).header,
        "other": builder.days(other, violation.rows),
    }


def earliest_days(campaign: Campaign, month_end: date) -> tuple[date, date]:
    """Return the first days on which an indicator's date, and any other one, are plausible.

    What an indicator counts may precede the campaign by a few years; any other date lies no longer
    back than somebody may be retired.
    """
    handover = date(campaign.settings.start.year - BEFORE, 1, 1)
    return handover, date(month_end.year - RETIRED, 1, 1)


def _implausible(builder: FailureBuilder, violation: Violation) -> Facts:
    handover, other = earliest_days(builder.campaign, builder.month_end)
    handed_over = violation.at in builder.definition.handovers.values()
    earliest = handover if handed_over else other
    return _day(builder, violation) | {"earliest": in_words(earliest)}


def _required(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return what the cell holds that counts as nothing, such as `/`."""
    values = builder.values(violation.at, violation.rows)
    return {"given": [f"（填的是“{text}”，按空白处理）" if text else "" for text in values]}


def _outside(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return what keeps a person out of a count, and who the count's people are: 党员."""
    condition = _given(violation, "field")
    whole = builder.definition.column(_given(violation, "whole")).header
    return _day(builder, violation) | {
        "condition_header": builder.column(condition).header,
        "condition": builder.values(condition, violation.rows),
        "people": whole.removesuffix("人数").removesuffix("数"),
    }


def _own(builder: FailureBuilder, violation: Violation) -> Facts:
    """Return what the office's own check says, with what the row has in the fields it names."""
    check = violation.binding.check if violation.binding else None
    condition: Any = violation.binding.given["condition"] if violation.binding else None
    named = [builder.column(name) for name in condition.fields]
    texts = [builder.said(column.name, violation.rows) for column in named]
    said = [
        "，".join(f"“{column.header}”为{text}" for column, text in zip(named, row, strict=True))
        for row in zip(*texts, strict=True)
    ]
    problem = (check.problem if check else "") or f"应当{says(condition)}"
    advice = (check.remedy if check else "") or "请核对这几栏，改正有误的一项"
    return {"reason": problem.rstrip("。"), "values": said, "advice": advice.rstrip("。")}


def _decimals(builder: FailureBuilder, violation: Violation) -> Facts:
    return {"decimals": builder.column(violation.at).decimals}


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
    "party-without-membership": _outside,
    "own-check": _own,
    "too-many-decimals": _decimals,
}
