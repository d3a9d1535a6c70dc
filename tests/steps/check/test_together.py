"""Ledgers judged together: against the month before, against each other, and their verdicts (DESIGN §4, §5)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.registered import Sender
from flows.steps.check.month_ledgers import NewLedger, StoredLedger, new_ledger
from flows.steps.check.months import Base
from flows.steps.check.together import judge, verdict_of, with_failures
from flows.steps.failures import LISTED
from flows.steps.model import CheckedLedger, Failure, Table
from flows.steps.months import Month
from schemas.rules import RULES
from schemas.shipped import shipped
from tests.support.factories import CENTRE, COUNTIES, FIRMS, campaign, examined
from tests.support.retirees import COUNTS

MAY, EAST = Month(2022, 5), COUNTIES[0]
CHEMICALS, MACHINES, CEMENT = (name for name, _ in FIRMS)
THEN = (10, 8, 10, 4, 3, 2, 0)
BASE = Base(
    Month(2022, 4),
    {(EAST, firm): dict(zip(COUNTS, THEN, strict=True)) for firm in (CHEMICALS, MACHINES)},
)
TABLE = Table("花名册", 3, {"person": 0, "sex": 1, "id": 2})
DAYS = ("agreement", "archives", "party", "functions")


def judged(
    *ledgers: CheckedLedger, base: Base | None = None, policy: Mapping[str, Any] | None = None
) -> list[NewLedger]:
    """Judge ledgers of one run."""
    new = [new_ledger(ledger, 1, shipped()) for ledger in ledgers]
    return judge(new, [], {EAST: base} if base else {}, campaign(policy), MAY)


def outcome(ledgers: Sequence[NewLedger]) -> list[tuple[str, int]]:
    """Return the verdict and the bad rows of each ledger."""
    return [(ledger.verdict, ledger.checked.rejected) for ledger in ledgers]


def stored(ledger: CheckedLedger, verdict: Any) -> StoredLedger:
    """Return a checked ledger as the store holds it since the first run."""
    new = new_ledger(ledger, 1, shipped())
    return StoredLedger(
        new.content, new.file, new.kind, new.sender, new.likely, 1, new.keys, verdict
    )


def reported(ledger: NewLedger) -> list[tuple[str, str | None, str, str]]:
    """Return (code, cell, severity, sentence) of a ledger's failures."""
    return [(f.code, f.cell, f.severity, f.message) for f in ledger.checked.failures]


def roster(sender: str, people: Sequence[str], file: str = "") -> CheckedLedger:
    """Return a roster checked alone: the good persons by letter, from row 4."""
    rows = pd.DataFrame({
        "good": True, "person": [letter.encode() * 16 for letter in people], "tail": [f"00{letter}1" for letter in people], "county": EAST,
        "enterprise": MACHINES, "affiliation": "市属", "member": False, "table": 0, "row": np.arange(4, 4 + len(people)),
        **{name: np.datetime64("2022-05-01", "s") for name in DAYS},
    }).astype({"person": object})  # fmt: skip
    return CheckedLedger(
        file or f"{sender}/花名册.xlsx",
        sender,
        "roster",
        sender,
        sender,
        len(people),
        0,
        [],
        people=rows,
        tables=(TABLE,),
    )


def test_a_fall_costs_the_row_unless_remarks_explain_it() -> None:
    """The same fall, without and with a remark."""
    fallen, explained = (
        examined(EAST, [(EAST, CHEMICALS, THEN), (EAST, MACHINES, (10, 6, 10, 4, 3, 2, 0))], note=n)
        for n in (None, "退回补充")
    )
    (costly,), (noted,) = judged(fallen, base=BASE), judged(explained, base=BASE)
    assert outcome([costly, noted]) == [("returned", 1), ("accepted", 0)]
    sentence = "“已签协议人数”本月6，比2022年4月的8减少2。"
    assert reported(costly) == [("cumulative-fell", "F6", "row", sentence)]
    reason = "备注说明：“退回补充”。"
    assert reported(noted) == [("cumulative-fell", "F6", "note", sentence + reason)]
    counts: Any = costly.checked.counts
    assert counts["good"].tolist() == [True, False]


