"""What is explained, from the faults that say it: whose value, from what to what, why (DESIGN §5)."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from flows.steps.explanations import explanations_of, in_sentences
from flows.steps.failures import Place, explained, failure
from flows.steps.model import Explanation, Failure
from schemas.columns import Level
from schemas.rules import RULES, SURVEYED
from tests.support.factories import COUNTIES, FIRMS, campaign
from tests.support.retirees import COUNTS

EAST, WEST, _ = COUNTIES
CHEMICAL = FIRMS[0][0]
CITY = dict.fromkeys(COUNTS, 1000)
PEOPLE, PARTY = "退休人员总数", "党员人数"


def fault(
    code: str, header: str | None = PEOPLE, unit: str = EAST + CHEMICAL, **facts: Any
) -> Failure:
    """Return a fault of a row, or of the whole file without a header."""
    place = Place("进度", "E6") if header else Place()
    known = {"month": "2022年4月", "word": "增加", "difference": "280", "points": "61.00", **facts}
    return failure(code, f"{EAST}.xlsx", place, header=header, unit=unit, **known)


GREW = fault("base-jumped", value="600", previous="320")
SLIPPED = fault("scale-slip", PARTY, value="700", previous="70", names=f"“{PARTY}”", times="10倍")
FELL = fault("cumulative-fell", "已签协议人数", value="80", previous="100")
GONE = fault("unit-vanished", None, county=EAST, enterprise=CHEMICAL, previous="360", measure="人")
SWAPPED = fault("columns-swapped", unit="", other=PARTY)
UNKNOWN = fault(
    "unknown-enterprise", "企业名称", unit=f"{EAST}新厂", value="新厂", hint="", unit_name="企业"
)
SURVEY = replace(
    GREW,
    unit="",
    message=SURVEYED.format(
        of="各行合计", header=PEOPLE, value="420", surveyed="500", word="少", difference="80"
    ),
)
# fault, county, enterprise, column, before, now, what changed, share of the city's count
EXPLAINED = [
    (GREW, EAST, CHEMICAL, PEOPLE, "320", "600", f"{PEOPLE}由320变为600", Fraction(28, 100)),
    (SLIPPED, EAST, CHEMICAL, PARTY, "70", "700", f"{PARTY}由70变为700", Fraction(63, 100)),
    (
        FELL,
        EAST,
        CHEMICAL,
        "已签协议人数",
        "100",
        "80",
        "已签协议人数由100变为80",
        Fraction(2, 100),
    ),
    (GONE, EAST, CHEMICAL, PEOPLE, "360", None, "原有360人，本月没有", Fraction(36, 100)),
    (SWAPPED, EAST, "", PEOPLE, None, None, "疑似两栏填反", Fraction(0)),
    (UNKNOWN, EAST, "新厂", "企业名称", None, "新厂", "企业不在名录", Fraction(0)),
    (SURVEY, EAST, "", PEOPLE, None, "600", f"{PEOPLE}为420，摸底人数为500", Fraction(0)),
]


@pytest.mark.parametrize(
    ("fault", "county", "enterprise", "header", "previous", "value", "change", "weight"), EXPLAINED
)
def test_what_a_fault_explains(
    fault: Failure,
    county: str,
    enterprise: str,
    header: str,
    previous: str | None,
    value: str | None,
    change: str,
    weight: Fraction,
) -> None:
    """The row, the column, the values as they stand in the question, and the reason without its last stop."""
    (found,) = explanations_of([(EAST, explained(fault, "企业“并入”。"))], campaign(), CITY)
    assert replace(found, order=0) == Explanation(
        EAST,
        f"{EAST}.xlsx",
        "进度!E6" if fault.cell else "",
        RULES[fault.code].title,
        county,
        enterprise,
        header,
        previous,
        value,
        change,
        "企业“并入”",
        weight,
    )


def test_only_what_is_explained_and_may_be_shown() -> None:
    """An open question explains nothing, nor does a reason that no report shows; the weightiest stands first."""
    faults = [explained(FELL, "核减"), GREW, explained(GONE, None), explained(GONE, "已划出")]
    found = explanations_of([(EAST, one) for one in faults], campaign(), CITY)
    assert [(x.title, x.reason) for x in found] == [
        ("原有的行不见了", "已划出"),
        ("累计数减少", "核减"),
    ]


# level, what is said of two changes of a row for one reason and of a whole ledger
SENTENCES = [
    ("city", [f"{EAST}{CHEMICAL}{PEOPLE}由320变为600、{PARTY}由70变为700，并入"]),
    ("county", [f"{CHEMICAL}{PEOPLE}由320变为600、{PARTY}由70变为700，并入"]),
    ("enterprise", [f"{EAST}{PEOPLE}由320变为600、{PARTY}由70变为700，并入"]),
]


@pytest.mark.parametrize(("level", "said"), SENTENCES)
def test_what_is_explained_in_words(level: Level, said: list[str]) -> None:
    """Changes of one row for one reason are one sentence, which does not name whose bulletin it stands in."""
    faults = [explained(GREW, "并入"), explained(SLIPPED, "并入"), explained(SWAPPED, "口径有变")]
    found = explanations_of([(EAST, one) for one in faults[:2]], campaign(), CITY)
    assert in_sentences(sorted(found, key=lambda x: x.weight), level) == said
    whole = explanations_of([(EAST, faults[2])], campaign(), CITY)
    assert in_sentences(whole, level) == [f"{EAST}疑似两栏填反，口径有变"]
