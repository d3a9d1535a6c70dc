"""Numbers that link to their places in 核对.html: what is linked, in what looks, and the links taken out again."""

from fractions import Fraction
from operator import itemgetter
from typing import Any

import pytest
from lxml import etree

from flows.steps.model import Field, Record
from flows.steps.ooxml import parsed, read_parts, relationship_id, write_parts
from flows.steps.render.links import without_links
from flows.steps.render.package import W
from flows.steps.render.template import prepare
from flows.steps.wording.phrases import Count, Points, Rate
from tests.support.documents import as_text, parts_of
from tests.support.wordfiles import document, grid

PAGE = "../核对.html"
MAIN, RELATED = "word/document.xml", "word/_rels/document.xml.rels"
VALUES: dict[str, Any] = {
    "数": Count(820, change=12, source="c3-retirees"),
    "新": Count(820, change=820, basis="new", source="c3-retirees"),
    "多": Count(41_900, source="all-retirees"),
    "率": Rate(Fraction(1, 4), Fraction(1, 8), source="c3-rate-agreement"),
    "差": Points(Fraction(1, 8), source="c3-rate-agreement"),
    "无": Count(7),
    "名": "东浥区",
}
CONTEXT = Record({name: Field(name, "", "", itemgetter(name)) for name in VALUES}, VALUES)
COUNT, RATE = "c3-retirees", "c3-rate-agreement"
# The template's paragraph, the places linked to with the text of each link.
CASES = [
    ("共{{ 数 }}人", [(COUNT, "820")]),
    ("{{ 数 }}", [(COUNT, "820")]),
    ("{{ 率 }}和{{ 数 }}", [(RATE, "25.00%"), (COUNT, "820")]),
    ("{{ 数 | 人数 }}，{{ 率 | 百分比 }}", [(COUNT, "820人"), (RATE, "25.00%")]),
    ("{{ 多 | 万 }}", [("all-retirees", "4.19万")]),
    ("{{ 差 }}，{{ 差 | 百分点 }}", [(RATE, "+12.50"), (RATE, "12.50个百分点")]),
    ("{{ 率 | 环比 }}", [(RATE, "比上月提高12.50个百分点")]),
    ("{{ 数 | 环比 }}", [(COUNT, "比上月增加12人")]),
    ("{{ 新 | 环比 }}", []),
    ("{{ 名 }}{{ 无 }}{{ 数 + 1 }}{{ 数 ~ '人' }}", []),
]


def filled(template: bytes, page: str = PAGE) -> bytes:
    """Return what a template gives, with numbers linked to a page."""
    return prepare("测试.docx", template).filled(CONTEXT, {}, page)


def links_in(content: bytes) -> list[tuple[str, str]]:
    """Return the links of a document: place and text."""
    links = parsed(parts_of(content)[MAIN]).iter(f"{W}hyperlink")
    return [(x.get(f"{W}anchor", ""), "".join(map(str, x.itertext()))) for x in links]


@pytest.mark.parametrize(("paragraph", "links"), CASES)
def test_which_numbers_are_linked(paragraph: str, links: list[tuple[str, str]]) -> None:
    """Those with a place, as filters print them; the text and the rest of the file stay as without links."""
    template = document(paragraph, grid((paragraph, "{{ 名 }}")))
    linked, plain = filled(template), filled(template, "")
    assert links_in(linked) == links * 2
    assert links_in(plain) == []
    assert as_text(linked) == as_text(plain)
    assert linked == filled(template)
    before, after = parts_of(plain), parts_of(linked)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == ({MAIN, RELATED} if links else set())
    assert as_text(without_links(linked, "核对.html")) == as_text(plain)


def test_the_page_is_found_beside_the_folder() -> None:
    """One relationship, to an outside address relative to the document."""
    related = parsed(parts_of(filled(document("{{ 数 }}{{ 率 }}")))[RELATED])
    outside = [dict(x.attrib) for x in related if x.get("TargetMode") == "External"]
    assert [(x["Target"], x["Type"].rpartition("/")[2]) for x in outside] == [
        ("../%E6%A0%B8%E5%AF%B9.html", "hyperlink")
    ]


def with_body(inner: str) -> bytes:
    """Return a template with the runs of one paragraph."""
    parts = read_parts(document("运行"))
    body = parts[MAIN].decode()
    start = body.index("<w:r>") if "<w:r>" in body else body.index("<w:r ")
    end = body.rindex("</w:r>") + len("</w:r>")
    return write_parts((parts | {MAIN: (body[:start] + inner + body[end:]).encode()}).items())


BOLD = "<w:rPr><w:b/></w:rPr>"
LINK = f'<w:hyperlink w:anchor="x"><w:r>{BOLD}<w:t>{{{{ 数 }}}}</w:t></w:r></w:hyperlink>'
FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{{ 数 }}</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>{{ 率 }}</w:t></w:r>'
)
# The runs of a paragraph, the runs of the finished one: its text, whether it is linked, whether it is bold.
RUNS = [
    (f"<w:r>{BOLD}<w:t>共{{{{ 数 }}}}人</w:t></w:r>", [("共", False, True), ("820", True, True), ("人", False, True)]),
    (f"<w:r>{BOLD}<w:t>{{{{ 数 }}}}</w:t><w:tab/><w:t>后</w:t></w:r>", [("820", True, True), ("后", False, True)]),
    (LINK, [("820", False, True)]),
    (FIELD, [("820", False, False), ("25.00%", True, False)]),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "expected"), RUNS)
def test_the_look_stays(inner: str, expected: list[tuple[str, bool, bool]]) -> None:
    """The pieces keep the looks of their run; inside of another link or a field a number stays plain."""
    root = parsed(parts_of(filled(with_body(inner)))[MAIN])
    found = []
    for run in root.iter(f"{W}r"):
        text = "".join(x.text or "" for x in run.iter(f"{W}t"))
        parent = run.getparent()
        is_linked = parent is not None and bool(relationship_id(parent))
        if text:
            found.append((text, is_linked, run.find(f"{W}rPr/{W}b") is not None))
    assert found == expected


def field(code: str) -> str:
    """Return the runs of a field around a number."""
    marks = [f'<w:r><w:fldChar w:fldCharType="{x}"/></w:r>' for x in ("begin", "separate", "end")]  # fmt: skip
    number = "<w:r><w:t>820</w:t></w:r>"
    return f"{marks[0]}<w:r><w:instrText>{code}</w:instrText></w:r>{marks[1]}{number}{marks[2]}"


# What another program has made of a link; whether it is one to the page.
AFTERWARDS = [
    (field('HYPERLINK "../核对.html" \\l "c3-retirees"'), True),
    (field('HYPERLINK "..\\\\%E6%A0%B8%E5%AF%B9.html#c3-retirees"'), True),
    ('<w:fldSimple w:instr=\' HYPERLINK "../核对.html" \'><w:r><w:t>820</w:t></w:r></w:fldSimple>', True),
    (field('HYPERLINK "别的.html"'), False),
    (field("PAGE"), False),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "ours"), AFTERWARDS)
def test_links_that_another_program_wrote_go_too(inner: str, ours: bool) -> None:
    """A field to the page leaves its number; other fields stay, and the file with them byte for byte."""
    content = with_body(f"<w:r><w:t>共</w:t></w:r>{inner}")
    again = without_links(content, "核对.html")
    assert as_text(again) == as_text(content)
    kept = etree.tostring(parsed(parts_of(again)[MAIN])).decode()
    assert (again == content, "fldChar" in kept or "fldSimple" in kept) == (not ours, not ours)
    assert without_links(again, "核对.html") is again
