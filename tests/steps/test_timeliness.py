"""Whether ledgers came in time: the day of the first that was not returned, against the due date."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from flows.steps.model import Coverage, Report
from flows.steps.render import Renderer
from flows.steps.standings import roll_call
from flows.steps.timeliness import in_time_in_words, rate_in_time, timeliness_of
from schemas.columns import Verdict
from templates import HERE
from tests.support.documents import prose_of
from tests.support.factories import FIRMS, line
from tests.support.reports import EAST, SOUTH, WEST, bulletin_of, ledger, report

DUE = date(2022, 6, 5)

# what came on which day of June; in words; whether it is overdue on the 5th, on the 6th
CAME: Sequence[tuple[list[tuple[Verdict, int]], str, bool, bool]] = [
    ([], "未报", False, True),
    ([("accepted", 5)], "准时", False, False),
    ([("accepted", 6)], "迟报1天", True, True),
    ([("returned", 1)], "未报", False, True),
    ([("unreadable", 1), ("returned", 4)], "未报", False, True),
    ([("returned", 1), ("accepted", 8)], "迟报3天", True, True),
    ([("partly", 5), ("accepted", 9)], "准时", False, False),  # it was there, bad rows or not
    ([("held", 5), ("accepted", 9)], "准时", False, False),  # what is asked about has come
    ([("accepted", 9), ("held", 5)], "准时", False, False),  # in whatever order it is listed
    ([("accepted", 3), ("returned", 9)], "准时", False, False),
]


@pytest.mark.parametrize(("came", "words", "on_the_day", "after_it"), CAME)
def test_the_first_that_was_not_returned_counts(
    came: list[tuple[Verdict, int]], words: str, on_the_day: bool, after_it: bool
) -> None:
    """The due date itself is in time; what has not come is overdue only once that has passed."""
    one = timeliness_of(DUE, ((verdict, date(2022, 6, day)) for verdict, day in came))
    overdue = [one.is_overdue(date(2022, 6, day)) for day in (5, 6)]
    assert (one.words, *overdue) == (words, on_the_day, after_it)


def test_the_rate() -> None:
    """What came in time of all that is owed; of nothing there is none."""
    each = [timeliness_of(DUE, [("accepted", date(2022, 6, day))]) for day in (4, 5, 6)]
    assert (rate_in_time(each), rate_in_time([])) == (Fraction(2, 3), None)
    assert in_time_in_words(DUE, date(2022, 6, 8), each) == (
        "应于2022年6月5日前报，截至2022年6月8日，准时2个，报送及时率66.67%（应报3个）。"
        "按时与否，看第一次没有被退回的台账哪天收到。"
    )


def of_may(east: int, issued: int = 10) -> Report:
    """Return May made on a day of June; 东浥区's was returned on the 2nd and came on a day of June."""
    coverage = [
        Coverage(EAST, "progress", "accepted", "2022-05"),
        Coverage(WEST, "progress", "accepted", "2022-05"),
        Coverage(SOUTH, "progress", "missing", None),
    ]
    ledgers = [
        ledger(EAST, "returned", file="一.xlsx", superseded_by="二.xlsx"),
        ledger(EAST, "accepted", file="二.xlsx", received=date(2022, 6, east)),
        ledger(WEST, "accepted"),
    ]
    lines = [line(name, FIRMS[2][0], (1000, 900, 0, 0, 0, 0, 0)) for name in (EAST, WEST)]
    one = report(lines, coverage=coverage, ledgers=ledgers)
    return replace(one, issued=date(2022, 6, issued))


def test_the_roll_call() -> None:
    """Each sender and kind has its own."""
    assert [(x.name, x.timeliness.words) for x in roll_call(of_may(7))] == [
        (EAST, "迟报2天"),
        (WEST, "准时"),
        (SOUTH, "未报"),
    ]


ROLL = "本期应报台账3份，通过2份。南沚县尚未报送进度台账，本期未计入"
# the day on which 东浥区's came; the sentence in the city's bulletin
SAID = [
    (5, f"{ROLL}。"),
    (7, f"{ROLL}。迟报的有东浥区（2天），报送及时率33.33%。"),
]


@pytest.mark.parametrize(("day", "said"), SAID)
def test_the_city_bulletin_says_who_was_late(day: int, said: str) -> None:
    """One sentence where something was late, nothing where it was not."""
    one = of_may(day)
    document = Renderer([HERE]).render(bulletin_of(one, "city", one.figures.city.name))
    lines = [each.text for each in prose_of(document) if "应报台账" in each.text]
    assert lines == [said]
