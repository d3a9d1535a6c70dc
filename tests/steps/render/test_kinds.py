"""Kinds of faults that check and run refuse alike, and looks of the clerk that stay."""

from functools import partial
from pathlib import Path

import pytest
from lxml import etree

from flows.steps.files import PlannedFile, PublishError, StagedFolder
from flows.steps.model import Chart, UserError
from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render import Renderer
from flows.steps.render.faults import NO_TAG, SAME_TEXT, find_faults, find_notes
from flows.steps.render.package import W, open_template
from flows.steps.render.template import prepare
from flows.steps.wording.phrases import Fitted
from templates.build.charts import ChartDesign, add_chart
from tests.support.documents import parts_of
from tests.support.reports import bulletin_of, small_report
from tests.support.wordfiles import Piece, document, folder, grid

LIST = {"各县": ("甲", "乙"), "名": "丙", "空": ()}
BREAK, SECTION = '<w:br w:type="page"/>', "<w:pPr><w:sectPr/></w:pPr>"


def tagged(tag: str, before: str = "", beside: str = "") -> str:
    """Return a paragraph with a tag and something of Word's before or beside it."""
    return f"<w:p>{before}<w:r><w:t>{tag}</w:t>{beside}</w:r></w:p>"


CHART = partial(add_chart, design=ChartDesign("图表:甲", "bar", "类别", ["甲率"], 3000))
NAMED = {"图表:甲": Chart(["一"], {"甲率": [None]})}


@pytest.mark.parametrize(
    ("pieces", "where", "words"),
    [
        ((tagged("{%p if 名 %}", SECTION), "甲", "{%p endif %}"), "正文第1段", "还有分节符，会随标记一起丢失"),
        (("{%p if 名 %}", "甲", tagged("{%p endif %}", beside=BREAK)), "正文第3段", "还有分页符，会随标记一起丢失"),
        ((tagged("{%p if 名 %}", beside="<w:pict/>"), "甲", "{%p endif %}"), "正文第1段", "还有图片或图形，会随标记一起丢失"),
        ((tagged("{%p if 名 %}", beside='<w:footnoteReference w:id="2"/>'), "{%p endif %}"), "正文第1段", "还有脚注，会随标记一起丢失"),
        (("{{p 名 }}",), "正文第1段", "{{p 名 }} 不能带前缀 p，请写成 {{ 名 }}"),
        (("{{r 名 }}",), "正文第1段", "{{r 名 }} 不能带前缀 r，请写成 {{ 名 }}"),
        (("{%p if 名 %}", grid(("{%p endif %}",))), "正文表格1第1行第1格", "不在同一处"),
        ((grid(("甲{%tc for 县 in 各县 %}", "{{ 县 }}", "{%tc endfor %}")),), "正文表格1第1行第1格", "要独占一格"),
        (("{%p if 名 %}", "{% else %}", "乙", "{%p endif %}"), "正文第2段", "写法不一致"),
        (("没有标记",), "全文", "没有一个标记"),
        (("{{ 名 }}", '<w:p><w:r><w:instrText> IF {{ 名 | 没有 }} </w:instrText></w:r></w:p>'), "正文第2段", "域里：没有格式“没有”"),
        (("{%p for 县 in 各县 %}", CHART, "{%p endfor %}"), "正文第2段", "图表放在循环里"),
        (("{{ [名, 名] }}",), "正文第1段", "不能自己拼列表"),
        (("{{ 名 }}", '<w:p><w:r><w:instrText> INCLUDEPICTURE "d:/a.png" </w:instrText></w:r></w:p>'), "全文", "取用别的文件"),
    ],
)  # fmt: skip
def test_check_and_run_refuse_the_same(pieces: tuple[Piece, ...], where: str, words: str) -> None:
    """With the place; both by the same code."""
    template = document(*pieces)
    faults = find_faults(open_template("县区.docx", template))
    assert any(f.where == where and words in f.message for f in faults), [str(f) for f in faults]
    with pytest.raises(UserError, match="有错"):
        prepare("县区.docx", template)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ("{% set x = 'ab' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}", "过大"),
        ("{% set x = 1 %}" + "{% set x = x + x %}" * 90 + "{{ x }}", "过大"),
        ("{% for a in 各县 %}" * 20 + "{{ a }}" + "{% endfor %}" * 20, "过大|套得太深"),
        ("{% for a in 各县 %}" * 30 + "{{ a }}" + "{% endfor %}" * 30, "过大|套得太深"),
    ],
    ids=["doubled text", "doubled number", "loops in loops", "more loops than Python nests"],
)
def test_a_template_is_bounded(tags: str, words: str) -> None:
    """Whatever it asks for ends soon, in a Chinese sentence."""
    with pytest.raises(UserError, match=words):
        prepare("县区.docx", document(tags)).filled(LIST, {})


