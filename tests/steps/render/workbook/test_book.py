"""From a workbook template to a workbook: values, rows, formulas and all that stands around them (issue 18)."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table

from flows.steps.model import UserError
from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render.package import open_template
from flows.steps.render.templates import find_faults, find_notes, prepare
from flows.steps.wording.phrases import Count, Fitted, Place, Points, Rate
from tests.support.templates import (
    END,
    FOR,
    Rows,
    book,
    cells,
    counties,
    filled,
    opened,
    record,
)

ALMOST = Rate(Fraction(99999, 100000))
GENERAL, TEXT, PERCENT, DECIMALS, DAY = "General", "@", "0.00%", "0.00", "yyyy-mm-dd"

# value, number format of its cell, what the cell holds, and its format then if it is another
VALUES: list[tuple[Any, str, Any, str]] = [
    (Count(24282), GENERAL, 24282, ""),
    (Count(24282), TEXT, "24282", ""),
    (Count(123450, "万元", decimals=2), GENERAL, 1234.5, ""),
    (Count(0, known=False), GENERAL, "—", ""),
    (7, GENERAL, 7, ""),
    (True, GENERAL, "是", ""),
    (None, GENERAL, "—", ""),
    ("007", GENERAL, "007", ""),
    ("=1+1", GENERAL, "=1+1", ""),
    ("", GENERAL, None, ""),
    (Rate(Fraction(1, 2)), GENERAL, "50.00%", ""),
    (Rate(Fraction(1, 2)), PERCENT, 0.5, ""),
    (Rate(Fraction(1, 2)), "0%", 0.5, ""),
    (Rate(Fraction(1, 2)), DECIMALS, 50, ""),  # under a head that says %
    (Rate(Fraction(1, 2)), TEXT, "50.00%", ""),
    (Rate(None), PERCENT, "—", ""),
    (ALMOST, PERCENT, 0.99999, '"99.99%"'),  # nothing unfinished reads 100 %
    (ALMOST, "0%", 0.99999, '"99%"'),
    (ALMOST, DECIMALS, 99.999, '"99.99"'),
    (Rate(Fraction(1, 32)), PERCENT, 0.03125, '"3.13%"'),  # half up, as documents print it
    (Fraction(1, 4), PERCENT, 0.25, ""),
    (Points(Fraction(-1, 8)), GENERAL, "-12.50", ""),
    (Points(Fraction(1, 8)), GENERAL, "+12.50", ""),
    (Points(Fraction(-1, 8)), DECIMALS, -12.5, ""),
    (Points(None), DECIMALS, "—", ""),
    (Place(3, tied=True), GENERAL, 3, ""),
    (Place(None), GENERAL, "—", ""),
    (date(2022, 6, 2), GENERAL, "2022年6月2日", ""),
    (date(2022, 6, 2), DAY, datetime(2022, 6, 2), ""),
    (Fitted("示例市", "报头"), GENERAL, "示例市", ""),
    (("甲", "乙"), GENERAL, "甲、乙", ""),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code", "held", "shown"), VALUES)
def test_a_value_alone_in_its_cell(value: Any, code: str, held: Any, shown: str) -> None:
    """A number stays one where the cell's format shows it as documents print it; all else is text."""
    template = book([["{{ 值 }}"]], formats={"A1": code})
    cell = opened(filled(template, 值=value))["A1"]
    kinds = {str: "s", datetime: "d", type(None): "n"}
    assert (cell.value, cell.number_format) == (held, shown or code)
    assert cell.data_type == kinds.get(type(held), "n")


COUNTIES = counties(3, 5, 7)
LINE = ["{{ loop.index }}", "{{ 县.名称 }}", "{{ 县.数 }}"]

