"""Pieces of a Word document as XML: paragraphs, tables, fields, sections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

TEXT_WIDTH = 8844  # twips: 156 mm
TOP, RIGHT, BOTTOM, LEFT = 2098, 1474, 1984, 1587
FOOTER = 1430  # from the page's edge, so that the dashes of the page number stand 7 mm below the text area


def run(text: str, style: str = "") -> str:
    """Return a run of text, its lines parted by line breaks."""
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")
    )
    return f"<w:r>{properties}{lines}</w:r>" if text else ""


def paragraph(style: str, text: str = "", inside: str = "", properties: str = "") -> str:
    """Return a paragraph of a style: its text, in which `〖…〗` is set as a heading that the text runs on from, then runs given as XML."""
    before, _, rest = text.partition("〖")
    head, _, after = rest.partition("〗")
    runs = run(before) + run(head, "RunIn") + run(after)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}{inside}</w:p>'


def tag(source: str) -> str:
    """Return a paragraph that holds only a tag of the template language and goes when the document is made."""
    return paragraph("BodyText", source)


@dataclass(frozen=True)
class Cell:
    """A table cell: its text, its paragraph style, how many columns it spans, whether it begins or goes on a vertical merge."""

    text: str
    style: str = "TableText"
    span: int = 1
    merge: str = ""


def _cell(cell: Cell, width: int, kept: str) -> str:
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    merge = {"": "", "first": '<w:vMerge w:val="restart"/>', "on": "<w:vMerge/>"}[cell.merge]
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(cell.style, cell.text, properties=kept)}</w:tc>"


def row(
    cells: Sequence[Cell],
    widths: Sequence[int],
    *,
    head: bool = False,
    height: int = 400,
    kept: bool = False,
) -> str:
    """Return a table row that no page break splits; a head row is repeated on each page, a kept one stays with what follows it."""
    placed, at = [], 0
    for cell in cells:
        placed.append(
            _cell(cell, sum(widths[at : at + cell.span]), "<w:keepNext/>" if kept else "")
        )
        at += cell.span
    repeated = "<w:tblHeader/>" if head else ""
    return f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/>{repeated}</w:trPr>{"".join(placed)}</w:tr>'


def tag_row(source: str, widths: Sequence[int]) -> str:
    """Return a table row that holds only a tag of the template language and goes when the document is made."""
    return row([Cell(source, "TableLeft", len(widths))], widths)


def table(
    widths: Sequence[int], rows: Iterable[str], style: str = "OfficeTable", place: str = ""
) -> str:
    """Return a table of fixed column widths in twips, centred, or placed where `place` says."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    where = place or '<w:jc w:val="center"/>'
    order = (
        f'<w:tblStyle w:val="{style}"/>'
        + (where if place else "")
        + f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
    )
    order += ("" if place else where) + '<w:tblLayout w:type="fixed"/>'
    return f"<w:tbl><w:tblPr>{order}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def page_number() -> str:
    """Return the runs of a page number between one-em dashes."""
    parts = (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    return run("— ") + "".join(f"<w:r>{part}</w:r>" for part in parts) + run(" —")


def footer(style: str) -> str:
    """Return the content of a portrait footer with the page number."""
    return paragraph(style, inside=page_number())


def turned_footer(style: str) -> str:
    """Return the content of a landscape footer: the page number where it stands on the portrait pages, turned with the page.

    On paper the landscape page's left edge is the foot of the page (GB/T 9704-2012, 7.3.8 and 8.1); so the number stands there.
    """
    width = 400
    centre = BOTTOM - 397  # 7 mm outside the text area
    place = (
        f'<w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="page" w:horzAnchor="page" w:tblpX="{centre - width // 2}"'
        f' w:tblpY="{LEFT}"/><w:tblOverlap w:val="never"/>'
    )
    cell = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:textDirection w:val="tbRl"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{footer(style)}</w:tc>"
    )
    line = f'<w:tr><w:trPr><w:trHeight w:val="{TEXT_WIDTH}" w:hRule="exact"/></w:trPr>{cell}</w:tr>'
    return table([width], [line], "TableNormal", place) + paragraph(style)


def section(footers: Sequence[str], *, landscape: bool = False) -> str:
    """Return a section's properties: the page of GB/T 9704, 22 lines of it; `footers` are the ids of the odd and the even one."""
    references = "".join(
        f'<w:footerReference w:type="{kind}" r:id="{key}"/>'
        for kind, key in zip(("default", "even"), footers, strict=True)
    )
    if landscape:
        size, edges = 'w:w="16838" w:h="11906" w:orient="landscape"', (LEFT, TOP, RIGHT, BOTTOM)
    else:
        size, edges = 'w:w="11906" w:h="16838"', (TOP, RIGHT, BOTTOM, LEFT)
    margins = " ".join(
        f'w:{side}="{width}"'
        for side, width in zip(("top", "right", "bottom", "left"), edges, strict=True)
    )
    return (
        f'<w:sectPr>{references}<w:pgSz {size}/><w:pgMar {margins} w:header="850" w:footer="{850 if landscape else FOOTER}"'
        ' w:gutter="0"/><w:docGrid w:type="lines" w:linePitch="579"/></w:sectPr>'
    )


def section_end(properties: str) -> str:
    """Return the paragraph that ends a section; it takes next to no room."""
    return f'<w:p><w:pPr><w:pStyle w:val="SectionEnd"/>{properties}</w:pPr></w:p>'