@pytest.mark.parametrize(
    ("text", "refused"),
    [("{ 名 }", True), ("{名}", True), ("{附件}", False), ("{ {{ 名 }} }", False)],
)
def test_a_name_between_single_braces_is_refused(text: str, refused: bool) -> None:
    """If it is a name at all; other braces are the office's own."""
    prepared = prepare("县区.docx", document("{{ 名 }}", text))
    if refused:
        with pytest.raises(UserError, match="只有一层大括号"):
            prepared.filled(LIST, {})
    else:
        assert prepared.filled(LIST, {})


@pytest.mark.parametrize(
    "tag", ["{{　名　}}", "{{ \u200b名 }}", "{{\u00a0名 }}", "{%　if 名　%}丙{% endif %}"]
)
def test_blanks_and_invisible_characters_in_tags_are_read_as_meant(tag: str) -> None:
    """They come from a Chinese keyboard and from web pages."""
    made = parts_of(prepare("县区.docx", document(tag)).filled(LIST, {}))
    assert ">丙<" in made["word/document.xml"].decode()


def test_tags_in_fields_and_attributes_know_the_loops_around_them() -> None:
    """A name of the loop may stand there, another one is told."""
    inside = "<w:p><w:r><w:instrText> IF {{ 县 }}{{ 市 }} </w:instrText></w:r></w:p>"
    package = open_template("县区.docx", document("{%p for 县 in 各县 %}", inside, "{%p endfor %}"))
    assert [(f.where, f.message) for f in find_faults(package, LIST)] == [
        ("正文第2段", "域里：没有名称“市”")
    ]


def test_looks_set_by_hand_on_a_tag_stay_on_its_value() -> None:
    """Colour and font are the clerk's, the character style for the length comes beside them."""
    looks = '<w:rPr><w:rFonts w:eastAsia="华文中宋"/><w:color w:val="C00000"/></w:rPr>'
    template = document(f"<w:p><w:r>{looks}<w:t>前{{{{ 名 }}}}后</w:t></w:r></w:p>")
    made = parts_of(prepare("县区.docx", template).filled({"名": Fitted("简报", "报头")}, {}))
    runs = list(etree.fromstring(made["word/document.xml"]).iter(f"{W}r"))
    seen = [
        ("".join(r.itertext()), [etree.QName(e).localname for e in r.iterfind(f"{W}rPr/*")])
        for r in runs
    ]
    assert seen[:3] == [
        ("前", ["rFonts", "color"]),
        ("简报", ["rStyle", "rFonts", "color"]),
        ("后", ["rFonts", "color"]),
    ]


def test_a_fitted_text_in_an_attribute_or_a_property_is_plain() -> None:
    """No run can stand there."""
    parts = read_parts(
        document("{{ 名 }}", '<w:p><w:pPr><w:pStyle w:val="{{ 名 }}"/></w:pPr></w:p>')
    )
    core = parts["docProps/core.xml"].decode()
    parts["docProps/core.xml"] = core.replace("测试", "{{ 名 }}").encode()
    template = write_parts(parts.items())
    made = parts_of(prepare("县区.docx", template).filled({"名": Fitted("简报", "报头")}, {}))
    assert 'w:pStyle w:val="简报"' in made["word/document.xml"].decode()
    assert ">简报</dc:title>" in made["docProps/core.xml"].decode()