# rows of the template, the counties, rows of the workbook
REPEATED: list[tuple[Rows, Any, Rows]] = [
    ([["表"], FOR, LINE, END, ["合计", None, "=SUM(C3:C3)"], ["完"]], COUNTIES,
     [["表"], [1, "甲县", 3], [2, "乙县", 5], [3, "丙县", 7], ["合计", None, "=SUM(C2:C4)"], ["完"]]),
    ([["表"], FOR, LINE, END, ["合计", None, "=SUM(C3:C3)"], ["完"]], counties(3),
     [["表"], [1, "甲县", 3], ["合计", None, "=SUM(C2)"], ["完"]]),
    ([["表"], FOR, [*LINE, "元", "=C3*2"], END, ["合计", None, "=SUM(C3:C3)"]], (),  # an empty line is left
     [["表"], [None, None, None, "元"], ["合计", None, "=SUM(C2)"]]),
    ([FOR, ["{{ 县.名称 }}", "=C2/C$5"], ["小计", "=B2"], END, ["合"]], counties(3, 5),
     [["甲县", "=C1/C$5"], ["小计", "=B1"], ["乙县", "=C3/C$5"], ["小计", "=B3"], ["合"]]),
    ([FOR, ["{{ 县.名称 }}"], ["{%tr if 县.数 > 3 %}"], ["多", "=A2"], ["{%tr else %}"], ["少"], ["{%tr endif %}"],
      END, ["=COUNTA(A2:A6)"]], counties(3, 5),
     [["甲县"], ["少"], ["乙县"], ["多", "=A3"], ["=COUNTA(A1:A4)"]]),
    ([FOR, ["{{ 县.名称 }}"], ["{%tr for 数 in 县.数 %}"], ["{{ 数 }}"], END, ["=SUM(A4:A4)"], END, ["=SUM(A4:A4)"]],
     counties((1, 2), (3,)),
     [["甲县"], [1], [2], ["=SUM(A2:A3)"], ["乙县"], [3], ["=SUM(A6)"], ["=SUM(A2:A3,A6)"]]),
    ([FOR, LINE, ["{%tr else %}"], ["无"], END, ["完"]], (), [["无"], ["完"]]),
    ([["{%tr if 各县 %}"], ["有"], ["{%tr endif %}"], ["完"]], (), [["完"]]),
    ([["{{ 各县|个数 }}个：{% for 县 in 各县 %}{{ 县.名称 }}{{ 县.数 }}人；{% endfor %}"]], counties(3, 5),
     [["2个：甲县3人；乙县5人；"]]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "values", "expected"), REPEATED)
def test_rows_are_repeated(rows: Rows, values: Any, expected: Rows) -> None:
    """Tags of rows go with their rows; numbers, formulas and sums come out right."""
    # a row that refers to C$5 has the sum of the county's in its own template
    assert cells(filled(book(rows), 各县=values)) == expected


def around(sheet: Any) -> None:
    """Add what a form has around its rows: the loop is in rows 3 to 5, the sum in row 6."""
    for area in ("A1:C1", "B4:C4", "A7:C7", "D3:D5"):
        sheet.merge_cells(area)
    sheet.row_dimensions[4].height = 30
    sheet.row_dimensions[7].height = 40
    sheet.print_area, sheet.print_title_rows, sheet.freeze_panes = "A1:D7", "1:2", "A3"
    sheet.row_breaks.append(Break(id=6))
    sheet.auto_filter.ref = "A2:C6"
    rule: Any = FormulaRule(formula=["$C4<$C$6"], font=Font(color="FF0000"))  # type: ignore[no-untyped-call]  # not annotated there
    sheet.conditional_formatting.add("A4:C4", rule)
    choice = DataValidation(type="list", formula1="$A$6:$A$7", sqref="B4")
    sheet.add_data_validation(choice)
    sheet["A7"].hyperlink = "https://example.org/"
    sheet.oddFooter.center.text = "{{ 市 }}第&P页"
    book_ = sheet.parent
    book_.defined_names["总数"] = DefinedName("总数", attr_text="表!$C$6")
    book_.defined_names["各数"] = DefinedName("各数", attr_text="表!$C$4")
    other = book_.create_sheet("别的")
    other["A1"], other["A2"] = "=SUM(表!C4:C4)", "不变"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=4, max_row=4))
    other.add_chart(chart, "C3")
    sheet.add_chart(BarChart(), "E7")


