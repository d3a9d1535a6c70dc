"""Faults put in order and in words: problems, places, rounds, notices, who gets what (DESIGN §7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from flows.steps.failures import unlisted
from flows.steps.feedback import (
    Sent,
    before_of,
    compare_rounds,
    failures_for,
    notice_of,
    places_of,
    problems_of,
)
from flows.steps.feedback.problems import rows_in_words
from flows.steps.model import Failure, NoticeLedger, NoticeProblem, Table
from flows.steps.months import Month
from flows.steps.returned import to_return
from schemas.rules import RULES
from schemas.shipped import shipped
from tests.support.factories import COUNTIES, campaign, submission
from tests.support.returned import QUERIED

EAST, WEST, _ = COUNTIES
FILE = f"{EAST}.xlsx"


def fault(
    code: str,
    cell: str | None = None,
    message: str = "有误。",
    *,
    file: str = FILE,
    sheet: str = "进度",
    **more: Any,
) -> Failure:
    """Return a failure of a rule at a cell, or of the whole file."""
    rule = RULES[code]
    row = int("".join(filter(str.isdigit, cell))) if cell else None
    facts = {"header": "党员人数" if cell else None, "value": "x" if cell else None, **more}
    return Failure(
        file,
        sheet if cell else None,
        cell,
        row,
        code=code,
        severity=rule.severity,
        message=message,
        remedy=rule.remedy,
        **facts,
    )


def test_what_costs_most_stands_first_and_equal_faults_stand_together() -> None:
    """A thousand equal faults are one problem; faults of the whole file stand before those of cells."""
    many = [fault("required", f"F{i}") for i in range(2, 1002)]
    found = [
        *many,
        fault("archives-exceed", "D4"),
        fault("required", "D9", header="备注"),
        fault("control-total", "D9"),
        fault("month-mismatch"),
    ]
    assert [(p.code, p.header, len(p.failures)) for p in problems_of([*found, *many], shipped())] == [
        ("month-mismatch", "", 1), ("control-total", "党员人数", 1), ("required", "党员人数", 1000), ("required", "备注", 1),
        ("archives-exceed", "党员人数", 1),
    ]  # fmt: skip


def test_faults_that_were_only_counted_count() -> None:
    """With the rule's only column, else on their own (judged on the number, not on 5000)."""
    listed = [fault("id-invalid", f"C{i}") for i in range(2, 12)]
    other = fault("id-invalid", "D2", header="备注")
    more = unlisted("id-invalid", FILE, 15000, "row")
    assert [(p.header, p.count) for p in problems_of([*listed, more], shipped())] == [
        ("党员人数", 15010)
    ]
    assert [(p.header, p.count) for p in problems_of([*listed, other, more], shipped())] == [
        ("党员人数", 10),
        ("备注", 1),
        ("", 15000),
    ]
    assert places_of(listed, 15000) == "进度!C2、C3、C4等15010处"


def test_a_problem_speaks_for_all_its_faults() -> None:
    """By the sentence that all have, or by the first one's as an example."""
    same, different = (
        [fault("negative", c, "负。") for c in ("B2", "B3")],
        [fault("negative", "B2", "负2。"), fault("negative", "B3", "负3。")],
    )
    assert [problems_of(f, shipped())[0].message for f in (same, different)] == [
        "负。",
        "如进度!B2：负2。",
    ]


@pytest.mark.parametrize(("cells", "words"), [
    ([("进度", "F7")], "进度!F7"), ([("进度", "F7"), ("进度", "F9"), ("汇总", "B2")], "进度!F7、F9、汇总!B2"),
    ([("进度", f"F{i}") for i in range(7, 19)], "进度!F7、F8、F9等12处"), ([("a!b", "F7"), ("a!b", "F8")], "a!b!F7、F8"),
    ([("进度", "F7"), ("进度", "F7")], "进度!F7"), ([(None, None)], "整个文件"),
])  # fmt: skip
def test_places_in_words(cells: Sequence[tuple[str, str]], words: str) -> None:
    """The first few by name; the sheet is said where it changes; a place is counted once."""
    assert places_of([fault("negative", cell, sheet=sheet) for sheet, cell in cells]) == words


