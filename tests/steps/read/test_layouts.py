"""The layouts that offices use (domain.md §3), each as the sheet that comes in and what is made of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flows.steps.model import Ledger, ParsedFile
from flows.steps.read.file import read_file
from flows.steps.read.frames import cell_of
from schemas.shipped import shipped
from tests.support import read_writers as write
from tests.support.read_writers import Page, Span
from tests.support.retirees import KINDS, columns_of

P = {c.name: c.header for c in columns_of("progress").values()}
R = {c.name: c.header for c in columns_of("roster").values()}
SHORT = (
    "county",
    "enterprise",
    "affiliation",
    "retirees",
    "agreement",
    "archives",
    "party_members",
    "party",
    "functions",
)
HEADER: list[Any] = [P[n] for n in SHORT]
ONE: list[Any] = ["东浥区", "甲厂", "市属", 10, 9, 8, 7, 6, 5]
TWO: list[Any] = ["东浥区", "乙厂", "县属", 20, 19, 18, 17, 16, 15]


def read(tmp_path: Path, *pages: Page | Sequence[Sequence[Any]]) -> ParsedFile:
    """Return what is read of sheets, written as a workbook; a sheet may be given by its rows."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(
        write.xlsx(
            [p if isinstance(p, Page) else Page(p, name=f"表{i}") for i, p in enumerate(pages)]
        )
    )
    return read_file(path, "x.xlsx", shipped())


def ledger(tmp_path: Path, *pages: Page | Sequence[Sequence[Any]]) -> Ledger:
    """Return the only ledger of sheets, which must have no fault but notes."""
    reading = read(tmp_path, *pages)
    (found,) = reading.ledgers
    assert [f for f in [*reading.failures, *found.failures] if f.severity != "note"] == []
    return found


def rows(found: Ledger) -> list[tuple[Any, ...]]:
    """Return a progress ledger's enterprises with retirees and agreements, and the cell of the retirees."""
    return [
        (
            *found.frame.loc[i, ["enterprise", "retirees", "agreement"]],
            cell_of(found, "retirees", i),
        )
        for i in range(len(found.frame))
    ]


PLAIN = [("甲厂", 10, 9, "D2"), ("乙厂", 20, 19, "D3")]


def down(by: int, right: int = 0) -> list[tuple[Any, ...]]:
    """Return the rows of PLAIN, so many rows further down and columns to the right."""
    return [(*row[:3], f"{chr(ord(row[3][0]) + right)}{int(row[3][1:]) + by}") for row in PLAIN]