def test_what_stands_around_the_rows_moves_with_them() -> None:
    """Merged cells, heights, breaks, print area, names, conditions, choices, links, charts, other sheets."""
    line = ["{{ loop.index }}", "{{ 县.数 }}"]
    head: Rows = [["{{ 市 }}"], ["头", "县", "数", "注"]]
    foot: Rows = [["合计", None, "=SUM(C4:C4)"], ["填表人"]]
    template = book([*head, FOR, line, END, *foot], around)
    content = filled(template, 市="甲&乙", 各县=counties(1, 2, 3, 4, 5))
    sheet = opened(content)
    whole = sheet.parent
    lines = {f"B{row}:C{row}" for row in range(3, 8)}
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:C1", *lines, "D3:D7", "A9:C9"}
    heights = [sheet.row_dimensions[row].height for row in range(2, 10)]
    assert heights == [None, 30, 30, 30, 30, 30, None, 40]
    titles = (sheet.print_area, sheet.print_title_rows, sheet.freeze_panes)
    assert titles == ("'表'!$A$1:$D$9", "$1:$2", "A3")
    assert [each.id for each in sheet.row_breaks.brk] == [8]
    assert sheet.auto_filter.ref == "A2:C8"
    conditions = [(str(r.sqref), x.formula) for r in sheet.conditional_formatting for x in r.rules]
    assert conditions == [("A3:C7", ["$C3<$C$8"])]
    choices = [(str(c.sqref), c.formula1) for c in sheet.data_validations.dataValidation]
    assert choices == [("B3:B7", "$A$8:$A$9")]
    assert sheet["A9"].hyperlink.ref == "A9"
    assert sheet.oddFooter.center.text == "甲&&乙第&P页"
    names = {name: whole.defined_names[name].attr_text for name in ("总数", "各数")}
    assert names == {"总数": "表!$C$8", "各数": "表!$C$3:$C$7"}
    assert [cell.value for cell in whole["别的"]["A"]] == ["=SUM(表!C3:C7)", "不变"]
    parts = {name: data.decode("utf-8", "ignore") for name, data in read_parts(content).items()}
    charts = [parts[name] for name in sorted(parts) if name.startswith("xl/charts/chart")]
    assert re.findall(r"<(?:c:)?f>([^<]*)<", "".join(charts)) == ["'表'!$C$3:$C$7"]
    drawing = parts["xl/drawings/drawing1.xml"]
    assert re.findall(r"from>.*?row>(\d+)<", drawing, re.DOTALL) == ["8"]


def test_more_rows_than_the_template_has() -> None:
    """What stands below is pushed down by as many rows, whole ranges grow."""
    rows: Rows = [["头"], FOR, LINE, END, ["合计", None, "=SUM(C2:C4)"], [], ["=C5"]]
    made = book(rows, lambda sheet: sheet.merge_cells("A7:C7"))
    sheet = opened(filled(made, 各县=counties(1, 2, 3, 4, 5)))
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A9:C9"]
    assert (sheet["C7"].value, sheet["A9"].value) == ("=SUM(C2:C6)", "=C7")


def test_texts_in_several_looks_keep_them() -> None:
    """A tag has the look of the place where it begins, wherever a program has cut it in two."""
    bold, slanted = InlineFont(b=True), InlineFont(i=True)
    text = CellRichText("共", TextBlock(bold, "{{ 值"), TextBlock(slanted, " }}人"), "。")

    def add(sheet: Any) -> None:
        sheet["A1"] = text
        sheet["A2"] = CellRichText(TextBlock(bold, "{{ "), TextBlock(slanted, "值 }}"))

    sheet = opened(filled(book([], add), 值=Count(3)))
    pieces = [p if isinstance(p, str) else (p.text, p.font.b, p.font.i) for p in sheet["A1"].value]
    assert pieces == ["共", ("3", True, False), ("人", False, True), "。"]
    assert sheet["A2"].value == 3


