"""Pieces of the templates on python-docx: paragraphs, tables, page numbers, sections."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.enum.section import WD_ORIENTATION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.section import Section, _Footer
from docx.shared import Twips
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from templates.build.oxml import put

TEXT_WIDTH = 8844  # twips of the text area: 156 mm
PAGE = (11906, 16838)
TOP, RIGHT, BOTTOM, LEFT = 2098, 1474, 1984, 1587
FOOTER = 1430  # from the page's edge, so that the page number is 7 mm below the text area
HEADER = 850
ROW = 400
PAGE_NUMBERS = ("单页页码", "双页页码")
CENTER, BOTTOM_OF_CELL = WD_CELL_VERTICAL_ALIGNMENT.CENTER, WD_CELL_VERTICAL_ALIGNMENT.BOTTOM


def fill(paragraph: Paragraph, text: str) -> Paragraph:
    """Return a paragraph with a text, in which `〖…〗` is a heading that the text runs on from."""
    before, _, rest = text.partition("〖")
    head, _, after = rest.partition("〗")
    for part, style in ((before, None), (head, "段首标题"), (after, None)):
        if part:
            paragraph.add_run(part, style)
    return paragraph


def add_paragraph(document: Document, style: str, text: str = "") -> Paragraph:
    """Return a paragraph of a style, added to the end of a document."""
    return fill(document.add_paragraph(style=style), text)


def add_tag(document: Document, source: str) -> None:
    """Add a paragraph that holds only a tag of the template language.

    It disappears when the document is made.
    """
    add_paragraph(document, "公文正文", source)


@dataclass(frozen=True)
class Cell:
    """A table cell: its text, its paragraph style, how many columns and rows it spans."""

    text: str
    style: str = "表文"
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Row:
    """A table row, which no page break splits.

    Its `cells` leave out the columns that a cell of the row above covers. A head row is repeated
    on each page, a kept one stays with what follows it.
    """

    cells: Sequence[Cell]
    head: bool = False
    height: int = ROW
    kept: bool = False


def tag_row(source: str, columns: int) -> Row:
    """Return a row that holds only a tag of the template language; it disappears like the tag."""
    return Row([Cell(source, "表文左齐", columns)])


def add_table(document: Document, widths: Sequence[int], rows: Sequence[Row]) -> Table:
    """Return a centred table of fixed column widths, added to the end of a document."""
    table: Table = document.add_table(len(rows), len(widths), "公文表格")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    fix_widths(table, widths)
    grid = [list(row.cells) for row in table.rows]
    covered: set[tuple[int, int]] = set()
    for number, (place, row) in enumerate(zip(table.rows, rows, strict=True)):
        _set_row(place, row)
        free = [column for column in range(len(widths)) if (number, column) not in covered]
        for cell in row.cells:
            columns, free = free[: cell.columns], free[cell.columns :]
            lines = range(number, number + cell.rows)
            area = [(line, column) for line in lines for column in columns]
            covered.update(area)
            _set_cell([grid[line][column] for line, column in area], cell, kept=row.kept)
    return table


def fix_widths(table: Table, widths: Sequence[int]) -> None:
    """Give the columns of a table their widths, whatever stands in them."""
    table.autofit = False
    put(table._tbl.tblPr, "w:tblW", w=sum(widths), type="dxa")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Twips(width)
        for cell in column.cells:
            cell.width = Twips(width)


def keep_whole(row: _Row) -> None:
    """Keep a row on one page."""
    put(row._tr.get_or_add_trPr(), "w:cantSplit")


def _set_row(place: _Row, row: Row) -> None:
    keep_whole(place)
    place.height, place.height_rule = Twips(row.height), WD_ROW_HEIGHT_RULE.AT_LEAST
    if row.head:
        put(place._tr.get_or_add_trPr(), "w:tblHeader")


def _set_cell(area: Sequence[_Cell], cell: Cell, *, kept: bool) -> None:
    """Fill a cell that covers an area of the table's grid."""
    for place in area:
        (paragraph,) = place.paragraphs
        paragraph.style = cell.style
        paragraph.paragraph_format.keep_with_next = kept or None
        place.vertical_alignment = CENTER
    merged = area[0] if len(area) == 1 else area[0].merge(area[-1])
    fill(merged.paragraphs[0], cell.text)


