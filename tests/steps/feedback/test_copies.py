"""The marked copy: the sender's own workbook with the faulty cells marked (DESIGN §7)."""

import io
import zipfile
from dataclasses import replace

import pytest
import xlsxwriter

from flows.steps.feedback.looks import DOUBT, QUERY, WRONG
from flows.steps.model import fault_key
from tests.support.returned import (
    FAULTS,
    LIST,
    LOOKS,
    MARKED,
    QUERIED,
    awkward,
    book_of,
    copied,
    fault,
    links,
    sent,
)


def test_faulty_cells_are_filled_and_commented_and_all_else_is_as_it_was() -> None:
    """Values, formulas with their results, styles, widths, merged and hidden parts, validations, formats, names, protection."""
    before, after = (
        book_of(data, rich_text=True)
        for data in (awkward(), copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"])
    )
    old, new = before["进度'表"], after["进度'表"]
    assert {
        c.coordinate: c.fill.fgColor.rgb
        for row in new
        for c in row
        if c.fill.fgColor.rgb in (WRONG, DOUBT)
    } == MARKED
    assert {c.coordinate for row in new for c in row if c.comment} == set(MARKED)
    for row in old:
        for cell in row:
            same = new[cell.coordinate]
            assert same.value == cell.value
            assert [repr(getattr(same, name)) for name in LOOKS] == [
                repr(getattr(cell, name)) for name in LOOKS
            ]
            assert cell.coordinate in MARKED or repr(same.fill) == repr(cell.fill)
    for name in ("merged_cells", "freeze_panes", "protection"):
        assert getattr(new, name) == getattr(old, name), name
    assert [str(d.sqref) for d in new.data_validations.dataValidation] == ["D4:D40"]
    assert {k: (d.width, d.hidden) for k, d in new.column_dimensions.items()} == {
        k: (d.width, d.hidden) for k, d in old.column_dimensions.items()
    }
    assert (new.row_dimensions[6].hidden, new.row_dimensions[6].height) == (True, 39.75)
    assert list(after.defined_names) == list(before.defined_names)
    assert after[LIST].sheet_state == "hidden"
    results = [
        book_of(data, data_only=True)["进度'表"]
        for data in (awkward(), copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"])
    ]
    assert [[c.value for c in row] for row in results[0]] == [
        [c.value for c in row] for row in results[1]
    ]


def test_comments_say_rule_value_and_remedy() -> None:
    """What stood in the comment before stays behind it."""
    partly = sent(awkward(), FAULTS, ledger={"verdict": "partly"})
    page = book_of(copied(partly)["五月（已标注）.xlsx"])["进度'表"]
    assert page["B5"].comment.text == (
        "【负数】必须改正，否则本行不计入\n负数：-3。\n填报内容：-3\n怎么改：请核对后填 0 或正数；填报的是累计数，不是增减数。\n\n原批注：原来的话"
    )


def test_the_list_stands_first_and_leads_to_each_marked_cell() -> None:
    """Under a name of its own where the sender has a sheet of that name; the workbook opens at it."""
    book = book_of(copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"])
    page = book.worksheets[0]
    assert (page.title, book.active.title) == (f"{LIST}（2）", f"{LIST}（2）")
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [page.title]
    assert {(sheet, {"E7": "E5"}.get(cell, cell)) for sheet, cell in links(page)} == {
        ("进度'表", cell) for cell in MARKED
    }
    assert (
        book_of(copied(sent(awkward(), FAULTS[:1], ledger={"read": 9}))["五月（已标注）.xlsx"])
        .worksheets[0]["A3"]
        .value.endswith("审核结果：整册退回，改正前全部数据不计入。共读到9行，其中0行有误。")
    )


def test_a_thousand_equal_faults_do_not_bury_the_one_that_matters() -> None:
    """They are marked each, listed by their first ones, and counted; the fault of the whole file stands first."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as plain:
        plain.add_worksheet("进度").write(0, 0, "企业")
    faults = [fault("required", f"C{i}", "进度") for i in range(2, 1002)] + [
        fault("month-mismatch", None, value="4月")
    ]
    book = book_of(copied(sent(buffer.getvalue(), faults))["五月（已标注）.xlsx"])
    page = book.worksheets[0]
    lines = [
        [c.value for c in row] for row in page.iter_rows(min_row=5) if isinstance(row[0].value, int)
    ]
    assert [line[2:6] for line in lines[:2]] == [
        ["月份不符", None, "整个文件", 1],
        ["必填项为空", "党员人数", "进度!C2、C3、C4等1000处", 1000],
    ]
    assert len(lines) == 2 + 1 + 20 + 1
    assert lines[-1][4:7] == ["另有980处", None, "工作表“进度”第22—1001行也有同样的问题。"]
    assert sum(c.fill.fgColor.rgb == WRONG for row in book["进度"].iter_rows() for c in row) == 1000


def test_texts_of_ours_are_never_formulas() -> None:
    """A value that begins with = + - or @ is a text in the list."""
    values = ["=1+1", "+1", "-1", "@x", "#REF!"]
    faults = [fault("not-a-number", f"B{i}", value=value) for i, value in enumerate(values, 4)]
    page = book_of(copied(sent(awkward(), faults))["五月（已标注）.xlsx"]).worksheets[0]
    shown = [
        (c.value, c.data_type)
        for row in page.iter_rows(min_col=6, max_col=6)
        for c in row
        if c.value in values
    ]
    assert shown == [(value, "s") for value in values]


def test_the_same_bytes_on_any_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time of ours stands in the package."""
    original = awkward()  # made once: it bears the second of its making
    first = copied(sent(original, FAULTS))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert copied(sent(original, FAULTS)) == first
    with zipfile.ZipFile(io.BytesIO(first["五月（已标注）.xlsx"])) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_query_has_room_for_its_answer() -> None:
    """A drop-down, a reason, and a hidden key in its row of the list; the cell is blue (issue 16)."""
    doubt = replace(fault("base-changed", "B5", value="431"), **QUERIED)
    held = sent(awkward(), [doubt, fault("required", "D4")], ledger={"verdict": "held"})
    book = book_of(copied(held)["五月（已标注）.xlsx"])
    page = book.worksheets[0]
    heads = [[c.value for c in row] for row in page if row[0].value == "序号"]
    assert heads[1][5:] == ["填报内容", "问题说明", "修改意见", "核实结果", "说明", "识别码"]
    rows = [[c.value for c in row] for row in page if row[1].value == "须核实"]
    assert rows[1][8:] == [None, None, fault_key(doubt)]
    (rule,) = page.data_validations.dataValidation
    (number,) = [row[0].row for row in page if row[10].value == rows[1][10]]
    assert (str(rule.sqref), rule.formula1) == (f"I{number}", '"属实,已改正"')
    assert page.column_dimensions["K"].hidden
    assert book["进度'表"]["B5"].fill.fgColor.rgb == QUERY
    assert "待核实，核实前全部数据不计入" in page["A3"].value
