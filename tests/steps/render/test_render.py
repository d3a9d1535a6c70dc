"""From a bulletin and a template to a Word document: safe, strict, the same bytes each time (issue 6)."""

import io
import os
import re
import subprocess
import sys
import zipfile
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from flows.steps.compose import compose, names_of
from flows.steps.model import Field, Record, UserError
from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render import Renderer
from flows.steps.render.language import Language
from flows.steps.render.template import prepare
from flows.steps.wording.phrases import Count, Fitted, Rate
from schemas.columns import Level
from templates.build.charts import ChartDesign, add_chart
from tests.support.documents import as_text, lines_of, parts_of, tables_of
from tests.support.reports import bulletin_of, small_report
from tests.support.wordfiles import TEMPLATES, document, folder, grid


def record(**values: Any) -> Record:
    """Return a record of fixed values."""
    return Record({name: Field(name, "", "", itemgetter(name)) for name in values}, values)


def filled(template: bytes, **values: Any) -> bytes:
    """Return what a template gives with some values."""
    return prepare("测试.docx", template).filled(record(**values), {})


def said(template: bytes, **values: Any) -> list[str]:
    """Return the paragraphs that a template gives with some values."""
    return [line.text for line in lines_of(filled(template, **values)) if line.text]


def test_tags_conditions_and_loops_are_filled_in() -> None:
    """In paragraphs and in table rows, as docxtpl's language has them."""
    counties = (record(名称="甲县", 率=Rate(None)), record(名称="乙县", 率=1))
    template = document("{%p for 县 in 各县 %}", "{{ loop.index }}{{ 县.名称 }}{% if not loop.last %}；{% endif %}", "{%p endfor %}",
                        "{%p if 空 %}", "没有", "{%p endif %}", grid(("{%tr for 县 in 各县 %}",), ("{{ 县.名称 }}", "{{ 县.率 }}"), ("{%tr endfor %}",)))  # fmt: skip
    document_ = filled(template, 各县=counties, 空=())
    assert [line.text for line in lines_of(document_) if line.text and not line.table] == [
        "1甲县；",
        "2乙县",
    ]
    assert tables_of(document_) == [[["甲县", "—"], ["乙县", "1"]]]


def test_the_shipped_templates_say_what_docxtpl_itself_would_make_them_say() -> None:
    """Making a template ready once gives the text that docxtpl gives, opening it each time."""
    bulletin = compose(small_report(), "city", "示例市")
    template = DocxTemplate(TEMPLATES / "全市.docx")
    template.render(dict(bulletin.context), Language())
    buffer = io.BytesIO()
    template.save(buffer)
    assert as_text(
        Renderer([TEMPLATES]).render(bulletin_of(small_report(), "city", "示例市"))
    ) == as_text(buffer.getvalue())