def test_judging_changes_none_of_its_inputs() -> None:
    """The same ledgers judged again have the same outcome."""
    fallen = examined(EAST, [(EAST, CHEMICALS, (10, 6, 10, 4, 3, 2, 0))])
    people = roster(CENTRE, "abc", "一.xlsx"), roster(EAST, "cd", "二.xlsx")
    first, again = judged(fallen, *people, base=BASE), judged(fallen, *people, base=BASE)
    assert outcome(first) == outcome(again) == [("returned", 1), ("accepted", 0), ("returned", 1)]
    assert [reported(ledger) for ledger in first] == [reported(ledger) for ledger in again]
    assert (fallen.rejected, list(fallen.failures)) == (0, [])


def test_a_fall_on_trial_costs_nothing() -> None:
    """policy.trial_rules."""
    fallen = examined(EAST, [(EAST, CHEMICALS, (10, 7, 10, 4, 3, 2, 0)), (EAST, MACHINES, THEN)])
    (ledger,) = judged(fallen, base=BASE, policy={"trial_rules": ["cumulative-fell"]})
    assert outcome([ledger]) == [("accepted", 0)]
    assert [row[::2] for row in reported(ledger)] == [("cumulative-fell", "note")]


def test_bases_that_change_are_notes_and_rows_that_are_gone_are_asked_about() -> None:
    """With the numbers of both months; a count that is wrong by itself is not compared."""
    ledger = examined(EAST, [(EAST, CHEMICALS, (12, 8, 12, 4, 3, 1, 0))])
    before = [
        Failure(ledger.file, "进度", "J5", 5, None, "x", "not-a-number", "row", "。", "。"),
        Failure(ledger.file, None, None, None, None, None, "hidden-sheet", "note", "。", "。"),
    ]
    (compared,) = judged(with_failures(ledger, before), base=BASE)
    assert reported(compared)[2:] == [
        ("base-changed", "E5", "note", "“退休人员总数”由2022年4月的10变为12，增加2。"),
        ("base-changed", "G5", "note", "“应移交档案数”由2022年4月的10变为12，增加2。"),
        (
            "unit-vanished",
            None,
            "query",
            "2022年4月有“东浥区沅岚机械有限公司”（10人），本月没有，其他单位也没有报。",
        ),
    ]


def test_rows_in_another_ledger_of_the_sender_are_not_gone() -> None:
    """Disjoint ledgers of one sender add up."""
    one = examined(EAST, [(EAST, CHEMICALS, THEN)], file="一.xlsx")
    two = examined(EAST, [(EAST, MACHINES, THEN)], file="二.xlsx")
    both = judged(one, two, base=BASE)
    assert outcome(both) == [("accepted", 0), ("accepted", 0)]
    assert [reported(ledger) for ledger in both] == [[], []]


def test_a_defaulted_base_is_told_where_the_default_stands() -> None:
    """Without a column of archives due the change of the retirees is told once."""
    ledger = examined(EAST, [(EAST, CHEMICALS, (12, 8, 12, 4, 3, 2, 0)), (EAST, MACHINES, THEN)])
    ledger.counts["at_archives_due"] = ledger.counts["at_retirees"]  # type: ignore[index]  # as above
    (compared,) = judged(ledger, base=BASE)
    assert [row[:2] for row in reported(compared)] == [("base-changed", "E5")]


def test_two_files_with_the_same_rows_are_both_returned() -> None:
    """Each names the other; both are the sender's own."""
    one = examined(EAST, [(EAST, CHEMICALS, THEN), (EAST, MACHINES, THEN)], file="一.xlsx")
    two = examined(EAST, [(EAST, MACHINES, THEN), (EAST, CEMENT, THEN)], file="二.xlsx")
    both = judged(one, two)
    assert outcome(both) == [("returned", 0), ("returned", 0)]
    assert reported(both[0]) == [
        (
            "submitted-twice",
            None,
            "ledger",
            "与同一单位的另一个文件“二.xlsx”有1行填的是同一县区和企业，不知以哪个为准。",
        )
    ]
    assert reported(both[1]) == [
        (
            "submitted-twice",
            None,
            "ledger",
            "与同一单位的另一个文件“一.xlsx”有1行填的是同一县区和企业，不知以哪个为准。",
        )
    ]


