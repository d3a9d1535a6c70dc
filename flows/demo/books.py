"""Writing made-up ledgers as offices do: titles, merged headers, moved columns, totals, footers."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from schemas.definition import Kind
from schemas.shipped import shipped

# Of every made-up workbook, so that two demos have the same bytes on any day.
PROPERTIES = {"created": datetime(2022, 1, 1)}
Cells = list[list[Any]]
Header = tuple[str, ...]  # the levels of a column's header, from the top

COUNTS = shipped().counts
PLAIN: Mapping[str, Header] = {c.name: (c.header,) for c in shipped().progress}
MERGED: Mapping[str, Header] = {
    **PLAIN,
    "enterprise": ("单位名称",),
    "affiliation": ("企业类别",),
    "retirees": ("应移交退休\n人员数（人）",),
    "agreement": ("整体移交协议签订人数",),
    "archives_due": ("人事档案移交（份）", "应移交"),
    "archives": ("人事档案移交（份）", "已移交"),
    "party_members": ("党员组织关系", "党员数"),
    "party": ("党员组织关系", "已转接"),
    "functions": ("社会管理服务移交",),
}


@dataclass
class Sheet:
    """A ledger's sheet before it is written: lines above, header, rows, lines below.

    `rows` are dictionaries by field; their values are written as they are. `order` gives the field
    of each column; None stands for the running number. `counts` are summed up; `measures` are the
    units that stand in a line of their own where `units` asks for it.
    """

    kind: Kind
    title: str
    headers: Mapping[str, Header]
    rows: Sequence[Mapping[str, Any]]
    order: Sequence[str | None]
    above: Sequence[Sequence[Any]] = ()
    below: Sequence[Sequence[Any]] = ()
    name: str = "Sheet1"
    first_row: int = 0
    first_column: int = 0
    total: str | None = None  # "last", "first" or none
    merge_county: bool = False
    numbered: bool = False
    units: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    counts: Sequence[str] = COUNTS
    measures: Mapping[str, str] = field(default_factory=lambda: _UNITS)

    @property
    def depth(self) -> int:
        """Return how many levels the header has."""
        return max(len(self.headers[name]) for name in self.order if name)


_UNITS: Mapping[str, str] = {**dict.fromkeys(COUNTS, "人"), "archives": "份"}
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
Span = tuple[int, int, int, int]  # first row, first column, last row, last column


def cells_of(
    sheet: Sheet,
) -> tuple[Cells, list[Span], dict[tuple[int, str], tuple[int, int]]]:
    """Return the sheet's cells, its merged spans, and the cell of each row's field.

    Places are zero-based: (row, field) → (row, column).
    """
    left = sheet.first_column
    width = left + len(sheet.order)
    rows: Cells = [[] for _ in range(sheet.first_row)]
    spans: list[Span] = []
    if sheet.title:
        spans.append((len(rows), left, len(rows), width - 1))
        rows.append([None] * left + [sheet.title])
    rows += [[None] * left + list(line) for line in sheet.above]
    top = len(rows)
    rows += [[None] * width for _ in range(sheet.depth)]
    _write_header(sheet, rows, spans, top)
    if sheet.units:
        rows.append([None] * left + [sheet.measures.get(name or "") for name in sheet.order])
    if sheet.numbered:
        rows.append([None] * left + list(range(1, len(sheet.order) + 1)))
    if sheet.total == "first":
        rows.append(total_line(sheet))
    places: dict[tuple[int, str], tuple[int, int]] = {}
    first = len(rows)
    for i, row in enumerate(sheet.rows):
        places |= {(i, name): (len(rows), left + c) for c, name in enumerate(sheet.order) if name}
        rows.append(
            [None] * left + [i + 1 if name is None else row.get(name) for name in sheet.order]
        )
    if sheet.merge_county and sheet.rows and "county" in sheet.order:
        column = left + list(sheet.order).index("county")
        spans.append((first, column, len(rows) - 1, column))
        for line in rows[first + 1 :]:
            line[column] = None
    if sheet.total == "last":
        rows.append(total_line(sheet))
    rows += [[None] * left + list(line) for line in sheet.below]
    return rows, spans, places


def _write_header(sheet: Sheet, rows: Cells, spans: list[Span], top: int) -> None:
    """Put the header's texts into the rows and merge what belongs together."""
    bottom = top + sheet.depth - 1
    previous: str | None = None
    for c, name in enumerate(sheet.order, start=sheet.first_column):
        levels = ("序号",) if name is None else sheet.headers[name]
        if len(levels) == 1:
            rows[top][c] = levels[0]
            if sheet.depth > 1:
                spans.append((top, c, bottom, c))
            previous = None
            continue
        rows[bottom][c] = levels[1]
        if levels[0] == previous:
            first, left, last, _ = spans.pop()
            spans.append((first, left, last, c))
        else:
            rows[top][c] = previous = levels[0]
            spans.append((top, c, top, c))