HOSTILE = (
    "<w:p/>",
    "&amp;",
    "a & b < c > \" '",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "\x00\x0b\x1f\ufffe\ud800甲",
    "一\n二\t三",
    "]]>",
    "=1+1",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_ledger_says_stays_text(text: str) -> None:
    """Markup and tags in data are printed, what XML forbids is left out, line breaks become blanks."""
    expected = (
        text.encode("utf-8", "ignore")
        .decode()
        .translate({0: None, 0x0B: None, 0x1F: None, 0xFFFE: None})
        .replace("\n", " ")
        .replace("\t", " ")
    )
    assert said(document("前{{ 名 }}后"), 名=text) == [f"前{expected}后"]


@given(st.text(st.characters(codec=None), max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_a_document(text: str) -> None:
    """Whatever stands in a ledger, the document's XML is whole."""
    etree.fromstring(parts_of(filled(TEXT, 名=text))["word/document.xml"])


TEXT = document("{{ 名 }}", grid(("{{ 名 }}",)))


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("{{ 没有 }}", "正文第2段的 {{ 没有 }}：没有名称“没有”"),
        ("{{ 单位.率 }}", "正文第2段的 {{ 单位.率 }}：没有名称“率”"),
        ("{{ 单位 }}", "正文第2段的 {{ 单位 }}：没有名称“人数”"),
        ("{{ 名 | 百分比 }}", "正文第2段的 {{ 名 | 百分比 }}：“甲”不能用所写的格式"),
        ("{{ 名() }}", "正文第2段：{{ 名() }} 不能调用函数，也不能访问程序内部。原文：{{ 名() }}"),
        (
            "{{ 名 ",
            "正文第2段：标记没有写完整：{{ 要有 }}，{% 要有 %}，中间不能换段，两个符号之间不能有空格。原文：{{ 名 ",
        ),
        ("{{ 名 / 0 }}", "正文第2段的 {{ 名 / 0 }}：所写的运算与数据不符"),
        (
            "{{ 1 / 0 }}",
            "正文第2段的 {{ 1 / 0 }}：除数为0，算不出来；请先用 {% if … %} 判断除数不为0，或另写一句话",
        ),
        (
            "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
            "正文第2段：{{ "
            + "(" * 197
            + "… 括号套得太深或数字太长，请改短。原文：{{ "
            + "(" * 37
            + "…",
        ),
        (
            "{{ " + "9" * 1990 + "+" + "9" * 5000 + " }}",
            "正文第2段：{{ "
            + "9" * 197
            + "… 标记太长，超过 2000 个字符，请分成几个。原文：{{ "
            + "9" * 37
            + "…",
        ),
    ],
)
def test_a_faulty_template_is_told_in_chinese(tag: str, reason: str) -> None:
    """A run that meets a fault says which, and sends the office to the check."""
    with pytest.raises(UserError) as told:
        filled(document("首段", tag, "结尾"), 名="甲", 单位=record(人数=1))
    assert (
        str(told.value)
        == f"模板“测试.docx”有错：{reason}。请用 bulletin template check 检查该模板，按批注改正后再运行"
    )


def test_tags_may_hold_quotes_as_entities() -> None:
    """Some programs write the quotes in a tag so when they save the template."""
    text = "<w:p><w:r><w:t>{{ 各县 | 列举(&apos;率&apos;) }}，{% if 名 == &quot;甲&quot; %}是{% endif %}</w:t></w:r></w:p>"
    assert said(document(text), 名="甲", 各县=(record(名称="乙", 率=1),)) == ["乙（1），是"]


@pytest.mark.parametrize(
    "tag",
    [
        "{{ 名.__class__ }}", "{{ 名.__class__.__mro__ }}", "{{ ''.__class__ }}", "{{ 名['__class__'] }}", "{{ 名.format() }}", "{{ 名.upper }}",
        "{{ 各县.append(1) }}", "{{ 各县 | attr('__class__') }}", "{{ 名 | safe }}", "{{ range(9) }}", "{{ lipsum() }}", "{{ self }}",
        "{{ 名 * 1000000000 }}", "{{ 9 ** 9 ** 9 }}", "{{ cycler.__init__.__globals__ }}", "{{ config }}", "{{ 单位.fields }}", "{{ 单位._subject }}",
        "{% autoescape false %}{{ 名 }}{% endautoescape %}", "{{ '%9999999999d' % 1 }}", "{%p include '/etc/passwd' %}", "{%p import 'os' as os %}", "{%p macro x() %}", "{%p extends 'x' %}", "{{ 1 / 0 }}", "{{ 没有 }}", "{{ 单位.没有 }}",
        "{{ 名 | 没有 }}", "{{ 各县 | 列举('没有') }}", "{{ 名 | 百分比 }}", "{{ 各县.0 }}",
    ],
)  # fmt: skip
def test_a_template_reaches_nothing_but_the_values_it_is_given(tag: str) -> None:
    """No internals, no calls, no other files, no huge results, no undefined names: the office is told to check the template."""
    with pytest.raises(UserError, match=r"模板“测试\.docx”有错"):
        filled(
            document("正文", tag, "结尾"),
            名="甲",
            各县=(record(名称="乙"),),
            单位=record(名称="丙"),
        )


def test_a_tag_that_formatting_has_split_is_mended() -> None:
    """Word spreads a tag over several runs where a part of it was formatted or spell-checked."""
    split = '<w:p><w:r><w:t>{</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{ 全</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>市.率</w:t></w:r>'
    split += '<w:r><w:t xml:space="preserve"> }</w:t></w:r><w:r><w:t>}。</w:t></w:r></w:p>'
    assert said(document(split), 全市=record(率=Count(5))) == ["5。"]


def test_a_cell_that_a_condition_empties_stays_a_cell() -> None:
    """A table cell without a paragraph would make Word call the file damaged."""
    cell = '<w:tbl><w:tblPr><w:tblW w:w="100" w:type="dxa"/></w:tblPr><w:tblGrid><w:gridCol w:w="100"/></w:tblGrid><w:tr><w:tc><w:tcPr>'
    cell += '<w:tcW w:w="100" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>{%p if 有 %}</w:t></w:r></w:p><w:p><w:r><w:t>字</w:t></w:r></w:p>'
    cell += "<w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    assert [tables_of(filled(document(cell), 有=value)) for value in (True, False)] == [
        [[["字"]]],
        [[[""]]],
    ]