EXAMPLE: list[Any] = [columns_of("progress")[n].example for n in SHORT]
SHEETS: dict[str, tuple[list[list[Any]], list[Span], list[tuple[Any, ...]], dict[str, int]]] = {
    "nothing but the table": ([HEADER, ONE, TWO], [], PLAIN, {"header": 1, "data": 2}),
    "a title merged over all columns, and a line for sender and time": (
        [["2022年5月情况表"], ["填报单位（盖章）：东浥区", None, "填报时间：2022年5月28日"], HEADER, ONE, TWO],
        [(0, 0, 0, 8), (1, 0, 1, 1), (1, 2, 1, 4)], down(2), {"title": 2, "header": 1, "data": 2},
    ),
    "blank rows and columns around and within": (
        [[], [], [None, *HEADER], [], [None, *ONE], [], [], [None, *TWO]], [], [("甲厂", 10, 9, "E5"), ("乙厂", 20, 19, "E8")],
        {"blank": 5, "header": 1, "data": 2},
    ),
    "a header in row 30": ([*[["说明"]] * 29, HEADER, ONE, TWO], [], down(29), {"title": 29, "header": 1, "data": 2}),
    "a header of two levels": (
        [[*HEADER[:5], "人事档案移交（份）", "党员组织关系", None, P["functions"]], [*[None] * 5, "已移交", "党员数", "已转接", None], ONE, TWO],
        [*((0, c, 1, c) for c in (0, 1, 2, 3, 4, 8)), (0, 6, 0, 7)], down(1), {"header": 2, "data": 2},
    ),
    "a header of two levels without merged cells": (
        [[*HEADER[:5], "人事档案移交", "党员组织关系", None, P["functions"]], [*[None] * 5, "已移交", "党员数", "已转接", None], ONE, TWO],
        [], down(1), {"header": 2, "data": 2},
    ),
    "single headers in the lower row": (
        [[None] * 4 + ["党员组织关系"], [*HEADER[:4], "党员数", "已转接", *[HEADER[n] for n in (4, 5, 8)]], [*ONE[:4], *ONE[6:8], *ONE[4:6], ONE[8]],
         [*TWO[:4], *TWO[6:8], *TWO[4:6], TWO[8]]],
        [], down(1), {"header": 2, "data": 2},
    ),
    "another header right below": (
        [HEADER, [None, *ONE[1:]], [*HEADER, P["note"]], [*TWO, "无"]], [], [("甲厂", 10, 9, "D2"), ("乙厂", 20, 19, "D4")], {"header": 2, "data": 2},
    ),
    "a header of three levels": (
        [[*HEADER[:3], "社会化管理进展情况", *[None] * 5], [*[None] * 3, *HEADER[3:5], "人事档案", "党员组织关系", None, P["functions"]],
         [*[None] * 5, "已移交", "党员数", "已转接", None], ONE, TWO],
        [*((0, c, 2, c) for c in range(3)), (0, 3, 0, 8), *((1, c, 2, c) for c in (3, 4, 8)), (1, 6, 1, 7)], down(2), {"header": 3, "data": 2},
    ),
    "a header over merged columns": (
        [[HEADER[0], HEADER[1], None, *HEADER[2:]], ["东浥区", "甲厂", None, *ONE[2:]], ["东浥区", "乙厂", None, *TWO[2:]]],
        [(0, 1, 0, 2), (1, 1, 1, 2), (2, 1, 2, 2)], down(0, 1), {"header": 1, "data": 2},
    ),
    "numbers, stars and remarks in headers": (
        [["1.县区", "*企业名称（必填）", "（3）隶属关系", *[f"{h}\n（累计）（人）" for h in HEADER[3:]]], ONE, TWO], [], PLAIN, {"header": 1, "data": 2},
    ),
    "rows of column numbers and of units": (
        [HEADER, ["甲", "乙", "丙", 1, 2, "3", "(4)", "5=2+3", 6], ["", "", "", *["人"] * 6], ONE, TWO], [], down(2),
        {"header": 1, "below-header": 2, "data": 2},
    ),
    "a unit row of ten thousands": (
        [HEADER, [None, None, None, "万人", "人", "份", "人", "人", "人"], [*ONE[:3], 0.001, *ONE[4:]], [*TWO[:3], "0.002", *TWO[4:]]], [], down(1),
        {"header": 1, "below-header": 1, "data": 2},
    ),
    "a line that gives the unit": (
        [["单位：万人"], HEADER, [*ONE[:3], *(n / 10000 for n in ONE[3:])], [*TWO[:3], *(n / 10000 for n in TWO[3:])]], [], down(1),
        {"title": 1, "header": 1, "data": 2},
    ),
    "a unit in the header": (
        [[*HEADER[:3], HEADER[3] + "（万人）", *HEADER[4:]], [*ONE[:3], 0.001, *ONE[4:]], [*TWO[:3], 0.002, *TWO[4:]]], [], PLAIN,
        {"header": 1, "data": 2},
    ),
    "totals before and after": (
        [HEADER, ["总 计", None, None, 30, 28, 26, 24, 22, 20], ONE, ["小计", None, None, 10, 9], TWO, ["其中：市属企业", None, None, 10], ["合计（人）", None, None, 30]],
        [], [("甲厂", 10, 9, "D3"), ("乙厂", 20, 19, "D5")], {"header": 1, "data": 2, "total": 2, "subtotal": 1, "part": 1},
    ),
    "a 其中 merged over its parts": (
        [HEADER, ONE, TWO, ["合计", None, None, 30], ["其中", "中央企业", None, 0], [None, "市属企业", None, 10], [None, "县属企业", None, 20]],
        [(4, 0, 6, 0)], PLAIN, {"header": 1, "data": 2, "total": 1, "part": 3},
    ),
    "groups named in place of enterprises": (
        [HEADER, [None, "市属企业", None, 10, 9], ONE, [None, "县属企业", None, 20], TWO], [], [("甲厂", 10, 9, "D3"), ("乙厂", 20, 19, "D5")],
        {"header": 1, "data": 2, "part": 2},
    ),
    "a total named beside its counts": (
        [HEADER, ONE, TWO, [None, None, "合计", 30]], [], PLAIN, {"header": 1, "data": 2, "total": 1},
    ),
    "a line that nothing follows": ([HEADER, ONE, TWO, ["以下空白"]], [], PLAIN, {"header": 1, "data": 2, "footer": 1}),
    "parts named in the county's place, the label only before the first": (
        [HEADER, ONE, TWO, ["合计", None, None, 30], ["其中：市属企业", None, None, 10], ["县属企业", None, None, 20]],
        [], PLAIN, {"header": 1, "data": 2, "total": 1, "part": 2},
    ),
    "sections": ([HEADER, ["一、市属企业"], ONE, ["（二）县属企业"], TWO], [], [("甲厂", 10, 9, "D3"), ("乙厂", 20, 19, "D5")],
                 {"header": 1, "data": 2, "section": 2}),
    "a table goes on below a footer": (
        [HEADER, ONE, ["填报人：甲某", None, "审核人：乙某"], TWO, [], ["注：数据截至月末。"], ["甲某", "乙某"]], [],
        [("甲厂", 10, 9, "D2"), ("乙厂", 20, 19, "D4")], {"header": 1, "data": 2, "footer": 3, "blank": 1},
    ),
    "lines between rows": (
        [HEADER, ONE, ["注：以下为新增。"], ["以下企业由市直移交"], TWO, ["领导签字：", None, "校对人："]], [],
        [("甲厂", 10, 9, "D2"), ("乙厂", 20, 19, "D5")], {"header": 1, "data": 2, "footer": 2, "remark": 1},
    ),
    "rows of the form that nobody filled in": (
        [["序号", *HEADER], [1, *ONE], [2, *TWO], [3, "东浥区", None, "市属"], [4, None, None, None, 0, 0], [5]], [],
        [("甲厂", 10, 9, "E2"), ("乙厂", 20, 19, "E3")], {"header": 1, "data": 2, "prefilled": 2, "blank": 1},
    ),
    "a sum without a name": (
        [HEADER, ONE, TWO, [None, None, None, *(a + b for a, b in zip(ONE[3:], TWO[3:], strict=True))]], [], PLAIN,
        {"header": 1, "data": 2, "total": 1},
    ),
    "sums under other names": (
        [HEADER, ONE, ["小计1户", None, None, 10], TWO, ["合计数", None, None, 30], ["汇总", None, None, 30], ["全县国有企业", None, None, 30]], [],
        [("甲厂", 10, 9, "D2"), ("乙厂", 20, 19, "D4")], {"header": 1, "data": 2, "subtotal": 1, "total": 3},
    ),
    "sections with an affiliation and sums": (
        [HEADER, [None, "一、市属企业（1户）", "市属", 10, 9], ONE, [None, "二、县属企业（1户）", "县属", 20], TWO], [],
        [("甲厂", 10, 9, "D3"), ("乙厂", 20, 19, "D5")], {"header": 1, "data": 2, "part": 2},
    ),
    "a number row with its label": (
        [["序号", *HEADER], ["栏次", "甲", "乙", "丙", 1, 2, "3=2/1", 4, 5, 6], [1, *ONE], [2, *TWO]], [],
        [("甲厂", 10, 9, "E3"), ("乙厂", 20, 19, "E4")], {"header": 1, "below-header": 1, "data": 2},
    ),
    "a count of the month beside the cumulative one": (
        [[*HEADER[:4], HEADER[4], None, *HEADER[5:]], [*[None] * 4, "本月", "累计", *[None] * 4], [*ONE[:4], 3, *ONE[4:]], [*TWO[:4], 4, *TWO[4:]]],
        [*((0, c, 1, c) for c in (0, 1, 2, 3, 6, 7, 8, 9)), (0, 4, 0, 5)], down(1), {"header": 2, "data": 2},
    ),
    "households beside people": (
        [[*HEADER[:4], HEADER[4], None, *HEADER[5:]], [*[None] * 4, "户", "人", *[None] * 4], [*ONE[:4], 1, *ONE[4:]], [*TWO[:4], 1, *TWO[4:]]],
        [(0, 4, 0, 5)], down(1), {"header": 1, "below-header": 1, "data": 2},
    ),
    "any heading over a head of ours": (
        [["区域", "单位", HEADER[2], "人员", "协议", "档案", "党员", None, "职能"], [*HEADER[:2], None, *HEADER[3:]], ONE, TWO],
        [(0, 2, 1, 2), (0, 6, 0, 7)], down(1),
        {"header": 2, "data": 2},
    ),
    "one head in a second row, the others merged over both": (
        [[*HEADER[:5], "档案", *HEADER[6:]], [*[None] * 5, HEADER[5]], ONE, TWO], [(0, c, 1, c) for c in (0, 1, 2, 3, 4, 6, 7, 8)], down(1),
        {"header": 2, "data": 2},
    ),
    "footnote marks and invisible characters in heads": (
        [[h[:2] + "\u200b" + h[2:] + "①" for h in HEADER], ONE, TWO], [], PLAIN, {"header": 1, "data": 2},
    ),
    "a header in row 60": ([*[["说明"]] * 59, HEADER, ONE, TWO], [], down(59), {"title": 59, "header": 1, "data": 2}),
    "a remark without 注": ([HEADER, ONE, TWO, [], ["本表数据由各企业提供，未经核对。"]], [], PLAIN, {"header": 1, "data": 2, "blank": 1, "footer": 1}),
    "an example row": (
        [["序号", *HEADER], ["示例", *EXAMPLE], [1, *ONE], [2, *TWO], [3], [4]], [], [("甲厂", 10, 9, "E3"), ("乙厂", 20, 19, "E4")],
        {"header": 1, "example": 1, "data": 2, "blank": 2},
    ),
    "a header printed on each page": (
        [HEADER, ONE, HEADER, TWO, ["合计", None, None, 30]], [], [("甲厂", 10, 9, "D2"), ("乙厂", 20, 19, "D4")], {"header": 2, "data": 2, "total": 1},
    ),
    "columns of no use": (
        [["排名", *HEADER, "签订率（%）", "备注"], [1, *ONE, 0.9, None], [2, *TWO, "95.00%", None]], [], down(0, 1), {"header": 1, "data": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_a_layout_and_what_is_read(tmp_path: Path, name: str) -> None:
    """The rows with the address of a count, and what each row of the sheet was taken for."""
    cells, spans, expected, lines = SHEETS[name]
    found = ledger(tmp_path, Page(cells, spans))
    assert rows(found) == expected
    assert dict(found.lines) == lines
    assert sum(lines.values()) == len(cells)


def test_an_affiliation_beside_an_empty_name_is_no_part(tmp_path: Path) -> None:
    """A row whose enterprise is missing is a row, wherever its affiliation stands."""
    header = [HEADER[2], *HEADER[:2], *HEADER[3:]]
    found = ledger(
        tmp_path, [header, ["市属", "东浥区", "甲厂", *ONE[3:]], ["县属", None, None, *TWO[3:]]]
    )
    assert dict(found.lines) == {"header": 1, "data": 2}


def test_two_tables_on_a_sheet_and_one_on_another(tmp_path: Path) -> None:
    """Each table has its own header and columns; titles between belong to the one below."""
    moved = [P["enterprise"], P["county"], *HEADER[2:]]
    other = [[row[1], row[0], *row[2:]] for row in (ONE, TWO)]
    found = ledger(
        tmp_path,
        [HEADER, ONE, ["注：无"], [], ["市属企业情况表"], ["填报单位：东浥区"], moved, other[1]],
        [["表二"], moved, other[0]],
    )
    assert rows(found) == [("甲厂", 10, 9, "D2"), ("乙厂", 20, 19, "D8"), ("甲厂", 10, 9, "D3")]
    assert [(t.sheet, t.header_row, t.columns["county"]) for t in found.tables] == [
        ("表0", 1, 0),
        ("表0", 7, 1),
        ("表1", 2, 1),
    ]
    assert found.table_of.tolist() == [0, 1, 2]
    assert dict(found.lines) == {"header": 3, "data": 3, "footer": 1, "blank": 1, "title": 3}


def test_a_summary_beside_a_ledger_is_none(tmp_path: Path) -> None:
    """A sheet with sums by county has no enterprises: it is not added to the ledger that has them."""
    summary = [n for n in HEADER if n != P["enterprise"]]
    found = ledger(tmp_path, [summary, ["东浥区", None, *ONE[3:]]], [HEADER, ONE, TWO])
    assert [t.sheet for t in found.tables] == ["表1"]
    assert dict(found.lines) == {"header": 1, "data": 2, "outside": 2}


def test_totals_say_what_they_stand_for(tmp_path: Path) -> None:
    """A control total keeps its label, the county or group beside it, its numbers, and how many rows stand above it."""
    cells = [
        HEADER,
        ONE,
        ["小计", "市属", None, 10, "9人"],
        TWO,
        ["其中：县属企业", None, None, 20],
        ["合计", None, None, "1,030", "—"],
    ]
    totals = ledger(tmp_path, cells).totals
    assert [(t.row, t.role, t.label, t.county, dict(t.values), t.before) for t in totals] == [
        (3, "subtotal", "小计", "市属", {"retirees": 10, "agreement": 9}, 1),
        (5, "part", "其中:县属企业", None, {"retirees": 20}, 2),
        (6, "total", "合计", None, {"retirees": 1030}, 2),
    ]


def test_missing_double_and_unknown_columns(tmp_path: Path) -> None:
    """Each fault of a header names the column, the columns found or expected, and a cell; of two alike the first counts."""
    cells: list[list[Any]] = [
        [
            "县区",
            "企业名称",
            "隶属关系",
            "退休人员总数",
            "退休人数",
            "已签协议人数",
            "其他栏",
            "党员人数",
        ],
        ["东浥区", "甲厂", "市属", 1, 2, 3, 4, 5],
    ]
    (found,) = read(tmp_path, cells).ledgers
    assert [(f.code, f.severity, f.cell, f.header, f.value) for f in found.failures] == [
        (
            "missing-column",
            "ledger",
            "A1",
            "、".join(P[n] for n in ("archives", "party", "functions")),
            None,
        ),
        ("duplicate-column", "ledger", "E1", P["retirees"], None),
        ("unknown-column", "note", "G1", None, "其他栏"),
    ]
    missing, doubled, unknown = (f.message + f.remedy for f in found.failures)
    assert "现有栏目：县区、企业名称、" in missing
    assert "没有认出的是：其他栏" in missing
    assert "“已转组织关系人数”（也可写作" in missing
    assert "“退休人员总数”（D1）和“退休人数”（E1）" in doubled
    assert "台账栏目为：" + "、".join(P.values()) in unknown
    assert found.frame["retirees"].tolist() == [1]


def test_a_header_without_rows_is_no_ledger(tmp_path: Path) -> None:
    """A form that was sent back empty is said to have no data rows."""
    (found,) = read(tmp_path, [["表"], HEADER, [], ["填报人："]]).ledgers
    assert [(f.code, f.message) for f in found.failures] == [
        ("no-ledger-found", "文件中没有找到台账表格：只有表头，没有数据行。")
    ]
    assert len(found.frame) == 0


def test_a_header_far_to_the_right_is_found(tmp_path: Path) -> None:
    """Columns are not counted."""
    found = ledger(tmp_path, [[None] * 500 + HEADER, [None] * 500 + ONE])
    assert rows(found) == [("甲厂", 10, 9, "SJ2")]


def test_cells_far_away_cost_nothing(tmp_path: Path) -> None:
    """A word in the sheet's last cell does not make the sheet as large as it could be."""
    xml = "".join(
        f'<row r="{r}">'
        + "".join(
            f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{v}</t></is></c>'
            for c, v in enumerate(row)
        )
        + "</row>"
        for r, row in enumerate([HEADER, ONE], 1)
    )
    xml += '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    for sheet in (xml, xml.replace('"', "'")):  # by the scan and by the parser
        (tmp_path / "x").write_bytes(write.package({"S": sheet}))
        (found,) = read_file(tmp_path / "x", "x", shipped()).ledgers
        assert rows(found) == [("甲厂", 10, 9, "D2")]
        assert dict(found.lines) == {"header": 1, "data": 1, "blank": 1048573, "remark": 1}


@pytest.mark.parametrize("dimension", ["A1:A1", "A1:XFD1048576", "B7", ""])
def test_a_wrong_dimension_is_not_believed(tmp_path: Path, dimension: str) -> None:
    """What is there is read, whatever the sheet says of its own size."""
    data = write.xlsx([Page([HEADER, ONE, TWO])])
    (tmp_path / "x").write_bytes(
        write.patched(data, "xl/worksheets/sheet1.xml", 'ref="A1:I3"', f'ref="{dimension}"')
    )
    (found,) = read_file(tmp_path / "x", "x", shipped()).ledgers
    assert rows(found) == PLAIN


def test_charts_dialogs_and_macro_sheets_are_no_sheets(tmp_path: Path) -> None:
    """Only worksheets are read; a workbook with a macro sheet is not refused for it."""
    sheet = '<row r="1"><c r="A1"><v>1</v></c></row>'
    kinds = ("xlMacrosheet", "dialogsheet", "chartsheet", "worksheet")
    data = write.package({"M": sheet, "D": sheet, "C": sheet, "W": sheet}, kinds=kinds)
    (tmp_path / "x").write_bytes(data)
    (failure,) = read_file(tmp_path / "x", "x", shipped()).failures
    assert "工作表“W”中" in failure.message


def test_every_field_of_a_roster_in_groups(tmp_path: Path) -> None:
    """A roster's columns may be grouped under headings that do not change what they mean."""
    names = [c.name for c in KINDS["roster"]]
    upper = ["个人信息", None, None, "单位信息", None, None, "移交情况", *[None] * 9]
    lower = ["姓名", "性别", "公民身份号码", "原工作单位", "信用代码", "企业类别", "县（市、区）", "社区", "退休时间", "政治面貌", "手机号",
             "协议签订时间", "人事档案移交时间", "党组织关系转接时间", "社会管理服务移交时间", "说明"]  # fmt: skip
    found = ledger(
        tmp_path,
        Page(
            [upper, lower, ["甲某", "女", "11010519491231002X", "甲厂"]],
            [(0, 0, 0, 2), (0, 3, 0, 5), (0, 6, 0, 15)],
        ),
    )
    assert dict(found.tables[0].columns) == {name: at for at, name in enumerate(names)}
