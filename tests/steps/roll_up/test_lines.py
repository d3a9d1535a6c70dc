"""Whose rows count for a month (DESIGN §3, §5, §6): small roll-calls in, lines and coverage out."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pytest

from flows.registered import Sender
from flows.steps.export import quality_record
from flows.steps.model import LedgerReport, Line, Submission
from flows.steps.months import Month
from flows.steps.roll_up import choose, not_submitted, reported_twice, roster_mismatches, superseded
from schemas.shipped import shipped
from tests.support.factories import CENTRE, COUNTIES, FIRMS, campaign, line, remembered, submission

MAY = Month(2022, 5)
EAST, WEST, SOUTH = COUNTIES
CHEMICALS, MACHINES = FIRMS[0][0], FIRMS[1][0]
COUNTS = (10, 5, 10, 1, 2, 0, 0)


def rows_from(lines: Sequence[Line]) -> Any:
    def rows(submissions: Iterable[Submission]) -> list[Line]:
        wanted = [s.id for s in submissions]
        return [x for x in lines if x.submission in wanted]

    return rows


def called(coverage: Sequence[Any]) -> list[tuple[str, str, str, str | None]]:
    return [(c.sender[:3], c.kind, c.verdict, c.used) for c in coverage]


def owing(*kinds: tuple[str, str, tuple[str, ...]]) -> list[Sender]:
    return [
        Sender.model_validate(
            {"name": n, "type": t, "owes": o, "county": n if t == "县区" else None}
        )
        for n, t, o in kinds
    ]


APRIL = line(EAST, MACHINES, COUNTS, month="2022-04")
MARCH = line(WEST, MACHINES, COUNTS, month="2022-03")


@pytest.mark.parametrize(
    ("policy", "now", "lines", "coverage"),
    [
        ("carry_forward", [], [APRIL, MARCH], [("东浥区", "missing", "2022-04"), ("西浥区", "missing", "2022-03")]),
        ("exclude", [], [], [("东浥区", "missing", None), ("西浥区", "missing", None)]),
        ("carry_forward", [submission(EAST, "returned")], [APRIL, MARCH],
         [("东浥区", "returned", "2022-04"), ("西浥区", "missing", "2022-03")]),
        ("exclude", [submission(EAST, "returned")], [], [("东浥区", "returned", None), ("西浥区", "missing", None)]),
        ("carry_forward", [submission(None, "unreadable", kind=None, likely=EAST)], [APRIL, MARCH],
         [("东浥区", "unreadable", "2022-04"), ("西浥区", "missing", "2022-03")]),
        ("carry_forward", [submission(EAST, "partly")], [MARCH], [("东浥区", "partly", "2022-05"), ("西浥区", "missing", "2022-03")]),
    ],
)  # fmt: skip
def test_missing_and_returned_ledgers(
    policy: str,
    now: list[Submission],
    lines: list[Line],
    coverage: list[tuple[str, str, str | None]],
) -> None:
    """The policy decides between the last accepted month and nothing; the roll-call names the month that counts."""
    senders = owing((EAST, "县区", ("progress",)), (WEST, "县区", ("progress",)))
    memory = remembered(
        submission(EAST, month="2022-04"),
        submission(WEST, month="2022-03"),
        submission(WEST, "returned", month="2022-04"),
        *now,
    )
    chosen = choose(memory, campaign({"missing": policy}, senders), MAY, rows_from([APRIL, MARCH]))
    assert sorted(chosen.lines, key=lambda x: x.submission) == sorted(
        lines, key=lambda x: x.submission
    )
    assert [(s, v, u) for s, _, v, u in called(chosen.coverage)] == coverage


def test_a_roster_never_stands_in_for_a_progress_ledger() -> None:
    """Where both are owed only the progress ledger counts, also while it is missing; where only a roster is owed it counts."""
    senders = owing((EAST, "县区", ("progress", "roster")), (CENTRE, "托管中心", ("roster",)))
    roster = submission(EAST, kind="roster", id="r")
    lines = [
        line(EAST, MACHINES, COUNTS, submission="r"),
        line(SOUTH, "示例厂", COUNTS, "托管中心", CENTRE, submission="c"),
    ]
    memory = remembered(roster, submission(CENTRE, kind="roster", id="c"))
    chosen = choose(memory, campaign(senders=senders), MAY, rows_from(lines))
    assert chosen.lines == [lines[1]]
    assert called(chosen.coverage) == [
        ("东浥区", "progress", "missing", None), ("东浥区", "roster", "accepted", None), (CENTRE[:3], "roster", "accepted", "2022-05"),
    ]  # fmt: skip


def test_a_progress_ledger_counts_where_only_a_roster_is_owed_and_both_are_sent() -> None:
    """The progress ledger counts wherever both are sent."""
    senders = owing((EAST, "县区", ("roster",)))
    lines = [
        line(EAST, MACHINES, COUNTS, submission="p"),
        line(EAST, MACHINES, COUNTS, submission="r"),
    ]
    chosen = choose(
        remembered(submission(EAST, id="p"), submission(EAST, kind="roster", id="r")),
        campaign(senders=senders),
        MAY,
        rows_from(lines),
    )
    assert chosen.lines == [lines[0]]


def test_files_of_one_sender_add_up_and_a_returned_part_is_carried() -> None:
    """Disjoint files of a sender count together; of a returned one the rows are carried that the accepted one lacks."""
    senders = owing((EAST, "县区", ("progress",)))
    april = [line(EAST, f, COUNTS, month="2022-04") for f in (CHEMICALS, MACHINES, "示例厂")]
    may = [
        line(EAST, CHEMICALS, COUNTS, submission="a"),
        line(EAST, MACHINES, COUNTS, submission="b"),
    ]
    memory = remembered(
        submission(EAST, month="2022-04"),
        submission(EAST, id="a"),
        submission(EAST, "returned", id="b", content="b"),
    )
    chosen = choose(memory, campaign(senders=senders), MAY, rows_from([*april, *may]))
    assert {(x.enterprise, x.month) for x in chosen.lines} == {
        (CHEMICALS, "2022-05"),
        (MACHINES, "2022-04"),
    }
    assert called(chosen.coverage) == [("东浥区", "progress", "returned", "2022-05")]


@pytest.mark.parametrize(
    ("precedence", "counted"),
    [
        (["县区", "企业", "托管中心"], EAST),
        (["企业", "县区", "托管中心"], CHEMICALS),
        (["托管中心", "企业", "县区"], CHEMICALS),
    ],
)
def test_two_senders_report_the_same_row(precedence: list[str], counted: str) -> None:
    """Precedence decides whose row counts; both ends get a note that names the other only to the office."""
    senders = owing((EAST, "县区", ("progress",)), (CHEMICALS, "企业", ("progress",)))
    lines = [
        line(EAST, CHEMICALS, COUNTS),
        line(EAST, CHEMICALS, (9, 9, 9, 9, 1, 1, 1), sender=CHEMICALS),
    ]
    settings = campaign({"precedence": precedence}, senders)
    chosen = choose(
        remembered(submission(EAST), submission(CHEMICALS)), settings, MAY, rows_from(lines)
    )
    assert [x.sender for x in chosen.lines] == [counted]
    notes = list(reported_twice(chosen.doubled, settings, MAY))
    assert sorted((f.file, f.cell, f.severity) for f in notes) == sorted(
        [(f"{EAST}.xlsx", "C5", "note"), (f"{CHEMICALS}.xlsx", "C5", "note")]
    )
    assert all(EAST not in f.message.replace(f"{EAST}{CHEMICALS}", "") for f in notes)
    assert {f.file: f.aside.split("：")[1][: len(EAST)] for f in notes} == {
        f"{EAST}.xlsx": CHEMICALS[:3],
        f"{CHEMICALS}.xlsx": EAST,
    }


def test_the_countys_own_row_counts_before_another_countys() -> None:
    """Of two counties that report one row the one that it lies in has it."""
    lines = [line(EAST, MACHINES, COUNTS, sender=WEST), line(EAST, MACHINES, COUNTS)]
    senders = owing((WEST, "县区", ("progress",)), (EAST, "县区", ("progress",)))
    chosen = choose(
        remembered(submission(WEST), submission(EAST)),
        campaign(senders=senders),
        MAY,
        rows_from(lines),
    )
    assert [x.sender for x in chosen.lines] == [EAST]


def test_superseded_submissions_do_not_count() -> None:
    """What a later file took the place of is out, and says by what."""
    old = submission(EAST, id="old", content="old", file="旧.xlsx")
    new = submission(EAST, id="new", content="new", file="新.xlsx", supersedes=("old",))
    lines = [
        line(EAST, MACHINES, COUNTS, submission="old"),
        line(EAST, MACHINES, (11, 6, 11, 1, 2, 0, 0), submission="new"),
    ]
    memory = remembered(old, new)
    assert choose(memory, campaign(), MAY, rows_from(lines)).lines == [lines[1]]
    assert [(f.file, f.code, f.message) for f in superseded(memory, MAY)] == [
        ("旧.xlsx", "superseded", "本文件已由后报的“新.xlsx”替换，不再计入。")
    ]


def test_roster_and_progress_ledger_differ() -> None:
    """Every difference between a sender's two ledgers is a note at the progress cell, for the rows that both hold."""
    progress = [line(EAST, MACHINES, (10, 5, 12, 1, 2, 0, 0)), line(EAST, CHEMICALS, COUNTS)]
    roster = [line(EAST, MACHINES, (10, 4, 10, 1, 2, 0, 0)), line(EAST, "示例厂", COUNTS)]
    assert [
        (f.code, f.cell, f.message) for f in roster_mismatches(progress, roster, shipped())
    ] == [
        ("roster-mismatch", "F5", "“已签协议人数”进度台账为5，花名册为4，相差1。"),
        ("roster-mismatch", "G5", "“应移交档案数”进度台账为12，花名册为10，相差2。"),
    ]