def test_texts_that_stand_in_the_cells_themselves() -> None:
    """Not every program shares texts among cells, or says where a cell is."""
    parts = read_parts(book([["{{ 值 }}"]]))
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    cell = '<sheetData><row><c t="inlineStr"><is><t>{{ 值 }}人</t></is></c><c t="str"><v>{{ 值 }}</v></c></row></sheetData>'
    changed = re.sub(r"<sheetData>.*</sheetData>", cell, sheet)
    assert changed != sheet
    template = write_parts({**parts, "xl/worksheets/sheet1.xml": changed.encode()}.items())
    assert cells(filled(template, 值=Count(3))) == [["3人", 3]]


def test_a_formula_that_cells_share_becomes_one_in_each() -> None:
    """Excel writes it once and lets the others point to it."""
    parts = read_parts(
        book([FOR, ["{{ 县.数 }}", "=A2*2", "=B2*2"], END, ["=A2*2"]], lambda s: s.delete_rows(4))
    )
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    first = sheet.replace("<f>A2*2</f>", '<f t="shared" si="0" ref="B2:C2">A2*2</f>')
    second = first.replace("<f>B2*2</f>", '<f t="shared" si="0"/>')
    assert len({sheet, first, second}) == 3
    template = write_parts({**parts, "xl/worksheets/sheet1.xml": second.encode()}.items())
    result = cells(filled(template, 各县=counties(1, 2)))
    assert result == [[1, "=A1*2", "=B1*2"], [2, "=A2*2", "=B2*2"]]


TWICE = prepare("表.xlsx", book([["{{ 值 }}", "（{{ 值 }}）"]]))


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@example("=1+1")
@example("_x000D_ _x005F_")
@example("{{ 值 }}{% for %}&<>\"'")
@example(" 前后有空格 \n\t第二行 ")
@example("@SUM(A1)\ufdd0\ufdd1")
def test_any_text_comes_back_unchanged(text: str) -> None:
    """Whatever it looks like; only what XML forbids is left out, and a line ends in a line feed."""
    forbidden = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]"
    expected = re.sub(forbidden, "", re.sub("\r\n?", "\n", text))
    content = TWICE.filled(record(值=text), {})
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in sheet.split("<sheetData")[1].split("</sheetData")[0]
    root = etree.fromstring(sheet.encode())
    texts = [element.text or "" for element in root.iter("{*}t")]
    read = [re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), t) for t in texts]
    assert read == ([expected] if expected else []) + [f"（{expected}）"]


def test_the_same_bytes_and_no_stale_number() -> None:
    """What formulas came to in the template is gone; the program that opens the workbook calculates all."""
    parts = read_parts(book([FOR, ["{{ 县.数 }}"], END, ["=SUM(A2:A2)"]]))
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    stale = re.sub(r"<v ?/>|<v></v>", "<v>999</v>", sheet)
    assert stale != sheet
    template = write_parts({**parts, "xl/worksheets/sheet1.xml": stale.encode()}.items())
    prepared = prepare("表.xlsx", template)
    values = record(各县=counties(1, 2))
    content = prepared.filled(values, {})
    assert content == prepared.filled(values, {}) == prepare("表.xlsx", template).filled(values, {})
    made = read_parts(content)
    assert b"999" not in made["xl/worksheets/sheet1.xml"]
    assert b'fullCalcOnLoad="1"' in made["xl/workbook.xml"]
    assert not any(b"{{" in part or b"{%" in part for part in made.values())