def total_line(sheet: Sheet) -> list[Any]:
    """Return the line 合计 of a sheet."""
    sums = {name: sum(_number(row.get(name)) for row in sheet.rows) for name in sheet.counts}
    line: list[Any] = [sums.get(name or "") for name in sheet.order]
    line[0] = "合计"
    return [None] * sheet.first_column + line


def _number(value: object) -> int | Decimal:
    """Return a number that may be written with separators and a unit; 0 for what is none."""
    if str(value).startswith("="):
        return 0
    digits = re.sub("[^0-9.]", "", str(value))
    return Decimal(digits) if "." in digits else int(digits or 0)


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write sheets as Excel does: shared strings, merged cells, numbers and dates typed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties(PROPERTIES)
        bold = book.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
        )
        for sheet in sheets:
            worksheet = book.add_worksheet(sheet.name)
            rows, spans, _ = cells_of(sheet)
            for r, line in enumerate(rows):
                for c, value in enumerate(line):
                    _put(worksheet, r, c, value)
            for top, left, bottom, right in spans:
                if (top, left) != (bottom, right):
                    worksheet.merge_range(top, left, bottom, right, None, bold)
                    _put(worksheet, top, left, rows[top][left], bold)
            worksheet.set_column(sheet.first_column, sheet.first_column + len(sheet.order), 16)


def _put(worksheet: Any, row: int, column: int, value: Any, form: Any = None) -> None:
    if value is None:
        return
    if isinstance(value, str) and value.startswith("="):
        worksheet.write_formula(row, column, value, form, "")  # no program has calculated it
    elif isinstance(value, str):
        worksheet.write_string(row, column, value, form)
    else:
        worksheet.write(row, column, value, form)


def write_ods(path: Path, sheet: Sheet) -> None:
    """Write a sheet as LibreOffice does, as far as cells and merged spans go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, spans, _ = cells_of(sheet)
    sizes = {span[:2]: (span[2] - span[0] + 1, span[3] - span[1] + 1) for span in spans}
    table = "".join(
        "<table:table-row>"
        + "".join(_ods_cell(value, *sizes.get((r, c), (1, 1))) for c, value in enumerate(line))
        + "</table:table-row>"
        for r, line in enumerate(rows)
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES} '
        f'office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(sheet.name)}">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {"mimetype": _ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": _ODS_MANIFEST}
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(zipfile.ZipInfo(name), text, kind)


def _ods_cell(value: Any, rows: int, columns: int) -> str:
    size = f' table:number-rows-spanned="{rows}" table:number-columns-spanned="{columns}"'
    size = size if (rows, columns) != (1, 1) else ""
    if value is None:
        return f"<table:table-cell{size}/>"
    text = f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"{size}>{text}'
    return f'<table:table-cell office:value-type="float" office:value="{value}"{size}>{text}'


def write_csv(path: Path, sheet: Sheet, *, encoding: str = "gb18030", separator: str = ",") -> None:
    """Write a sheet as separated text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, _, _ = cells_of(sheet)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    for line in rows:
        writer.writerow(["" if value is None else value for value in line])
    path.write_bytes(buffer.getvalue().encode(encoding))


Layout = Callable[[str, str, Sequence[Mapping[str, Any]]], Sheet]  # sender, month's label, rows
_WHOLE: Sequence[str | None] = (None, *PLAIN)


def _stamped(sender: str, month: str) -> list[list[Any]]:
    return [[f"填报单位（盖章）：{sender}", None, None, None, f"填报时间：{month}28日"]]


LAYOUTS: Mapping[str, Layout] = {
    "plain": lambda s, m, rows: Sheet(
        "progress",
        f"{m}国有企业退休人员社会化管理进度表",
        PLAIN,
        rows,
        _WHOLE,
        _stamped(s, m),
        total="last",
    ),
    "merged": lambda s, m, rows: Sheet(
        "progress",
        f"国有企业退休人员社会化管理工作进度统计表（{m}）",
        MERGED,
        rows,
        _WHOLE,
        [["填报单位", s, None, "统计月份", m]],
        [["填报人：甲某", None, None, "审核人：乙某"], ["注：数据截至月末。"]],
        total="first",
        merge_county=True,
        numbered=True,
    ),
    "bare": lambda s, m, rows: Sheet(
        "progress", "", PLAIN, rows, [n for n in PLAIN if n not in ("uscc", "archives_due")]
    ),
    "own": lambda s, m, rows: Sheet(
        "progress",
        f"{s}{m}进度台账",
        MERGED,
        rows,
        [None, *(n for n in PLAIN if n != "county")],
        [[], [f"填报单位：{s}"]],
        first_row=2,
        first_column=1,
        total="last",
        units=True,
        name="进度",
    ),
    "moved": lambda s, m, rows: Sheet(
        "progress",
        f"{m}进度",
        PLAIN,
        rows,
        ["enterprise", "county", "affiliation", *reversed(COUNTS), "note"],
        [[f"填报单位：{s}"]],
        [["制表：丙某"]],
        name="汇总",
    ),
}