def test_a_person_in_two_rosters() -> None:
    """The later row is bad, the first gets a note; only the aside, which is the office's, names the other."""
    first, later = roster(CENTRE, "abc", "一.xlsx"), roster(EAST, "cd", "二.xlsx")
    both = judged(first, later, policy={"bad_rows": {"roster": 0.5}})
    assert outcome(both) == [("accepted", 0), ("partly", 1)]
    assert both[0].checked.failures == []
    failures, counts = both[1].checked.failures, both[1].checked.counts
    assert [(f.file, f.sheet, f.cell, f.row, f.value, f.severity, f.aside) for f in failures] == [
        ("二.xlsx", "花名册", "C4", 4, "*" * 14 + "00*1", "row", "另一处：“一.xlsx”花名册!C6"),
        ("一.xlsx", "花名册", "C6", 6, "*" * 14 + "00*1", "note", "另一处：“二.xlsx”花名册!C4"),
    ]
    assert not any(
        name in f.message + f.remedy for f in failures for name in (CENTRE, EAST, "xlsx")
    )
    assert counts is not None
    assert counts["retirees"].tolist() == [1]  # counted again


def test_persons_of_one_sender_or_of_a_returned_roster_are_not_compared() -> None:
    """Two rosters of one sender are its own affair; a returned one counts nobody."""
    two = [
        roster(EAST, "a", "一.xlsx"),
        roster(EAST, "b", "二.xlsx"),
        roster(CENTRE, "c", "三.xlsx"),
    ]
    returned = Failure(
        "三.xlsx", None, None, None, None, None, "month-mismatch", "ledger", "。", "。"
    )
    two[2] = with_failures(two[2], [returned])
    two[1].people["person"] = [b"c" * 16]  # type: ignore[index]  # a roster has people
    assert outcome(judged(*two)) == [("accepted", 0), ("accepted", 0), ("returned", 0)]


def test_persons_without_a_readable_number_are_not_the_same() -> None:
    """Two empty hashes are two persons."""
    two = [roster(EAST, "a", "一.xlsx"), roster(CENTRE, "b", "二.xlsx")]
    for ledger in two:
        ledger.people["person"] = [None]  # type: ignore[index]  # as above
    assert outcome(judged(*two)) == [("accepted", 0), ("accepted", 0)]


def test_many_persons_in_two_rosters_are_counted_exactly() -> None:
    """Beyond LISTED they are counted, not told one by one; every row is still bad."""
    people = LISTED + 3
    both = []
    for sender in (CENTRE, EAST):
        rows = {
            "person": [i.to_bytes(16, "big") for i in range(people)],
            "row": np.arange(people),
            "tail": "0001",
        }
        whole = pd.DataFrame({"good": True, "county": EAST, "enterprise": MACHINES, "affiliation": "市属", "member": False, "table": 0, **rows,
                              **{name: np.datetime64("2022-05-01", "s") for name in DAYS}})  # fmt: skip
        both.append(replace(roster(sender, "", f"{sender}.xlsx"), people=whole, read=people))
    later, first = judged(*both)
    # 东浥区.xlsx comes before 示例市….xlsx
    assert outcome([later, first]) == [("returned", people), ("accepted", 0)]
    assert len(later.checked.failures) == 2 * LISTED + 2
    assert [f.message for f in later.checked.failures[-2:]] == [
        f"“人员跨册重复”另有3处，只列出前{LISTED}处。"
    ] * 2


SEVERITY = st.sampled_from(["ledger", "row", "note"])