def test_columns_that_a_loop_adds_get_their_place_in_the_grid() -> None:
    """The table's grid has as many columns as its rows."""
    root = etree.fromstring(
        parts_of(
            filled(
                document(grid(("{%tc for 县 in 各县 %}", "{{ 县 }}", "{%tc endfor %}"))),
                各县=("甲", "乙", "丙", "丁"),
            )
        )["word/document.xml"]
    )
    assert len(list(root.iter("{*}gridCol"))) == 4
    assert ["".join(c.itertext()) for c in root.iter("{*}tc")] == ["甲", "乙", "丙", "丁"]


@pytest.mark.parametrize(
    ("place", "length", "style"),
    [("报头", 7, "HeadName60"), ("报头", 8, "HeadName48"), ("报头", 17, "HeadName36n"), ("报头", 24, "HeadName28n"), ("报头", 60, "HeadName22n"),
     ("编发单位", 12, "HeadOffice"), ("编发单位", 25, "HeadOfficeNarrow"), ("编发单位", 40, None)],
)  # fmt: skip
def test_a_head_is_set_in_the_style_of_its_length(
    place: str, length: int, style: str | None
) -> None:
    """By the template's own character styles; what is too long for all of them wraps."""
    root = etree.fromstring(
        parts_of(filled(document("前{{ 名 }}后"), 名=Fitted("长" * length, place)))[
            "word/document.xml"
        ]
    )
    styles = [
        run.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}val")
        for run in root.iter("{*}rStyle")
    ]
    assert styles == ([style] if style else [])
    assert "".join(root.itertext()) == f"前{'长' * length}后"


def test_the_campaigns_own_template_goes_before_the_shipped_one(tmp_path: Path) -> None:
    """Of the folders the first that has a template counts, for each template by itself."""
    own = folder(tmp_path, 县区=document("本县：{{ 本县.名称 }}。"))
    renderer = Renderer([own, TEMPLATES])
    county = renderer.render(bulletin_of(small_report(), "county", "东浥区"))
    city = renderer.render(bulletin_of(small_report(), "city", "示例市"))
    assert [line.text for line in lines_of(county)] == ["本县：东浥区。"]
    assert len(lines_of(city)) > 50


def test_a_missing_template_is_told_with_the_folders_searched(tmp_path: Path) -> None:
    """The office reads which template is wanted, and where it was looked for."""
    with pytest.raises(UserError, match=r"没有模板“全市\.docx”"):
        Renderer([tmp_path]).render(bulletin_of(small_report(), "city", "示例市"))


def test_equal_bulletins_are_equal_bytes_and_carry_no_time() -> None:
    """A second renderer, another compose: the same file; every part of it dated 1980."""
    first, second = (
        Renderer([TEMPLATES]).render(bulletin_of(small_report(), "county", "东浥区"))
        for _ in range(2)
    )
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert len(set(package.namelist())) == len(package.namelist())
    assert b"dcterms" not in parts_of(first)["docProps/core.xml"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_bytes_depend_on_no_time_zone_hash_seed_or_locale(zone: str) -> None:
    """Other processes on other machines make the same file."""
    code = ("import hashlib; from tests.support.reports import bulletin_of, small_report; from tests.support.wordfiles import TEMPLATES\n"
            "from flows.steps.render import Renderer\n"
            "print(hashlib.sha256(Renderer([TEMPLATES]).render(bulletin_of(small_report(), 'city', '示例市'))).hexdigest())")  # fmt: skip
    here = (
        __import__("hashlib")
        .sha256(Renderer([TEMPLATES]).render(bulletin_of(small_report(), "city", "示例市")))
        .hexdigest()
    )
    env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": "7", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=env,
        cwd=TEMPLATES.parent,
    )
    assert done.stdout.strip() == here