@pytest.mark.parametrize(
    ("rows", "words"),
    [([], ""), ([4], "第4行"), ([5, 4, 7, 4, 6, 9], "第4—7、9行"), (range(1, 200, 2), None)],
)
def test_rows_in_words(rows: Sequence[int], words: str | None) -> None:
    """Ranges; too many of them end in 等."""
    said = rows_in_words(rows)
    assert said == words if words is not None else said.endswith("、79等行")


def test_rounds_are_compared_by_rule_and_cell_then_by_words() -> None:
    """Mended, still wrong (also where a row was put in above), new."""
    before = [
        fault("negative", "B2", "负1。"),
        fault("required", "B3", "缺。"),
        fault("negative", "B9", "负9。"),
    ]
    now = [
        fault("negative", "B2", "负2。"),
        fault("negative", "B10", "负9。"),
        fault("required", "C3", "缺。", header="备注"),
    ]
    found = compare_rounds(before, now)
    assert (
        [f.cell for f in found.fixed],
        [f.cell for f in found.still],
        [f.cell for f in found.new],
    ) == (["B3"], ["B2", "B10"], ["C3"])
    assert found.sentence == "与上次退回时相比：已改正1处，仍未改正2处，新出现1处。"


def test_equal_faults_are_matched_one_by_one() -> None:
    """Of three equal faults one was mended."""
    found = compare_rounds(
        [fault("required", f"B{i}") for i in (2, 3, 4)],
        [fault("required", f"B{i}") for i in (3, 4)],
    )
    assert ([f.cell for f in found.fixed], len(found.still), found.new) == (["B2"], 2, [])


def test_a_notice_as_a_whole() -> None:
    """The file without its folder, verdict, problems in order with places, the rows that do not count, when it came in, the day of reply."""
    ledger = submission(EAST, "partly", kind="roster", read=100, rejected=3)
    found = [
        fault("phone-invalid", "K8", "电话。"),
        *(fault("id-invalid", f"C{i}", f"号{i}。") for i in (4, 5, 9)),
    ]
    notice = notice_of(
        EAST,
        [Sent(f"{EAST}/{FILE}", None, [ledger], found, [fault("id-invalid", "C4", "号4。")])],
        campaign(),
        Month(2022, 5),
        date(2022, 6, 28),
    )
    invalid, phone = RULES["id-invalid"], RULES["phone-invalid"]
    assert (notice.sender, notice.reply_by, notice.office) == (
        EAST,
        date(2022, 7, 3),
        campaign().settings.office,
    )
    assert notice.ledgers == [NoticeLedger(FILE, "roster", "partly", 100, 3, [
        NoticeProblem(invalid.title, "row", 3, "进度!C4、C5、C9", "如进度!C4：号4。", invalid.remedy),
        NoticeProblem(phone.title, "note", 1, "进度!K8", "电话。", phone.remedy),
    ], "工作表“进度”第4—5、9行，共3行，不计入统计。", "与上次退回时相比：已改正0处，仍未改正1处，新出现2处。")]  # fmt: skip


def _returned(found: Sequence[Failure], verdict: str = "returned", **more: Any) -> NoticeLedger:
    """Return how a notice speaks of a ledger with faults."""
    ledger = submission(EAST, verdict, read=9, **more)
    sent = Sent(FILE, None, [ledger], found)
    return notice_of(EAST, [sent], campaign(), Month(2022, 5), date(2022, 6, 28)).ledgers[0]


ROW, WHOLE, NOTE = fault("negative", "B2"), fault("month-mismatch"), fault("out-of-scope", "B3")
DOUBT = replace(fault("base-changed", "B4"), **QUERIED)


# verdict, kind, faults → effects that differ from the rules' own, why it goes back whole
@pytest.mark.parametrize(("verdict", "kind", "found", "effects", "reason"), [
    ("returned", "progress", [ROW, NOTE], ["须改正", ""], "退回原因：进度台账有一行有误即整册退回。"),
    ("returned", "roster", [ROW], ["须改正"], "退回原因：有误的行超过1.00%，整册退回。"),
    ("returned", "progress", [WHOLE, ROW], ["", "须改正"], "退回原因：月份不符，影响整册。"),
    ("partly", "roster", [ROW, NOTE], ["", ""], ""),
    ("held", "progress", [DOUBT, NOTE], ["须核实", ""], "待核实原因：有1处数据须改正或说明。"),
])  # fmt: skip
def test_verdict_and_faults_agree(
    verdict: str, kind: str, found: Sequence[Failure], effects: Sequence[str], reason: str
) -> None:
    """In a ledger that goes back whole no fault costs a row alone, and the reason is said (W6)."""
    ledger = _returned(found, verdict, kind=kind, rejected=1)
    assert ([problem.effect for problem in ledger.problems], ledger.reason) == (effects, reason)


