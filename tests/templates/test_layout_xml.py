"""The official page (GB/T 9704-2012, domain §6) over the raw XML of the documents that the shipped templates make."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from lxml import etree

from flows.campaign.template_check import preview
from schemas.shipped import shipped
from tests.support.documents import body_of, parts_of
from tests.support.wordfiles import TEMPLATES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHIPPED = ("全市", "县区", "企业", "退回通知", "回执")


@cache
def made(name: str) -> bytes:
    """Return the document that a shipped template makes of the sample month."""
    return preview(TEMPLATES / f"{name}.docx", shipped())


def roots(name: str) -> tuple[Any, Any, Any]:
    """Return the roots of the document, the styles and the settings."""
    parts = parts_of(made(name))
    document, styles, settings = (
        etree.fromstring(parts[f"word/{part}.xml"]) for part in ("document", "styles", "settings")
    )
    return document, styles, settings


@pytest.mark.parametrize("name", SHIPPED)
def test_pages_are_the_standards(name: str) -> None:
    """A4, its margins, a grid of lines of 28.95 pt, odd and even pages different."""
    document_, _, settings = roots(name)
    assert settings.find(f"{W}evenAndOddHeaders") is not None
    for section in document_.iter(f"{W}sectPr"):
        size, margins, grid = (
            {k.split("}")[1]: v for k, v in section.find(f"{W}{tag}").attrib.items()}
            for tag in ("pgSz", "pgMar", "docGrid")
        )
        turned = size.get("orient") == "landscape"
        upright = {"top": "2098", "right": "1474", "bottom": "1984", "left": "1587"}
        on_its_side = {"top": "1587", "right": "2098", "bottom": "1474", "left": "1984"}
        assert (size["w"], size["h"]) == (("16838", "11906") if turned else ("11906", "16838"))
        assert {side: margins[side] for side in upright} == (on_its_side if turned else upright)
        assert grid == {"type": "lines", "linePitch": "579"}
        assert sorted(f.get(f"{W}type") for f in section.iter(f"{W}footerReference")) == [
            "default",
            "even",
        ]


@pytest.mark.parametrize("name", SHIPPED)
def test_looks_live_in_styles_alone(name: str) -> None:
    """No font, size or colour stands in the document itself, and every style that it names is there."""
    document_, styles, _ = roots(name)
    direct = {e.tag.split("}")[1] for e in document_.iter() if isinstance(e.tag, str)} & {
        "rFonts",
        "sz",
        "szCs",
        "color",
        "b",
        "i",
        "w",
    }
    named = {e.get(f"{W}val") for e in document_.iter(f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")}
    assert direct == set()
    assert named - {s.get(f"{W}styleId") for s in styles.iter(f"{W}style")} == set()


def look(styles: Any, style: str) -> dict[str, str]:
    """Return what a style and those it builds on say of fonts, size, spacing, colour and lines."""
    values: dict[str, str] = {}
    by_id = {s.get(f"{W}styleId"): s for s in styles.iter(f"{W}style")}
    current: str | None = style
    while current is not None:
        one = by_id[current]
        for tag, attribute in (
            ("rFonts", "eastAsia"),
            ("sz", "val"),
            ("color", "val"),
            ("jc", "val"),
        ):
            for node in one.iter(f"{W}{tag}"):
                values.setdefault(tag, node.get(f"{W}{attribute}"))
        for node in one.iterfind(f"{W}rPr/{W}spacing"):
            values.setdefault("spacing", node.get(f"{W}val"))
        for node in one.iterfind(f"{W}pPr/{W}spacing"):
            values.setdefault("line", f"{node.get(f'{W}line')} {node.get(f'{W}lineRule')}")
        for node in one.iterfind(f"{W}pPr/{W}ind"):
            values.setdefault("indent", str(node.get(f"{W}firstLineChars")))
        if one.find(f"{W}pPr/{W}keepNext") is not None:
            values["keep"] = "with next"
        based = one.find(f"{W}basedOn")
        current = None if based is None else based.get(f"{W}val")
    default = styles.find(f"{W}docDefaults")
    values.setdefault("rFonts", next(default.iter(f"{W}rFonts")).get(f"{W}eastAsia"))
    values.setdefault("sz", next(default.iter(f"{W}sz")).get(f"{W}val"))
    return values


BODY = {"sz": "32", "spacing": "-5", "line": "579 exact", "indent": "200", "jc": "both"}


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("BodyText", {"rFonts": "仿宋_GB2312", **BODY}),
        ("Heading1", {"rFonts": "黑体", "keep": "with next", **BODY}),
        ("Heading2", {"rFonts": "楷体_GB2312", "keep": "with next", **BODY}),
        ("NumberedHeading", {"rFonts": "楷体_GB2312", "keep": "with next", **BODY}),
        ("Title", {"rFonts": "方正小标宋简体", "sz": "44", "jc": "center", "keep": "with next"}),
        ("HeadName60", {"rFonts": "方正小标宋简体", "sz": "120", "color": "FF0000"}),
        ("HeadName36n", {"rFonts": "方正小标宋简体", "sz": "72", "color": "FF0000"}),
        ("TailText", {"rFonts": "仿宋_GB2312", "sz": "28"}),
        ("PageOdd", {"rFonts": "宋体", "sz": "28", "jc": "right"}),
        ("PageEven", {"rFonts": "宋体", "sz": "28", "jc": "left"}),
        ("AnnexMark", {"rFonts": "黑体", "sz": "32", "keep": "with next"}),
        ("AnnexTitle", {"rFonts": "方正小标宋简体", "jc": "center", "keep": "with next"}),
        ("TableHead", {"rFonts": "黑体", "sz": "21", "jc": "center", "keep": "with next"}),
        ("TableText", {"rFonts": "仿宋_GB2312", "sz": "21", "jc": "center"}),
        ("TableTitle", {"jc": "center", "keep": "with next"}),
        ("TableUnit", {"sz": "24", "jc": "right", "keep": "with next"}),
    ],
)
def test_styles_are_the_standards(style: str, expected: Mapping[str, str]) -> None:
    """Fonts, sizes, lines, the spacing that sets 28 characters a line; headings stay with what follows."""
    values = look(roots("全市")[1], style)
    assert {key: values.get(key) for key in expected} == dict(expected)


@pytest.mark.parametrize("name", SHIPPED)
def test_tables_repeat_their_heads_and_break_no_row(name: str) -> None:
    """No wider than the text, columns that add up, a unit line right above those with counts."""
    document_, _, _ = roots(name)
    limits, sections = (
        [],
        [
            12756 if s.find(f"{W}pgSz").get(f"{W}orient") else 8844
            for s in document_.iter(f"{W}sectPr")
        ],
    )
    for table in document_.iter(f"{W}tbl"):
        before = len(table.xpath("preceding::w:sectPr", namespaces={"w": W[1:-1]}))
        width = int(table.find(f"{W}tblPr/{W}tblW").get(f"{W}w"))
        limits.append(
            (width, sum(int(c.get(f"{W}w")) for c in table.iter(f"{W}gridCol")), sections[before])
        )
        rows = table.findall(f"{W}tr")
        assert all(r.find(f"{W}trPr/{W}cantSplit") is not None for r in rows)
        if table.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val") == "OfficeTable":
            assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
            above = table.getprevious().find(f"{W}pPr/{W}pStyle").get(f"{W}val")
            assert above == ("TableTitle" if name in ("退回通知", "回执") else "TableUnit")
    assert all(width == columns <= limit for width, columns, limit in limits)


@pytest.mark.parametrize("name", SHIPPED)
def test_no_head_of_a_column_is_torn(name: str) -> None:
    """Each of its lines fits into the cell, or a cell of one character's width has one below the other."""
    for cell in roots(name)[0].iter(f"{W}tc"):
        style = cell.find(f"{W}p/{W}pPr/{W}pStyle")
        if style is None or style.get(f"{W}val") != "TableHead":
            continue
        room = (int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) - 60) // 210
        lines = ["".join(t.text or "" for t in run.iter(f"{W}t")) for run in cell.iter(f"{W}r")]
        lines = (
            [t.text or "" for t in cell.iter(f"{W}t")]
            if cell.find(f".//{W}br") is not None
            else lines
        )
        assert room == 1 or all(len(line) <= room for line in lines), (lines, room)