def test_not_submitted_is_a_note_on_the_sender() -> None:
    """Who owes a ledger and sent none is named, with the ledger."""
    chosen = choose(
        remembered(),
        campaign(senders=owing((EAST, "县区", ("progress", "roster")))),
        MAY,
        rows_from([]),
    )
    assert [
        (f.code, f.severity, f.value, f.message) for f in not_submitted(chosen.coverage, MAY)
    ] == [
        ("not-submitted", "note", EAST, f"{EAST}未报送2022年5月的进度台账。"),
        ("not-submitted", "note", EAST, f"{EAST}未报送2022年5月的花名册。"),
    ]


def test_the_sender_of_an_unreadable_file_is_recorded() -> None:
    """As far as its folder or its name tells it; of a ledger that names another unit, or none, it is left open."""
    given: list[tuple[Any, str | None, str | None]] = [
        ("unreadable", None, EAST),
        ("unreadable", None, None),
        ("returned", None, EAST),
        ("accepted", EAST, EAST),
    ]
    ledgers = [
        LedgerReport("x.xlsx", "", sender, likely, None, verdict, 0, 0, date(2022, 6, 2))
        for verdict, sender, likely in given
    ]
    assert [x["sender"] for x in quality_record(ledgers, [])["ledgers"]] == [EAST, None, None, EAST]
