"""Items of supervision: their lives over several months, their numbers, and replies that are read back."""

import json
import shlex
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from lxml import html

from flows.intake.job import open_store
from flows.steps.model import SupervisionEvent, items_of
from flows.steps.store import (
    NumberedDocument,
    Store,
    issue_items,
    load_supervision,
    number_for,
    record_supervision,
)
from flows.steps.supervision import lives
from tests.support.documents import as_text
from tests.support.months_pages import table as page_table
from tests.support.paths import ROOT
from tests.support.workbooks import table
from tests.support.working import (
    CEMENT,
    CHEMICALS,
    EAST,
    MACHINES,
    SETTINGS,
    SOUTH,
    UNASKED,
    WEST,
    Office,
    bulletin,
)

OLD_STORE = ROOT / "tests" / "fixtures" / "store-0.1.0.zip"
NOTICE = ("documents", "督办通知单", f"{EAST}.docx")
FORM = ("documents", "督办通知单", f"{EAST}反馈表.xlsx")


def office_of(folder: Path) -> Office:
    """Return an office with ledgers of three months: one county's agreements lag, and catch up in June."""
    office = Office(folder, SETTINGS + UNASKED)
    for month, signed in (("2022-04", 100), ("2022-05", 150), ("2022-06", 990)):
        office.ledger(month, EAST, [(CHEMICALS, (1000, signed, 1000, 1000, 100, 100, 1000))])
        office.ledger(month, WEST, [(MACHINES, (500, 500, 500, 500, 50, 50, 500))])
        office.ledger(month, SOUTH, [(CEMENT, (200, 200, 200, 200, 20, 20, 200))])
    return office


def said(office: Office, words: str) -> str:
    """Return what `bulletin supervise` prints."""
    return bulletin(office, "supervise", *shlex.split(words))[1]