def kept(paragraph: etree._Element) -> bool:
    """Return whether a paragraph is kept with the next by its own setting."""
    return paragraph.find(f"{W}pPr/{W}keepNext") is not None


@pytest.mark.parametrize("name", ["县区", "企业"])
def test_of_a_list_only_the_last_item_stays_with_the_tail(name: str) -> None:
    """A list that stays together as a whole would leave half a page before it."""
    body = body_of((TEMPLATES / f"{name}.docx").read_bytes())
    texts = [(p, "".join(map(str, p.itertext()))) for p in body.iter(f"{W}p")]
    items = [kept(paragraph) for paragraph, text in texts if "加快{{ 项.名称" in text]
    assert items == [False, True]


@pytest.mark.parametrize("name", ["全市", "县区"])
def test_the_table_of_groups_stays_on_one_page(name: str) -> None:
    """All its rows stay together, but need not with the chart after it."""
    body = body_of((TEMPLATES / f"{name}.docx").read_bytes())
    (table,) = (
        t for t in body.iter(f"{W}tbl") if "{{ 层.名称 }}" in "".join(map(str, t.itertext()))
    )
    rows = ["".join(map(str, row.itertext())) for row in table.iterfind(f"{W}tr")]
    held = [
        all(kept(paragraph) for paragraph in row.iter(f"{W}p"))
        for row, text in zip(table.iterfind(f"{W}tr"), rows, strict=True)
        if "{%" not in text
    ]
    after = table.getnext()
    assert held == [True, True, True]
    assert after.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "SectionEnd"
    assert not kept(after)
