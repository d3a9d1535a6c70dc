"""The facts of a rule's sentence and remedy beside header and value, for all its rows at once."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from flows.steps.check.masks import harmless
from flows.steps.check.report import FailureBuilder, Rows, Violation
from flows.steps.months import in_words
from schemas.codes import id_fault, uscc_fault
from schemas.predicates import OLDEST, YOUNGEST
from schemas.spellings import squeeze, values

Facts = dict[str, Any]  # a text for all rows of a hit, or a list with one for each
NAMED = 20  # names printed in a remedy


def facts_of(reporter: FailureBuilder, hit: Violation) -> Facts:
    """Return the facts that the sentences of a hit need beyond header and value."""
    make = _FACTS.get(hit.code)
    return make(reporter, hit) if make else {}


def _listed(reporter: FailureBuilder, hit: Violation) -> Facts:
    return {"expected": "、".join(values(reporter.column(hit.at).type).values())}


def _county(reporter: FailureBuilder, hit: Violation) -> Facts:
    names = [county.name for county in reporter.campaign.counties]
    return {"expected": "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")}


def _enterprise(reporter: FailureBuilder, hit: Violation) -> Facts:
    """Return a hint for rows with a registered enterprise's credit code; it is never acted upon."""
    registered = {e.uscc: e.name for e in reversed(reporter.campaign.enterprises) if e.uscc}
    same = [registered.get(code) for code in reporter.texts("uscc", hit.rows)]
    return {"hint": [f"；其信用代码与名录中的“{name}”相同" if name else "" for name in same]}


def _id(reporter: FailureBuilder, hit: Violation) -> Facts:
    return {
        "reason": [
            (number and id_fault(number)) or "不是有效的号码"
            for number in reporter.texts("id", hit.rows)
        ]
    }


def _uscc(reporter: FailureBuilder, hit: Violation) -> Facts:
    return {
        "reason": [
            (code and uscc_fault(code)) or "不是有效的代码"
            for code in reporter.texts("uscc", hit.rows)
        ]
    }


def _sex(reporter: FailureBuilder, hit: Violation) -> Facts:
    return {
        "expected": [
            "男" if int(number[16]) % 2 else "女" for number in reporter.texts("id", hit.rows)
        ]
    }


def _age(reporter: FailureBuilder, hit: Violation) -> Facts:
    retired = (
        reporter.ledger.frame["retired_last"].to_numpy()[hit.rows].astype("datetime64[D]").tolist()
    )
    numbers = reporter.texts("id", hit.rows)
    return {
        "reason": [
            _age_reason(int(number[6:14]), day, reporter)
            for number, day in zip(numbers, retired, strict=True)
        ]
    }


def _age_reason(born: int, retired: Any, reporter: FailureBuilder) -> str:
    then = retired or reporter.month_end
    age = (then.year * 10000 + then.month * 100 + then.day - born) // 10000
    when = "退休时" if retired else "到本月末"
    if age < 0:
        return f"{when}还没有出生"
    return f"{when}只有{age}岁，不到{YOUNGEST}岁" if age < YOUNGEST else f"到本月末已超过{OLDEST}岁"


def _expected(reporter: FailureBuilder, hit: Violation) -> Facts:
    return {"expected": reporter.texts("affiliation_expected", hit.rows)}


def _first(reporter: FailureBuilder, hit: Violation) -> Facts:
    """Return the first row with the same key, and for an enterprise's row what the key is."""
    by_enterprise = hit.at == "enterprise"
    firsts = _first_rows(reporter, ("county", "enterprise") if by_enterprise else ("id",), hit.rows)
    facts: Facts = {
        "first": [
            _place(reporter, first, row)
            for first, row in zip(firsts.tolist(), hit.rows.tolist(), strict=True)
        ]
    }
    if by_enterprise:
        facts |= {
            name: [harmless(text) for text in reporter.texts(name, hit.rows)]
            for name in ("county", "enterprise")
        }
    return facts


def _place(reporter: FailureBuilder, first: int, row: int) -> str:
    sheet, own = reporter.table(first).sheet, reporter.table(row).sheet
    return f"{'' if sheet == own else f'工作表“{sheet}”'}第{reporter.ledger.row_of[first]}行"


def _first_rows(reporter: FailureBuilder, keys: tuple[str, ...], rows: Rows) -> Rows:
    """Return for each of some rows the first row with the same key."""
    groups = reporter.ledger.frame.groupby(list(keys), dropna=False, sort=False).ngroup().to_numpy()
    firsts = np.full(int(groups.max()) + 1, len(groups), dtype=np.int64)
    np.minimum.at(firsts, groups, np.arange(len(groups)))
    return np.asarray(firsts[groups[rows]], dtype=np.int64)


def _scope(reporter: FailureBuilder, hit: Violation) -> Facts:
    """Return the word that puts the row out of scope, as it is written."""
    texts = map(squeeze, reporter.texts(hit.at, hit.rows))
    return {
        "value": [
            next((word for word in values("out_of_scope").exact if word in text), "")
            for text in texts
        ]
    }


def _count(reporter: FailureBuilder, hit: Violation) -> Facts:
    return {"value": reporter.numbers(hit.at, hit.rows)}


def _more(reporter: FailureBuilder, hit: Violation) -> Facts:
    """Return the count and the total that it exceeds, or the total's default."""
    total = str(hit.binding.given["total"]) if hit.binding else ""
    column = reporter.column(total)
    header: Any = column.header
    if total in reporter.defaulted and column.default:
        instead = reporter.column(column.default).header
        header = [
            instead if taken else column.header
            for taken in reporter.defaulted[total][hit.rows].tolist()
        ]
    return _count(reporter, hit) | {
        "total_header": header,
        "total": reporter.numbers(total, hit.rows),
    }


def _day(reporter: FailureBuilder, hit: Violation) -> Facts:
    return {"value": reporter.days(hit.at, hit.rows)}


def _order(reporter: FailureBuilder, hit: Violation) -> Facts:
    other = str(hit.binding.given["after"]) if hit.binding else ""
    return _day(reporter, hit) | {
        "other_header": reporter.column(other).header,
        "other": reporter.days(other, hit.rows),
    }


def _politics(reporter: FailureBuilder, hit: Violation) -> Facts:
    return _day(reporter, hit) | {"politics": reporter.values("politics", hit.rows)}


def _future(reporter: FailureBuilder, hit: Violation) -> Facts:
    return _day(reporter, hit) | {"issued": in_words(reporter.issued)}


_FACTS: Mapping[str, Callable[[FailureBuilder, Violation], Facts]] = {
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