def the_lives(office: Office) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the items in the store: number, unit, every step with its reason."""
    store = open_store(office.folder / "campaign", None)
    items = items_of(load_supervision(store))
    return [(item.number, item.issued.unit, list(lives(item))) for item in items]


# what is asked in turn, and what is printed of it; the last column is a part of it
LIFE = [
    ("2022-05", "待下发 1 项"),
    ("2022-05 issue --unit 西浥区", "“西浥区”没有达到督办条件的指标。您是不是想用“东浥区”？"),
    ("2022-05 issue --issued 2022-06-02", "下发督办事项 1 项\n  督办〔2022〕1号  东浥区  协议签订率"),
    ("2022-05 issue --issued 2022-06-03", "没有新的督办事项，已下发的编号不变"),
    ("2022-05", "在办 1 项（逾期 1 项）"),
    ("2022-05 extend 1 --until 2022-06-10 --reason 太早", "现在的期限是2022年6月17日，新的期限应当更晚"),
    ("2022-05 extend 1 --reason 没有日期", "没有写明新的期限"),
    ("2022-05 extend 1 --until 2022-07-15", "没有写明原因"),
    ("2022-05 延期 1 --until 2022-07-15 --reason 正在改制 --issued 2022-06-10", "已延期到2022年7月15日"),
    ("2022-05 close", "没有转为绿灯的督办事项"),
    ("2022-05 close 1", "督办〔2022〕1号还没有转为绿灯"),
    ("2022-05 reply", "没有写明督办编号"),
    ("2022-05 reply 7 --reason 无", "没有督办事项“7”。在办的：督办〔2022〕1号"),
    ("2022-05 reply 督办〔2022〕1号 --reason 已排出计划 --issued 2022-06-11", "已登记反馈：督办〔2022〕1号"),
    ("2022-06", "已转绿灯、可以销号：督办〔2022〕1号（东浥区协议签订率）"),
    ("2022-06 close --issued 2022-07-02", "已销号：督办〔2022〕1号"),
    ("2022-06 close 1 --reason 再来", "督办〔2022〕1号已于2022年7月2日销号"),
]  # fmt: skip


def test_the_life_of_an_item(tmp_path: Path) -> None:
    """Red for two months: issued once, extended, answered, closed when the light is green; figures stay as they are."""
    office = office_of(tmp_path)
    for month in ("2022-04", "2022-05", "2022-06"):
        office.run(month)
    figures = office.out("2022-05", "figures.json").read_bytes()
    wrong = [(words, said(office, words), told) for words, told in LIFE]
    assert [case for case in wrong if case[2] not in case[1]] == []
    assert the_lives(office) == [
        (
            "督办〔2022〕1号",
            EAST,
            [
                ("2022年6月2日下发", "期限2022年6月17日；连续2个月红灯"),
                ("2022年6月10日延期", "期限2022年7月15日；正在改制"),
                ("2022年6月11日反馈", "已排出计划"),
                ("2022年7月2日销号", "已达到应达进度（绿灯），核实后销号"),
            ],
        )
    ]
    office.run("2022-05")
    assert office.out("2022-05", "figures.json").read_bytes() == figures
    assert "督办〔2022〕1号：加快协议签订。" in as_text(office.out("2022-05", *NOTICE).read_bytes())
    office.run("2022-06")
    closing = as_text(office.out("2022-06", *NOTICE).read_bytes())
    assert "督办销号通知单" in closing
    assert [text in closing for text in ("15.00%", "99.00%", "+84.00")] == [True] * 3
    assert not office.out("2022-06", *FORM).exists()


def test_where_items_are_shown(tmp_path: Path) -> None:
    """The city's bulletin has a sentence, the overview and 汇总表 a table with each step, history all steps."""
    office = office_of(tmp_path)
    office.run("2022-04")
    office.run("2022-05")
    assert "督办事项" not in office.out("2022-05", "index.html").read_text(encoding="utf-8")
    said(office, "2022-05 issue --issued 2022-06-02")
    said(office, "2022-05 reply 1 --reason 已排出计划 --issued 2022-06-11")
    office.run("2022-05", "2022-06-20")
    city = as_text(office.out("2022-05", "bulletins", "全市.docx").read_bytes())
    assert [line for line in city.splitlines() if "督办" in line] == [
        "督办事项目前在办1项，本月新下发1项（东浥区协议签订率），逾期未办结1项（东浥区协议签订率）。"
    ]
    steps = [
        "2022年6月2日下发",
        "期限2022年6月17日；连续2个月红灯",
        "2022年6月11日反馈",
        "已排出计划",
    ]
    rates, ending = ["69.80%", "15.00%", "15.00%"], ["红", "2022年6月17日", "逾期"]
    row = ["督办〔2022〕1号", EAST, "加快协议签订"]
    page = html.document_fromstring(office.out("2022-05", "index.html").read_text(encoding="utf-8"))
    told = "：".join(steps[:2]) + "：".join(steps[2:])
    assert page_table(page, "在办的和本月销号的督办事项")[1:] == [[*row, *rates, *ending, told]]
    sheet = table(openpyxl.load_workbook(office.out("2022-05", "汇总表.xlsx"))["督办事项"])
    target = "到2022年7月31日达到100.00%"
    shown = f"{steps[0]}（{steps[1]}）；{steps[2]}（{steps[3]}）"
    assert sheet == [[*row, target, *rates, *ending, shown]]
    assert bulletin(office, "history")[1].splitlines()[-3:] == [
        f"督办〔2022〕1号 {EAST}协议签订率",
        f"    {steps[0]}：{steps[1]}",
        f"    {steps[2]}：{steps[3]}",
    ]
    record = json.loads(bulletin(office, "history", "--json")[1])[-1]
    assert (record["supervision"], [x["step"] for x in record["steps"]]) == (row[0], steps[::2])


def fill(form: Path, target: Path, number: str = "") -> None:
    """Save a reply form as the unit fills it in, with another number if one is given."""
    book = openpyxl.load_workbook(form)
    sheet = book["反馈表"]
    heads = {cell.value: number for number, cell in enumerate(sheet[3], 1)}
    answers = {"完成情况": "正在办理", "负责人": "王建国", "说明": "已签800人，联系13812345678"}
    for name, value in answers.items():
        sheet.cell(4, heads[name], value)
    if number:
        sheet.cell(4, heads["编号"], number)
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)


# where the form lies, the number typed over, what the run says, how many answers are recorded
REPLIES = [
    (EAST, "", "", 1),
    (EAST, "督办〔2022〕9号", "没有下发过编号为“督办〔2022〕9号”的督办事项", 0),
    (WEST, "", f"督办〔2022〕1号是下发给{EAST}的，反馈表却在“{WEST}”名下", 0),
]