def test_no_traces_of_the_office_are_left() -> None:
    """Notes, authors and printers stay in the template."""

    def add(sheet: Any) -> None:
        sheet["A1"].comment = Comment("内部", "张某")
        sheet.parent.properties.creator = "张某"

    template = book([["{{ 值 }}"]], add)
    package = open_template("表.xlsx", template)
    assert find_notes(package) == [
        "文档属性里有作者“张某”",
        "单元格上有 1 条批注。以上内容不会带进生成的文件",
    ]
    content = filled(template, 值=1)
    assert opened(content)["A1"].comment is None
    assert "张某".encode() not in b"".join(read_parts(content).values())


def test_tags_in_the_titles_of_charts_and_of_the_file() -> None:
    """They are filled in like cells, and checked like them."""

    def add(sheet: Any) -> None:
        chart = BarChart()
        chart.title = "{{ 市 }}进度"
        sheet.add_chart(chart, "B2")
        sheet.parent.properties.title = "{{ 市 }}表"

    template = book([["表"]], add)
    made = read_parts(filled(template, 市="甲&乙"))
    parts = read_parts(template)
    cached = "<c:strRef xmlns:c='x'><c:f>表!A1</c:f><c:strCache><c:v>{{ 县.名称 }}</c:v></c:strCache></c:strRef>"
    name = "xl/charts/chart1.xml"
    chart = parts[name].replace(b"</chartSpace>", cached.encode() + b"</chartSpace>")
    assert chart != parts[name]
    with_cache = filled(write_parts({**parts, name: chart}.items()), 市="甲&乙")
    assert (
        "县.名称".encode() not in read_parts(with_cache)[name]
    )  # what its cells said in the template
    assert "甲&amp;乙进度".encode() in made["xl/charts/chart1.xml"]
    assert "甲&amp;乙表".encode() in made["docProps/core.xml"]
    faults = find_faults(open_template("表.xlsx", template), {"县": "甲"})
    found = {(fault.where, fault.message) for fault in faults}
    assert found == {("文本框、图表标题或文档属性", "没有名称“市”")}


def pictured(sheet: Any) -> None:
    """Add a chart in the second row."""
    sheet.add_chart(BarChart(), "B2")


def with_table(sheet: Any) -> None:
    """Make the rows a table of Excel's."""
    sheet.add_table(Table(displayName="表1", ref="A1:A3"))


def with_array(sheet: Any) -> None:
    """Add a formula over two rows."""
    sheet["B2"] = ArrayFormula("B2:B3", "=A2:A3")


def with_choice(sheet: Any) -> None:
    """Add a choice with a tag."""
    sheet.add_data_validation(DataValidation(type="list", formula1='"{{ 县 }}"', sqref="A1"))


# rows, what is added, the faults: where and the beginning of what is wrong
FAULTY: list[tuple[Rows, Any, list[tuple[str, str]]]] = [
    ([["{{ 各县"]], None, [("“表”A1", "标记没有写完整")]),
    ([["无"]], None, [("全文", "没有一个标记")]),
    ([["{{ 各线 }}"]], None, [("“表”A1", "没有名称“各线”，是否应为“各县”")]),
    ([["{%p for 县 in 各县 %}"], ["{%p endfor %}"]], None,
     [("“表”A1", "{%p for 县 in 各县 %} 在工作表里不能用"), ("“表”A2", "{%p endfor %} 在工作表里不能用")]),
    ([["{% for 县 in 各县 %}"], ["{% endfor %}"]], None,
     [("“表”A2", "{% for 县 in 各县 %} 和 {% endfor %} 不在同一段")]),
    ([FOR, ["{{ 县.名称 }}"]], None, [("“表”A1", "{%tr for 县 in 各县 %} 没有对应的 {%tr endfor %}")]),
    ([[*FOR, "旁边"], END], None, [("“表”A1", "{%tr for 县 in 各县 %} 要独占一行")]),
    ([[*FOR, 3], END], None, [("“表”A1", "{%tr for 县 in 各县 %} 要独占一行")]),
    ([["=IF(1,\"{{ 各县 }}\",2)"]], None, [("“表”A1", "公式里不能写标记")]),
    ([["{{ 各县 }}"]], with_choice, [("“表”", "标记不能写在条件格式、下拉选项这些地方")]),
    ([FOR, ["{{ 县.名称 }}"], END], pictured, [("“表”第2行", "有图片、图形或图表放在循环的行里")]),
    ([FOR, ["{{ 县.名称 }}"], END], with_table, [("“表”A1:A3", "“套用表格格式”的区域里不能重复行")]),
    ([FOR, ["{{ 县.名称 }}"], ["二"], END], with_array, [("“表”B2", "跨几行的数组公式")]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "more", "expected"), FAULTY)