def _failure(severity: Any) -> Failure:
    code = next(code for code, rule in RULES.items() if rule.severity == severity)
    return Failure(
        "甲.xlsx", None, None, None, None, None, code, severity, "。", RULES[code].remedy
    )


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.integers(0, 300),
    st.integers(0, 300),
    st.lists(SEVERITY, max_size=3),
    st.floats(0, 1),
    st.sampled_from(["progress", "roster", None]),
)
def test_a_ledger_that_is_not_accepted_has_a_message_with_a_remedy(
    read: int, bad: int, severities: list[str], share: float, kind: Any
) -> None:
    """Returned, unreadable or partly accepted implies a fault that costs something; accepted implies that none does."""
    rejected = min(bad, read)
    failures = [_failure(s) for s in severities if s != "row"] + [_failure("row")] * (rejected > 0)
    failures += [_failure("ledger")] * (kind is None or read == 0)  # so does the reader
    verdict = verdict_of(
        CheckedLedger("甲.xlsx", "", kind, EAST, EAST, read, rejected, failures),
        campaign({"bad_rows": {"progress": share, "roster": share}}),
    )
    costly = [f for f in failures if f.severity != "note" and f.remedy]
    assert (verdict == "accepted") == (not costly)
    assert (verdict == "unreadable") == (kind is None)
    if verdict == "partly":
        assert rejected <= share * read + 1e-9
        assert not any(f.severity == "ledger" for f in costly)


@pytest.mark.parametrize(("read", "bad", "share", "verdict"), [
    (100, 1, 0.01, "partly"), (100, 2, 0.01, "returned"), (100, 0, 0.0, "accepted"), (700, 7, 0.01, "partly"), (10, 10, 1.0, "partly"), (3, 1, 0.0, "returned"),
])  # fmt: skip
def test_the_share_of_bad_rows_that_the_policy_allows(
    read: int, bad: int, share: float, verdict: str
) -> None:
    """Up to and with the share itself."""
    ledger = CheckedLedger(
        "甲.xlsx", "", "roster", EAST, EAST, read, bad, [_failure("row")] * bool(bad)
    )
    assert verdict_of(ledger, campaign({"bad_rows": {"roster": share}})) == verdict


def test_a_later_ledger_takes_the_place_of_an_earlier_one() -> None:
    """Where rows overlap; one that is returned takes nobody's place."""
    old = stored(examined(EAST, [(EAST, CHEMICALS, THEN)], file="一.xlsx"), "accepted")
    for verdict, expected in (("accepted", (old.content,)), ("returned", ())):
        ledger = examined(EAST, [(EAST, CHEMICALS, THEN)], file="二.xlsx")
        faults = [_failure("ledger")] * (verdict == "returned")
        (new,) = judge(
            [new_ledger(with_failures(ledger, faults), 2, shipped())], [old], {}, campaign(), MAY
        )
        assert (str(new.verdict), new.supersedes) == (verdict, expected)


@pytest.mark.parametrize(
    ("owes", "came", "gone"),
    [
        (("progress",), ["progress"], True),
        (("progress", "roster"), ["roster"], False),
        (("progress", "roster"), ["progress"], False),
        (("progress", "roster"), ["roster", "progress"], True),
    ],
)
def test_an_unreadable_file_stays_until_all_is_there(
    owes: Any, came: Sequence[str], gone: bool
) -> None:
    """Nobody knows which kind it was: a roster that comes in later does not stand for a progress ledger that cannot be read."""
    unread = CheckedLedger(f"{EAST}/坏.xlsx", "broken", None, None, EAST, 0, 0, [])
    broken = stored(unread, "unreadable")
    later = {"progress": examined(EAST, [(EAST, MACHINES, THEN)]), "roster": roster(EAST, "ABC")}
    new = judge(
        [new_ledger(later[kind], 2, shipped()) for kind in came],
        [broken],
        {},
        campaign(senders=[Sender(name=EAST, type="县区", owes=owes, county=EAST)]),
        MAY,
    )
    assert any(broken.content in p.supersedes for p in new) == gone
