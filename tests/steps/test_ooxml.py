"""Office Open XML packages: their parts, what these refer to, and equal bytes for equal parts."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from flows.steps.ooxml import (
    OFFICE_RELATIONSHIPS,
    BadPackageError,
    Relationship,
    SheetPart,
    read_parts,
    relationships,
    relationships_part,
    workbook_parts,
    write_parts,
)

STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PARTS = {"a.xml": b"<a/>", "b/c.xml": "<c>字</c>".encode()}


def rels(*given: tuple[str, str, str]) -> bytes:
    """Return a part of relationships: their ids, kinds and targets; one with `://` is external."""
    lines = []
    for key, kind, target in given:
        mode = 'TargetMode="External"' if "://" in target else ""
        kind = f"{OFFICE_RELATIONSHIPS}/{kind}"
        lines.append(f'<Relationship Id="{key}" Type="{kind}" Target="{target}" {mode}/>')
    return f"<Relationships>{''.join(lines)}</Relationships>".encode()


def test_equal_parts_give_equal_bytes() -> None:
    """Written at once or onto a package, read back in their order; every member has the same date."""
    whole = write_parts(PARTS.items())
    first, second = ([item] for item in PARTS.items())
    assert write_parts(second, write_parts(first)) == whole
    assert list(read_parts(whole).items()) == list(PARTS.items())
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text"])
def test_what_is_not_a_package_raises(content: bytes) -> None:
    """Empty, torn, or a text."""
    with pytest.raises(BadPackageError):
        read_parts(content)


@pytest.mark.parametrize(
    ("part", "target", "expected"),
    [
        ("word/document.xml", "charts/chart1.xml", "word/charts/chart1.xml"),
        ("word/charts/chart1.xml", "../embeddings/a.xlsx", "word/embeddings/a.xlsx"),
        ("word/document.xml", "/word/styles.xml", "word/styles.xml"),
        ("xl/workbook.xml", "worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("workbook.xml", "a&amp;b.xml", "a&b.xml"),
    ],
)
def test_targets_are_names_of_parts(part: str, target: str, expected: str) -> None:
    """Relative to the part, or from the root of the package."""
    assert relationships(part, rels(("rId1", "any", target))) == {
        "rId1": Relationship("any", expected)
    }


def test_relationships_to_the_outside_are_left_out() -> None:
    """A part may have none at all; the part that holds them lies beside it."""
    assert relationships("a.xml", rels(("rId1", "hyperlink", "https://a.example"))) == {}
    assert relationships("a.xml", None) == {}
    assert relationships_part("word/document.xml") == "word/_rels/document.xml.rels"
    assert relationships_part("workbook.xml") == "_rels/workbook.xml.rels"


SHEETS = (
    f'<workbook xmlns:r="{OFFICE_RELATIONSHIPS}" xmlns:s="{STRICT}"><sheets>'
    '<sheet name="一" r:id="rId1"/><sheet name="二" state="hidden" s:id="rId2"/>'
    '<sheet name="三" r:id="rId9"/></sheets></workbook>'
).encode()
RELATED = rels(
    ("rId1", "worksheet", "worksheets/Sheet1.xml"), ("rId2", "chartsheet", "chartsheets/sheet1.xml")
)
WORKBOOK = {
    "xl/workbook.xml": SHEETS,
    "xl/_rels/workbook.xml.rels": RELATED,
    "xl/worksheets/sheet1.xml": b"",
    "xl/chartsheets/sheet1.xml": b"",
}


@pytest.mark.parametrize("spelling", [{}, {"/": "\\"}, {"xl/": "/XL/"}])
def test_sheets_are_found_by_their_relationships(spelling: Mapping[str, str]) -> None:
    """Names may have backslashes, capitals or a slash in front; without a part there is no path."""

    def spelt(name: str) -> str:
        for plain, other in spelling.items():
            name = name.replace(plain, other)
        return name

    content = write_parts((spelt(name), part) for name, part in WORKBOOK.items())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert workbook_parts(package).sheets == [
            SheetPart("一", spelt("xl/worksheets/sheet1.xml"), False, "worksheet"),
            SheetPart("二", spelt("xl/chartsheets/sheet1.xml"), True, "chartsheet"),
            SheetPart("三", "", False, ""),
        ]