def float_table(table: Table, **place: object) -> None:
    """Take a table out of the text and put it where `place` says, in Word's attributes."""
    no_distance = dict.fromkeys(
        ("leftFromText", "rightFromText", "topFromText", "bottomFromText"), 0
    )
    put(table._tbl.tblPr, "w:tblpPr", **no_distance, **place)
    put(table._tbl.tblPr, "w:tblOverlap", val="never")


def set_page(section: Section, *, landscape: bool = False) -> None:
    """Give a section the page of GB/T 9704: 22 lines of it, page numbers odd right, even left."""
    width, height = reversed(PAGE) if landscape else PAGE
    edges = (LEFT, TOP, RIGHT, BOTTOM) if landscape else (TOP, RIGHT, BOTTOM, LEFT)
    section.page_width, section.page_height = Twips(width), Twips(height)
    section.orientation = WD_ORIENTATION.LANDSCAPE if landscape else WD_ORIENTATION.PORTRAIT
    section.top_margin, section.right_margin = Twips(edges[0]), Twips(edges[1])
    section.bottom_margin, section.left_margin = Twips(edges[2]), Twips(edges[3])
    section.header_distance = Twips(HEADER)
    section.footer_distance = Twips(HEADER if landscape else FOOTER)
    put(section._sectPr, "w:docGrid", type="lines", linePitch=579)
    for footer, style in zip((section.footer, section.even_page_footer), PAGE_NUMBERS, strict=True):
        footer.is_linked_to_previous = False
        _set_footer(footer, style, landscape=landscape)


def begin_section(document: Document, *, landscape: bool) -> None:
    """End the last section of a document and begin another on a new page."""
    section = document.add_section()
    document.paragraphs[-1].style = "分节"
    set_page(section, landscape=landscape)


def _set_footer(footer: _Footer, style: str, *, landscape: bool) -> None:
    """Put the page number into a footer; on a landscape page it is turned with the page.

    On paper the landscape page's left edge is the foot of the page (GB/T 9704-2012, 7.3.8, 8.1);
    so the number stands there.
    """
    (paragraph,) = footer.paragraphs
    paragraph.style = style
    if not landscape:
        _add_page_number(paragraph)
        return
    width = 400
    table = footer.add_table(1, 1, Twips(width))
    paragraph._p.addprevious(table._tbl)
    table.style = "公文无线表格"
    fix_widths(table, [width])
    centre = BOTTOM - 397  # 7 mm outside the text area
    float_table(table, vertAnchor="page", horzAnchor="page", tblpX=centre - width // 2, tblpY=LEFT)
    (row,) = table.rows
    row.height, row.height_rule = Twips(TEXT_WIDTH), WD_ROW_HEIGHT_RULE.EXACTLY
    (cell,) = row.cells
    cell.vertical_alignment = CENTER
    put(cell._tc.get_or_add_tcPr(), "w:textDirection", val="tbRl")
    cell.paragraphs[0].style = style
    _add_page_number(cell.paragraphs[0])


def _add_page_number(paragraph: Paragraph) -> None:
    """Add the number of the page between one-em dashes."""
    paragraph.add_run("— ")
    for kind in ("begin", "PAGE", "separate", "1", "end"):
        run = paragraph.add_run("1" if kind == "1" else None)
        if kind == "PAGE":
            put(run._r, "w:instrText").text = kind
        elif kind != "1":
            put(run._r, "w:fldChar", fldCharType=kind)
    paragraph.add_run(" —")