def test_the_faults_of_a_file_with_two_ledgers_are_told_apart() -> None:
    """By the table that they stand in; those of the whole file belong to both."""
    tables = {
        "progress": (Table("进度", 3, {}),),
        "roster": (Table("进度", 20, {}), Table("名单", 1, {})),
    }
    ledgers = [
        submission(EAST, "partly", kind=kind, id=kind, rejected=1, tables=own)
        for kind, own in tables.items()
    ]
    found = [
        fault("month-mismatch"),
        fault("negative", "B9"),
        fault("id-invalid", "C21"),
        fault("id-invalid", "C2", sheet="名单"),
    ]
    notice = notice_of(
        EAST, [Sent(FILE, None, ledgers, found)], campaign(), Month(2022, 5), date(2022, 6, 2)
    )
    assert [[p.places for p in ledger.problems] for ledger in notice.ledgers] == [
        ["整个文件", "进度!B9"],
        ["整个文件", "进度!C21、名单!C2"],
    ]
    assert [ledger.uncounted for ledger in notice.ledgers] == [
        "工作表“进度”第9行，共1行，不计入统计。", "工作表“进度”第21行；工作表“名单”第2行，共1行，不计入统计。",
    ]  # fmt: skip


def test_a_packet_goes_with_what_is_not_whole() -> None:
    """Returned, unreadable and partly accepted ledgers, not superseded ones; a file whose sender cannot be told stands alone."""
    ledgers = [
        submission(EAST, "returned", sha256="1"), submission(EAST, "accepted", kind="roster", sha256="1"), submission(WEST, "accepted", sha256="2"),
        submission(WEST, "returned", sha256="3", content="old"), submission(None, "unreadable", kind=None, likely=WEST, file="坏.xls", sha256="4"),
        submission(None, "returned", likely=None, file="甲/一.xlsx", sha256="5"), submission(None, "returned", likely=None, file="乙/二.xlsx", sha256="6"),
        submission(None, "unreadable", kind=None, likely=None, file="截图.PNG", sha256="7"),  # the clerk's own
    ]  # fmt: skip
    found = to_return(ledger for ledger in ledgers if ledger.content != "old")
    assert {sender: [[(s.file, s.kind) for s in file] for file in files] for sender, files in found.items()} == {
        EAST: [[(FILE, "progress"), (FILE, "roster")]], WEST: [[("坏.xls", None)]],
        "未识别报送单位（一）": [[("甲/一.xlsx", "progress")]], "未识别报送单位（二）": [[("乙/二.xlsx", "progress")]],
    }  # fmt: skip


def test_a_sender_is_told_of_its_own_file_alone_and_of_no_aside() -> None:
    """Notes that another ledger's check left for it are among them; an older file of the same name is not."""
    own, other, old = (
        submission(EAST, id="own"),
        submission(WEST, id="other"),
        submission(EAST, id="old", content="old"),
    )
    across = fault("duplicate-person-across", "C4", aside="另一处：“西浥区.xlsx”")
    theirs = fault("duplicate-person-across", "C9", file=f"{WEST}.xlsx", aside=f"另一处：“{FILE}”")
    twice = fault("reported-twice", "B5", aside="另一报送单位：西浥区")
    told = {
        "own": [fault("negative", "B2")],
        "other": [across, theirs],
        "old": [fault("negative", "B3")],
    }
    assert failures_for([own], told, [twice, fault("not-submitted", file="")]) == [
        fault("negative", "B2"), fault("duplicate-person-across", "C4"), fault("reported-twice", "B5"),
    ]  # fmt: skip
    newer = submission(EAST, id="own", supersedes=(old.content,))
    assert before_of([newer], [newer, other, old], told) == [fault("negative", "B3")]
    assert before_of([own], [own, other], told) is None