def test_faults_are_found_with_their_cells(
    rows: Rows, more: Any, expected: list[tuple[str, str]]
) -> None:
    """By the check with sample values; a run refuses such a template, too, where no name matters."""
    template = book(rows, more or (lambda _: None))
    package = open_template("表.xlsx", template)
    found = find_faults(package, {"各县": COUNTIES})
    starts = [
        (f.where, f.message[: len(text)]) for f, (_, text) in zip(found, expected, strict=True)
    ]
    assert starts == expected
    with pytest.raises(UserError, match="有错："):
        filled(template, 各县=COUNTIES)


# rows, areas that are merged, the message
UNFIT: list[tuple[Rows, list[str], str]] = [
    ([FOR, ["{{ 县.数 }}"], END, ["=A2*2"]], [], "“表”A4的公式：A2 重复以后有许多行"),
    ([FOR, ["{{ 县.数 }}"], ["二"], END], ["B2:B2", "B2:C3", "D3:D5"],
     "“表”D3:D5的合并单元格有一半在循环里"),
    ([FOR, ["{{ 县.数 }}"], END, ["=A1"]], [], "“表”A4的公式：A1 指的行没有印出来"),
    ([["{{ 值 }}"]], [], "“表”A1里的文字超过32767字"),
    ([["{{ 各县 + 1 }}"]], [], "“表”A1：所写的运算与数据不符"),
    ([["好"], ["{{ 没有 }}"]], [], "“表”A2：没有名称“没有”"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "merged", "message"), UNFIT)
def test_what_cannot_be_printed_is_refused(rows: Rows, merged: list[str], message: str) -> None:
    """With its cell and what is the matter; never a wrong number."""

    def add(sheet: Any) -> None:
        for area in merged:
            sheet.merge_cells(area)

    with pytest.raises(UserError, match=re.escape(message)):
        filled(book(rows, add), 各县=counties(1, 2), 值="字" * 40_000)


NO_TEMPLATES = [(b"", "不是 Excel 工作簿"), (b"\xd0\xcf\x11\xe0", "是旧格式（.xls、.et）"), (b"PK\x03\x04", "不是 Excel 工作簿")]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), NO_TEMPLATES)
def test_what_is_no_workbook_is_refused(content: bytes, message: str) -> None:
    """With what to do about it."""
    with pytest.raises(UserError, match=message):
        prepare("表.xlsx", content)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_another_program_opens_and_calculates_it(tmp_path: Path) -> None:
    """LibreOffice finds the sums of what was filled in."""
    rows: Rows = [
        ["{{ 市 }}"],
        FOR,
        [*LINE, "=C3/C$5"],
        END,
        ["合计", None, "=SUM(C3:C3)", "=SUM(D3:D3)"],
    ]
    (tmp_path / "表.xlsx").write_bytes(filled(book(rows), 市="甲市", 各县=counties(1, 2, 1)))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless"]
    target = ["--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "表.xlsx")]
    subprocess.run([*command, *target], check=True, capture_output=True, timeout=120)
    sheet = load_workbook(tmp_path / "out" / "表.xlsx", data_only=True)["表"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        ["甲市", None, None, None],
        [1, "甲县", 1, 0.25],
        [2, "乙县", 2, 0.5],
        [3, "丙县", 1, 0.25],
        ["合计", None, 4, 1],
    ]