def test_unchanged_parts_are_the_templates_own() -> None:
    """Styles, settings, footers: byte for byte what the office has made of them."""
    template, made = (
        parts_of((TEMPLATES / "全市.docx").read_bytes()),
        parts_of(Renderer([TEMPLATES]).render(bulletin_of(small_report(), "city", "示例市"))),
    )
    changed = {name for name in template if template[name] != made[name]}
    assert set(made) == set(template)
    assert changed == {
        "docProps/core.xml",
        "word/document.xml",
        *(
            f"word/{kind}{n}.{ext}"
            for n in (1, 2, 3)
            for kind, ext in (("charts/chart", "xml"), ("embeddings/Microsoft_Excel_Sheet", "xlsx"))
        ),
    }


def test_no_bulletin_carries_a_tag_or_a_person() -> None:
    """Nothing of the template language is left over; a masked ID number of a fault is not in any part."""
    renderer = Renderer([TEMPLATES])
    for level in ("city", "county", "enterprise"):
        for name in names_of(small_report(), level):
            whole = b"".join(
                parts_of(renderer.render(bulletin_of(small_report(), level, name))).values()
            )
            assert not any(sign in whole for sign in (b"{{", b"{%", b"2830"))


@given(st.dictionaries(st.text("ab/.", min_size=1, max_size=6), st.binary(max_size=40), max_size=4))
def test_a_package_written_is_the_package_read(parts: dict[str, bytes]) -> None:
    """Whole, and in two steps; the order is kept."""
    names = [name for name in parts if not name.endswith("/")]
    pairs = [(name, parts[name]) for name in names]
    assert list(read_parts(write_parts(pairs)).items()) == pairs
    if pairs:
        assert list(read_parts(write_parts(pairs[1:], write_parts(pairs[:1]))).items()) == pairs


@pytest.mark.parametrize("level", ["city", "county", "enterprise"])
def test_a_document_is_a_whole_package(level: Level) -> None:
    """Every part has a content type, every relationship a target, every drawing its own id, every reference its relationship."""
    parts = parts_of(
        Renderer([TEMPLATES]).render(
            bulletin_of(small_report(), level, names_of(small_report(), level)[0])
        )
    )
    types = etree.fromstring(parts["[Content_Types].xml"])
    known = {e.get("PartName") for e in types.iter("{*}Override")} | {
        e.get("Extension") for e in types.iter("{*}Default")
    }
    assert all(f"/{name}" in known or name.rsplit(".", 1)[-1] in known for name in parts)
    for name in [n for n in parts if n.endswith(".rels")]:
        source = name.replace("_rels/", "").removesuffix(".rels")
        links = {
            e.attrib["Id"]: e.attrib["Target"]
            for e in etree.fromstring(parts[name]).iter("{*}Relationship")
        }
        assert all(
            os.path.normpath(Path(source).parent / str(target)) in parts
            for target in links.values()
        )
        used = (
            set(re.findall(r'r:(?:id|embed)="([^"]+)"', parts[source].decode()))
            if source in parts
            else set()
        )
        assert used <= set(links)
    ids = re.findall(r'<wp:docPr id="(\d+)"', parts["word/document.xml"].decode())
    assert len(ids) == len(set(ids)) > 0


def test_a_drawing_that_a_loop_repeats_gets_its_own_ids() -> None:
    """Word calls a document with two drawings of one id damaged."""
    chart = partial(add_chart, design=ChartDesign("图表:不变", "bar", "", (), 100))
    xml = parts_of(
        filled(document("{%p for 县 in 各县 %}", chart, "{%p endfor %}"), 各县=("甲", "乙", "丙"))
    )["word/document.xml"].decode()
    assert re.findall(r'<wp:docPr id="(\d+)"', xml) == ["1", "2", "3"]


def test_a_head_finds_its_style_by_name_when_a_program_has_given_new_ids() -> None:
    """WPS numbers the styles anew when it saves a template."""
    parts = read_parts(document("{{ 名 }}"))
    parts["word/styles.xml"] = parts["word/styles.xml"].replace(
        b'w:styleId="HeadName60"', b'w:styleId="27"'
    )
    made = parts_of(filled(write_parts(parts.items()), 名=Fitted("短名", "报头")))[
        "word/document.xml"
    ].decode()
    assert re.findall(r'rStyle w:val="([^"]+)"', made) == ["27"]
