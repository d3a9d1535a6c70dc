"""Writes the same cells in every format that offices send: what the reader is tried on."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from odf.namespaces import TABLENS
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

Span = tuple[int, int, int, int]


@dataclass(frozen=True)
class Formula:
    """A formula that no program has calculated."""

    text: str = "=1+1"


@dataclass(frozen=True)
class Error:
    """A cell that shows an error."""

    text: str = "#DIV/0!"


@dataclass(frozen=True)
class Page:
    """A sheet to be written: its rows from the first cell on, its merged cells (zero-based, inclusive), whether it is hidden."""

    rows: Sequence[Sequence[Any]]
    spans: Sequence[Span] = ()
    name: str = "Sheet1"
    hidden: bool = False


def xlsx(pages: Sequence[Page], **options: Any) -> bytes:
    """Return a workbook as XlsxWriter writes it, with shared strings like Excel's."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"default_date_format": "yyyy-mm-dd", "in_memory": True, **options}
    ) as book:
        for page in pages:
            sheet = book.add_worksheet(page.name)
            if page.hidden:
                sheet.hide()
            for top, left, bottom, right in page.spans:
                sheet.merge_range(top, left, bottom, right, None)
            for r, row in enumerate(page.rows):
                for c, value in enumerate(row):
                    _put_xlsx(sheet, r, c, value)
    return buffer.getvalue()


def _put_xlsx(sheet: Any, r: int, c: int, value: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(r, c, value.text, None, "")
    elif isinstance(value, Error):
        sheet.write_formula(r, c, "=1/0", None, value.text)
    elif isinstance(value, str):
        sheet.write_string(r, c, value)
    elif value is not None:
        sheet.write(r, c, value)


def openpyxl_xlsx(pages: Sequence[Page], *, date1904: bool = False) -> bytes:
    """Return a workbook as openpyxl writes it: texts in the cells themselves."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    book.epoch = CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900
    for page in pages:
        sheet = book.create_sheet(page.name)
        sheet.sheet_state = "hidden" if page.hidden else "visible"
        for r, row in enumerate(page.rows, start=1):
            for c, value in enumerate(row, start=1):
                if value is not None:
                    cell = sheet.cell(
                        r, c, value.text if isinstance(value, Formula | Error) else value
                    )
                    if isinstance(value, str):
                        cell.data_type = "s"
        for top, left, bottom, right in page.spans:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xls(pages: Sequence[Page], *, date1904: bool = False) -> bytes:
    """Return a workbook of the old binary format."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = date1904
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for page in pages:
        sheet = book.add_sheet(page.name, cell_overwrite_ok=True)
        sheet.visibility = int(page.hidden)
        for top, left, bottom, right in page.spans:
            sheet.merge(top, bottom, left, right)
        for r, row in enumerate(page.rows):
            for c, value in enumerate(row):
                if isinstance(value, Formula):
                    sheet.write(r, c, xlwt.Formula(value.text.removeprefix("=")))
                elif isinstance(value, Error):
                    sheet.row(r).set_cell_error(c, value.text)
                elif isinstance(value, date):
                    sheet.write(r, c, value, day)
                elif value is not None:
                    sheet.write(r, c, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ods(pages: Sequence[Page]) -> bytes:
    """Return an OpenDocument spreadsheet."""
    document = OpenDocumentSpreadsheet()
    hidden = Style(name="hidden", family="table")
    hidden.addElement(TableProperties(display="false"))
    document.automaticstyles.addElement(hidden)
    for page in pages:
        table = Table(name=page.name, **({"stylename": hidden} if page.hidden else {}))
        corners = {
            (top, left): (bottom - top + 1, right - left + 1)
            for top, left, bottom, right in page.spans
        }
        covered = {
            (r, c)
            for t, left, b, right in page.spans
            for r in range(t, b + 1)
            for c in range(left, right + 1)
        } - set(corners)
        width = max(
            [len(row) for row in page.rows] + [right + 1 for *_, right in page.spans], default=0
        )
        height = max([len(page.rows)] + [bottom + 1 for _, _, bottom, _ in page.spans])
        for r in range(height):
            line = TableRow()
            cells = [*(page.rows[r] if r < len(page.rows) else ()), *[None] * width][:width]
            for c, value in enumerate(cells):
                cell = CoveredTableCell() if (r, c) in covered else _ods_cell(value)
                if (r, c) in corners:
                    cell.setAttrNS(TABLENS, "number-rows-spanned", str(corners[r, c][0]))
                    cell.setAttrNS(TABLENS, "number-columns-spanned", str(corners[r, c][1]))
                line.addElement(cell)
            table.addElement(line)
        document.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _ods_cell(value: Any) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, Formula):
        return TableCell(formula="of:" + value.text)
    kinds: Mapping[type, Callable[[], Any]] = {
        Error: lambda: TableCell(formula="of:=1/0", valuetype="float", value="0"),
        bool: lambda: TableCell(valuetype="boolean", booleanvalue=str(value).lower()),
        date: lambda: TableCell(valuetype="date", datevalue=value.isoformat()),
        datetime: lambda: TableCell(valuetype="date", datevalue=value.isoformat()),
        str: lambda: TableCell(valuetype="string"),
    }
    cell = kinds.get(type(value), lambda: TableCell(valuetype="float", value=repr(value)))()
    for line in (value.text if isinstance(value, Error) else str(value)).split("\n"):
        cell.addElement(P(text=line))
    return cell


def text(page: Page, encoding: str = "utf-8", separator: str = ",") -> bytes:
    """Return a sheet as separated text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    writer.writerows([["" if value is None else value for value in row] for row in page.rows])
    return buffer.getvalue().encode(encoding)


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def package(
    sheets: Mapping[str, str],
    strings: str | None = None,
    styles: str = "",
    workbook: str = "",
    kinds: Sequence[str] = (),
) -> bytes:
    """Return a workbook from the XML of its sheets, by their names: whole documents, or what stands within sheetData."""
    kinds = [*kinds, *["worksheet"] * (len(sheets) - len(kinds))]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/{kind}" Target="worksheets/sheet{i}.xml"/>'
        for i, kind in enumerate(kinds, 1)
    )
    related += (
        f'<Relationship Id="s" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        if strings is not None
        else ""
    )
    related += (
        f'<Relationship Id="t" Type="{_OFFICE}/styles" Target="styles.xml"/>' if styles else ""
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="w" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">{workbook}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>',
        **(
            {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>'}
            if strings is not None
            else {}
        ),
        **(
            {"xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'} if styles else {}
        ),
    }
    for i, xml in enumerate(sheets.values(), 1):
        whole = (
            xml
            if "sheetData" in xml
            else f'<worksheet xmlns="{MAIN}"><sheetData>{xml}</sheetData></worksheet>'
        )
        parts[f"xl/worksheets/sheet{i}.xml"] = whole
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for path, content in parts.items():
            file.writestr(path, content)
    return buffer.getvalue()


def patched(data: bytes, path: str, old: str, new: str) -> bytes:
    """Return a package in which a text of one part is another; raises ValueError where the part does not have it."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member)
            if member.filename == path:
                content.index(old.encode())
                content = content.replace(old.encode(), new.encode())
            target.writestr(member, content)
    return buffer.getvalue()
