"""The last look: what filling in leaves broken is mended, what cannot be mended is refused."""

from collections.abc import Sequence

import pytest
from lxml import etree

from flows.steps.render.look import BrokenPartError, looked_at
from flows.steps.render.package import W_URI, W


def wrapped(inside: str, root: str = "body") -> str:
    """Return some XML of Word's in a root of its own."""
    return f'<w:{root} xmlns:w="{W_URI}">{inside}</w:{root}>'


def seen(inside: str, root: str = "body") -> str:
    """Return what the last look makes of some XML."""
    made = etree.fromstring(looked_at(wrapped(inside, root)))
    return etree.tostring(made).decode().replace(f' xmlns:w="{W_URI}"', "")


TABLE = "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("an emptied cell", TABLE.format(""), TABLE.format("<w:p/>")),
        ("a cell of empty properties", TABLE.format("<w:tcPr/>"), TABLE.format("<w:tcPr/><w:p/>")),
        ("a cell that ends in a table", TABLE.format(TABLE.format("<w:p/>")), TABLE.format(TABLE.format("<w:p/>") + "<w:p/>")),
        ("a cell that ends in an emptied control", TABLE.format("<w:sdt><w:sdtContent/></w:sdt>"), TABLE.format("<w:sdt><w:sdtContent/></w:sdt><w:p/>")),
        ("a cell that ends in a bookmark", TABLE.format('<w:p/><w:bookmarkEnd w:id="1"/>'), TABLE.format('<w:p/><w:bookmarkEnd w:id="1"/>')),
        ("a table without rows", "<w:p/><w:tbl><w:tblPr/></w:tbl><w:p/>", "<w:p/><w:p/>"),
        ("a row without cells", "<w:p/><w:tbl><w:tr/></w:tbl>", "<w:p/>"),
        ("a bookmark that a loop repeats", 2 * '<w:p><w:bookmarkStart w:id="1" w:name="甲"/><w:bookmarkEnd w:id="1"/></w:p>', '<w:p><w:bookmarkStart w:id="1" w:name="甲"/><w:bookmarkEnd w:id="1"/></w:p><w:p/>'),
        ("nothing wrong", "<w:p><w:r><w:t>甲</w:t></w:r></w:p>", "<w:p><w:r><w:t>甲</w:t></w:r></w:p>"),
    ],
)  # fmt: skip
def test_what_filling_in_breaks_is_mended(what: str, before: str, after: str) -> None:
    """Word would call the document damaged."""
    assert (
        seen(before)
        == seen(after)
        == etree.tostring(etree.fromstring(wrapped(after)))
        .decode()
        .replace(f' xmlns:w="{W_URI}"', "")
    )


def test_an_emptied_header_keeps_a_paragraph() -> None:
    """A condition may take all that it holds."""
    assert seen("", "hdr") == "<w:hdr><w:p/></w:hdr>"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("<w:p><w:r></w:p>", "标记与表格、超链接或文本框交错"),
        (
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>',
            "域（如页码、目录、链接）只留下了一半",
        ),
        (
            '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
            "域（如页码、目录、链接）只留下了一半",
        ),
    ],
)
def test_what_cannot_be_mended_is_refused(xml: str, reason: str) -> None:
    """With the reason in Chinese."""
    with pytest.raises(BrokenPartError, match=reason[:6]):
        looked_at(wrapped(xml))


@pytest.mark.parametrize(
    ("cells", "grid"),
    [
        (1, [300, 600]),
        (2, [180, 360, 360]),
        (4, [100, 200, 200, 200, 200]),
    ],
)
def test_a_table_keeps_its_width_whatever_its_columns(cells: int, grid: Sequence[int]) -> None:
    """Columns of a loop share the room in proportion; merged cells are as wide as what they cover."""
    inner = "<w:tc><w:tcPr><w:tcW w:w='200'/></w:tcPr><w:p/></w:tc>" * cells
    row = f"<w:tr><w:tc><w:tcPr><w:tcW w:w='100'/></w:tcPr><w:p/></w:tc>{inner}</w:tr>"
    whole = f"<w:tr><w:tc><w:tcPr><w:tcW w:w='9'/><w:gridSpan w:val='{cells + 1}'/></w:tcPr><w:p/></w:tc></w:tr>"
    head = "<w:tblPr><w:tblW w:w='900'/></w:tblPr><w:tblGrid><w:gridCol w:w='1'/></w:tblGrid>"
    xml = wrapped(f"<w:tbl>{head}{row}{whole}</w:tbl>")
    root = etree.fromstring(looked_at(xml, growing=True))
    name = f"{W}w"
    assert [int(column.get(name, "")) for column in root.iter(f"{W}gridCol")] == grid
    assert [int(cell.get(name, "")) for cell in root.iter(f"{W}tcW")] == [*grid, sum(grid)]