@pytest.mark.parametrize(
    ("part", "old", "new", "faults", "notes"),
    [
        ("docProps/core.xml", "测试", "{{ 名 }}", [], [SAME_TEXT]),
        ("word/charts/chart1.xml", "甲", "{{ 名 }}", [], []),
        ("docProps/core.xml", "测试", "简报", [NO_TAG], []),
    ],
)
def test_a_tag_anywhere_makes_a_template(
    part: str, old: str, new: str, faults: list[str], notes: list[str]
) -> None:
    """The document's title is a place for one, too, but what is read would be the same."""
    parts = read_parts(document(CHART if "chart" in part else "没有标记"))
    parts[part] = parts[part].decode().replace(old, new, 1).encode()
    package = open_template("县区.docx", write_parts(parts.items()))
    assert [fault.message for fault in find_faults(package, {"名": "简报"})] == faults
    assert find_notes(package) == notes


def chart_template(old: str = "", new: str = "", part: str = "word/charts/chart1.xml") -> bytes:
    """Return a template with one chart, something in one of its parts replaced."""
    parts = read_parts(document(CHART))
    text = parts[part].decode()
    assert old in text
    parts[part] = text.replace(old, new, 1).encode()
    return write_parts(parts.items())


RELS = "word/charts/_rels/chart1.xml.rels"
LABEL = '<c:dLbl><c:idx val="0"/><c:tx><c:rich><a:p xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:r><a:t>72.35%</a:t></a:r></a:p></c:rich></c:tx></c:dLbl>'


def test_typed_labels_and_links_of_charts_do_not_travel() -> None:
    """A typed label shows its value again; a linked workbook is replaced by one inside."""
    labelled = chart_template("<c:cat>", f"<c:dLbls>{LABEL}</c:dLbls><c:cat>")
    made = parts_of(prepare("县区.docx", labelled).filled({}, NAMED))
    assert b"72.35" not in made["word/charts/chart1.xml"]
    assert find_notes(open_template("县区.docx", labelled)) == [
        "图表“图表:甲”有手工输入的数据标签“72.35%”，生成时改为显示实际数值"
    ]
    linked = chart_template('Target="', 'TargetMode="External" Target="file:///d:/五月', RELS)
    made = parts_of(prepare("县区.docx", linked).filled({}, NAMED))
    assert "五月" not in made[RELS].decode()
    assert b"External" not in made[RELS]
    assert made["word/embeddings/Chart_Data_1.xlsx"].startswith(b"PK")


def test_a_document_that_cannot_be_made_is_told_by_name_and_costs_no_other(tmp_path: Path) -> None:
    """The message names document, template and paragraph; the folder has the others."""
    own = folder(
        tmp_path / "模板", 县区=document("首段", "{{ 本县.名称 }}{{ 1 / (本县.名次 - 本县.名次) }}")
    )
    renderer = Renderer([own])
    bulletin = bulletin_of(small_report(), "county", "东浥区")
    planned = [PlannedFile("a", partial(renderer.render, bulletin)), PlannedFile("b", lambda: b"b")]
    with StagedFolder(tmp_path / "月", "key") as staging:
        staging.fill(planned)
        staging.publish()
    assert list(staging.digests) == ["b"]
    assert staging.undone["a"].startswith(
        "“东浥区”的文件没有编成：模板“县区.docx”有错：正文第2段的 {{ 1 / (本县.名次"
    )

    def full() -> bytes:
        raise PublishError("磁盘已满")

    with pytest.raises(PublishError), StagedFolder(tmp_path / "满", "key") as staging:
        staging.fill([PlannedFile("a", full)])