@pytest.mark.parametrize(("folder", "number", "told", "recorded"), REPLIES)
def test_a_form_is_read_back_once(
    folder: str, number: str, told: str, recorded: int, tmp_path: Path
) -> None:
    """A form among the ledgers is no ledger: its answer is recorded once, without whose name it bears."""
    office = office_of(tmp_path)
    office.run("2022-04")
    office.run("2022-05")
    said(office, "2022-05 issue --issued 2022-06-02")
    fill(
        office.out("2022-05", *FORM), tmp_path / "ledgers" / "2022-06" / folder / "回.xlsx", number
    )
    remarks = [office.run("2022-06").remarks for _ in range(2)]
    assert [len(each) for each in remarks] == [1 if told else 0] * 2
    assert all(told in remark for each in remarks for remark in each)
    quality = json.loads(office.out("2022-06", "quality.json").read_text(encoding="utf-8"))
    assert sorted(x["file"] for x in quality["ledgers"]) == sorted(
        f"{s}/台账.xlsx" for s in (EAST, WEST, SOUTH)
    )
    answers = [reason for what, reason in the_lives(office)[0][2] if "反馈" in what]
    assert len(answers) == recorded
    assert all(a.startswith("正在办理，已签800人") and "13812345678" not in a for a in answers)
    assert "王建国" not in str(the_lives(office))


def issue_of(unit: str, day: date) -> SupervisionEvent:
    """Return an issue without a number."""
    return SupervisionEvent(
        id="", month="2022-05", recorded_at=datetime(2022, 6, 2, tzinfo=UTC), day=day, action="issue", reason="红灯",
        year=day.year, serial=0, due=day, unit=unit, indicator="agreement", expected="1", done="0",
    )  # fmt: skip


def test_numbers_are_given_once(tmp_path: Path) -> None:
    """Each year counts from 1; an open item is not issued again, a closed one under a new number."""
    store, june, january = Store(str(tmp_path)), date(2022, 6, 2), date(2023, 1, 4)
    steps = [
        ([EAST, WEST], june, [(2022, 1), (2022, 2)]),
        ([EAST, SOUTH], june, [(2022, 3)]),
        ([EAST, WEST, SOUTH], january, []),
    ]
    for units, day, numbers in steps:
        added = issue_items(store, [issue_of(unit, day) for unit in units])
        assert [(event.year, event.serial) for event in added] == numbers
    first = load_supervision(store)[0]
    record_supervision(store, [replace(first, id="x", action="close", due=None)])
    (again,) = issue_items(store, [issue_of(first.unit, january)])
    assert (again.year, again.serial) == (2023, 1)


def test_old_numbers_go_on(tmp_path: Path) -> None:
    """In a store whose items have theirs alone: the next follows the highest, for any document of the series."""
    with zipfile.ZipFile(OLD_STORE) as archive:
        archive.extractall(tmp_path)
    store, june, now = (
        Store(str(tmp_path / "campaign" / "store")),
        date(2022, 6, 2),
        datetime(2022, 6, 2, tzinfo=UTC),
    )
    old = [
        replace(issue_of(unit, june), id=unit, serial=serial)
        for unit, serial in ((EAST, 7), (WEST, 3))
    ]
    record_supervision(store, old)
    letter = NumberedDocument("督办〔{年}〕{n}号", "督促函", SOUTH, "2022-05")
    others = [
        number_for(store, letter, 2022, now).number,
        *(
            event.serial
            for event in issue_items(store, [issue_of(EAST, june), issue_of(SOUTH, june)])
        ),
        number_for(store, letter, 2022, now).number,
        number_for(store, replace(letter, month="2023-01"), 2023, now).number,
    ]
    assert others == [8, 9, 8, 1]  # the letter, the south's item, the letter again, another year


def test_many_offices_at_once(tmp_path: Path) -> None:
    """However many issue items at the same time, each item has its number and no two the same."""
    store, day = Store(str(tmp_path)), date(2022, 6, 2)
    units = [f"{number}县" for number in range(6)]

    def issue(first: int) -> list[SupervisionEvent]:
        return issue_items(
            store, [issue_of(unit, day) for unit in (*units[first:], *units[:first])]
        )

    with ThreadPoolExecutor(3) as pool:
        added = [event for events in pool.map(issue, (0, 2, 4)) for event in events]
    assert sorted(event.unit for event in added) == units
    assert sorted(event.serial for event in load_supervision(store)) == [1, 2, 3, 4, 5, 6]


def test_two_offices_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another command issues an item meanwhile, the numbers are counted again."""
    store, day = Store(str(tmp_path)), date(2022, 6, 2)
    other: list[str] = []
    append = Store.append

    def late(self: Store, name: str, rows: pa.Table, *, since: int | None = None) -> None:
        if not other:
            other.append(name)
            issue_items(store, [issue_of(WEST, day)])
        append(self, name, rows, since=since)

    monkeypatch.setattr(Store, "append", late)
    (mine,) = issue_items(store, [issue_of(EAST, day)])
    assert mine.serial == 2
    assert sorted(e.serial for e in load_supervision(store)) == [1, 2]
