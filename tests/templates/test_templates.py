"""The shipped templates and the office's tools for them: built, checked, commented, previewed, listed (issue 6)."""

import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from docx import Document as WordDocument
from jinja2 import nodes

from flows.campaign.template_check import (
    chart_list,
    check_template,
    commented_copy,
    field_list,
    preview,
)
from flows.steps.compose.vocabulary import level_titles, sample_bulletin
from flows.steps.model import UserError
from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render.language import FILTERS, Language
from schemas.shipped import shipped
from templates.build.__main__ import BUILDERS
from templates.build.charts import ChartDesign, add_chart
from tests.support.documents import as_text, parts_of
from tests.support.wordfiles import TEMPLATES, Piece, document, folder, grid

SHIPPED = ("全市", "县区", "企业", "退回通知", "回执")


@pytest.mark.parametrize("name", BUILDERS)
def test_a_shipped_template_is_what_the_builder_makes(name: str) -> None:
    """Part by part; after a change of the builder or the vocabulary: make templates."""
    assert parts_of((TEMPLATES / name).read_bytes()) == parts_of(BUILDERS[name]())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_template_has_no_fault_and_can_be_previewed(name: str) -> None:
    """As it comes it passes its own check."""
    path = TEMPLATES / f"{name}.docx"
    assert [str(fault) for fault in check_template(path, shipped())] == []
    assert len(as_text(preview(path, shipped()))) > 500


def checked(tmp_path: Path, *pieces: Piece, name: str = "全市") -> list[tuple[str, str]]:
    """Return where the faults of a template are and what they say."""
    path = folder(tmp_path, **{name: document(*pieces)}) / f"{name}.docx"
    return [(fault.where, fault.message) for fault in check_template(path, shipped())]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ 全市.协议签约率 }}", "“全市”没有“协议签约率”，是否应为“协议签订率”"),
        ("{{ 全市区.协议签订率 }}", "没有名称“全市区”，是否应为“全市”"),
        ("{{ 进度 }}", "{{ 进度 }} 要写明是其中哪一项：序时进度、启动日、交接截止日、验收截止日、剩余天数、超期天数、验收剩余天数、启动前、交接期内、截止当日、交接期后、验收期后、可倒排"),
        ("{{ 全市.协议签订率 | 百分比例 }}", "没有格式“百分比例”，是否应为“百分比”；可用的有：百分比、人数、百分点、环比、名次、万、列举、个数、汉字"),
        ("｛｛ 全市.协议签订率 ｝｝", "用了全角的大括号或百分号，请改成半角的 {{ }} 或 {% %}"),
        ("{{ 各县 | 列举(“名次”) }}", "{{ 各县 | 列举(“名次”) }} 里用了中文引号，请改成英文引号 '"),
        ("{{ 各县 | 列举('位次') }}", "“各县”中每一个都没有“位次”，是否应为“名次”"),
        ("{{ 全市.协议签订率 ｜ 环比 }}", "{{ 全市.协议签订率 ｜ 环比 }} 标记里用了全角符号“｜”，请改成半角“|”"),
        ("{{ 全市．协议签订率 }}", "{{ 全市．协议签订率 }} 标记里用了全角符号“．”，请改成半角“.”"),
        ("{{ 全市。协议签订率 }}", "{{ 全市。协议签订率 }} 标记里用了全角符号“。”，请改成半角“.”"),
        ("{% if 县数 ＞ 3 %}多{% endif %}", "{{ 县数 ＞ 3  }} 标记里用了全角符号“＞”，请改成半角“>”"),
        ("{{ 全市.__class__ }}", "“__class__”是程序内部的名称，模板中不能使用"),
        ("{{ 全市.协议签订率.__class__.__mro__ }}", "“__class__”是程序内部的名称，模板中不能使用"),
        ("{{ 全市.items() }}", "{{ 全市.items() }} 不能调用函数，也不能访问程序内部"),
        ("{{ 各县[0] }}", "{{ 各县[0] }} 不能调用函数，也不能访问程序内部"),
        ("{{ 各县.协议签订率 }}", "“各县”是列表，请用循环逐个取出后再写“协议签订率”"),
        ("{{ 月份.年 }}", "“月份”没有下一级，不能写“年”"),
        ("{{ 月份 | 个数 }}", "“个数”只能用于列表"),
        ("{{ 全市.协议签订率 ", "标记没有写完整：{{ 要有 }}，{% 要有 %}，中间不能换段，两个符号之间不能有空格"),
        ("全市.协议签订率 }}", "标记没有写完整：{{ 要有 }}，{% 要有 %}，中间不能换段，两个符号之间不能有空格"),
        ("{ { 全市.协议签订率 } }", "标记没有写完整：{{ 要有 }}，{% 要有 %}，中间不能换段，两个符号之间不能有空格"),
        ("{{ 全市. }}", "{{ 全市. }} 标记写得不完整或不合规则"),
        ("{% if 首期 %}首期", "{% if 首期 %} 没有对应的 {% endif %}"),
        ("{%p if 首期 %}", "{%p if 首期 %} 没有对应的 {%p endif %}"),
        ("{%p for 县 in 各县 %}", "{%p for 县 in 各县 %} 没有对应的 {%p endfor %}"),
        ("{% endif %}", "{% endif %} 前面没有对应的 {% if … %}"),
        ("{% p if 首期 %}", "{% p if 首期 %} 不认识这个语句；可用的有 if、elif、else、endif、for、endfor，{%p、{%tr 中间不能有空格"),
        ("{% 如果 首期 %}", "{% 如果 首期 %} 不认识这个语句；可用的有 if、elif、else、endif、for、endfor，{%p、{%tr 中间不能有空格"),
        ("{% for 县 in 月份 %}{% endfor %}", "{% for 县 in 月份 %} 中 in 后面的不是列表，不能循环"),
        ("{% for 县 in 各县 %}{{ 县.名字 }}{% endfor %}", "“县”没有“名字”，是否应为“名称”"),
        ("{% for 县 in 各县 %}{{ loop.序号 }}{% endfor %}", "“loop”后面没有“序号”"),
        ("{%tr for 县 in 各县 %}", "{%tr for 县 in 各县 %} 只能写在表格里"),
        ("{{ 9 ** 9 }}", "{{ 9 ** 9 }} 这里用了简报模板不支持的写法"),
    ],
)  # fmt: skip
def test_a_fault_is_reported_in_a_word_users_words(tmp_path: Path, text: str, message: str) -> None:
    """Where it is, what is wrong, what to write instead; sound tags around it are not touched."""
    faults = checked(tmp_path, "前一段{{ 月份 }}", text, grid(("{{ 全市.名称 }}",)))
    assert faults[0] == ("正文第2段", message)


def test_a_tag_that_takes_its_paragraph_with_it_stands_alone(tmp_path: Path) -> None:
    """Other text beside {%p … %} or in the row of {%tr … %} would be lost without a word."""
    faults = checked(
        tmp_path,
        "{%p if 首期 %}首期",
        "{%p endif %}",
        grid(("{%tr for 县 in 各县 %}", "县名"), ("{{ 县.名称 }}", "x"), ("{%tr endfor %}",)),
    )
    assert faults == [
        ("正文第1段", "{%p if 首期 %} 要独占一段，同一段里的其他内容会丢失"),
        ("正文表格1第1行第1格", "{%tr for 县 in 各县 %} 要独占一行，同一行里的其他内容会丢失"),
    ]


def test_a_condition_is_closed_where_and_how_it_was_opened(tmp_path: Path) -> None:
    """Across paragraphs with {%p, across rows with {%tr, both ends alike."""
    faults = checked(
        tmp_path, "{% if 首期 %}首期", "完{% endif %}", "{%p if 首期 %}", "一", "二{% endif %}"
    )
    assert faults == [
        (
            "正文第2段",
            "{% if 首期 %} 和 {% endif %} 不在同一段；跨段的请写成 {%p … %}，跨行的写成 {%tr … %}，并且独占一段或一行",
        ),
        ("正文第5段", "{% endif %} 与开头的 {%p if 首期 %} 写法不一致，{%p、{%tr 等要首尾相同"),
    ]


def test_faults_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """In the body, in a table's cell, in footers, at a chart; in the order of the document."""
    designs = [
        ChartDesign("图表:各县进展", "bar", "县", ["协议签订率"], 3000),
        ChartDesign("图表:各县进度", "bar", "县", ["协议率"], 3000),
    ]
    first, second = (partial(add_chart, design=design) for design in designs)
    parts = read_parts(document(first, second, grid(("甲", "{{ 全市.率 }}"))))
    parts["word/footer1.xml"] = parts["word/footer1.xml"].replace(
        "— ".encode(), "{{ 期号 }}".encode(), 1
    )
    path = folder(tmp_path, 全市=write_parts(parts.items())) / "全市.docx"
    assert [(f.where, f.message) for f in check_template(path, shipped())] == [
        (
            "图表“图表:各县进展”",
            "没有这个图表的数据，是否应为“图表:各县进度”；可用的图表：图表:各县进度、图表:各项趋势、图表:四项趋势、图表:各单位进度、图表:与全市比较",
        ),
        (
            "图表“图表:各县进度”",
            "系列“协议率”没有数据。可用的系列：协议签订率、档案移交率、组织关系转移率、管理职能移交率",
        ),
        ("正文表格1第1行第2格", "“全市”没有“率”"),
        ("页脚第1段", "没有名称“期号”，是否应为“首期”"),
    ]


def test_split_tags_are_no_fault(tmp_path: Path) -> None:
    """Formatting inside a tag is mended when the document is made."""
    split = "<w:p><w:r><w:t>{</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{ 全市.协议</w:t></w:r><w:r><w:t>签订率 }}</w:t></w:r></w:p>"
    assert checked(tmp_path, split) == []


@pytest.mark.parametrize(
    ("name", "text", "faults"),
    [
        ("县区（试用）", "{{ 本县.名次 }}", 0),
        ("我的模板", "{{ 本企业.名称 }}{{ 所在各县 }}", 0),
        ("我的模板", "{{ 收文单位 }}", 0),
        ("全市", "{{ 本县.名次 }}", 1),
    ],
)
def test_what_a_template_is_for_shows_in_its_name_or_its_tags(
    tmp_path: Path, name: str, text: str, faults: int
) -> None:
    """A template named after a bulletin is checked as that; another one as what fits best."""
    assert len(checked(tmp_path, text, name=name)) == faults


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text"])
def test_what_is_no_word_document_is_told(tmp_path: Path, content: bytes) -> None:
    """With what to do about it."""
    path = tmp_path / "全市.docx"
    path.write_bytes(content)
    with pytest.raises(UserError, match="不是 Word 文档"):
        check_template(path, shipped())


def test_faults_come_back_as_comments_in_a_copy(tmp_path: Path) -> None:
    """Word opens the copy, each comment at its paragraph; the same template gives the same bytes."""
    path = (
        folder(tmp_path, 全市=document("{{ 月份 }}", "{{ 全市区 }}", grid(("{{ 全市.率 }}",))))
        / "全市.docx"
    )
    faults = check_template(path, shipped())
    copy = commented_copy(path, faults)
    word = WordDocument(io.BytesIO(copy))
    assert [(c.author, c.text) for c in word.comments] == [
        ("模板检查", "正文第2段：没有名称“全市区”，是否应为“全市”。"),
        ("模板检查", "正文表格1第1行第1格：“全市”没有“率”。"),
    ]
    xml = parts_of(copy)["word/document.xml"].decode()
    assert re.findall(r"commentRangeStart[^>]*/>.*?<w:t[^>]*>([^<]*)<", xml) == [
        "{{ 全市区 }}",
        "{{ 全市.率 }}",
    ]
    assert copy == commented_copy(path, faults)


def test_a_preview_of_a_faulty_template_says_so(tmp_path: Path) -> None:
    """The office is sent to the check."""
    path = folder(tmp_path, 全市=document("{{ 全县 }}")) / "全市.docx"
    with pytest.raises(UserError, match="template check"):
        preview(path, shipped())


def names_used(name: str) -> Iterator[str]:
    """Yield the names and the attributes in a shipped template's tags."""
    text = "".join(
        re.findall(
            r"<w:t[^>]*>([^<]*)</w:t>",
            parts_of((TEMPLATES / f"{name}.docx").read_bytes())["word/document.xml"].decode(),
        )
    )
    for tag in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text.replace("&gt;", ">").replace("&lt;", "<")):
        body = re.sub(r"^\{[{%](p|tr)?|[%}]\}$", "", tag).strip()
        body = re.sub(r"^(if|elif) ", "", body)
        if body in ("else", "endif", "endfor"):
            continue
        if body.startswith("for "):
            body = body.partition(" in ")[2]
        tree = Language().parse("{{ " + body + " }}")
        yield from (n.name for n in tree.find_all(nodes.Name))
        yield from (n.attr for n in tree.find_all(nodes.Getattr))
        yield from (
            str(a.value)
            for f in tree.find_all(nodes.Filter)
            for a in f.args
            if isinstance(a, nodes.Const)
        )


def test_every_name_that_a_shipped_template_uses_is_in_the_list() -> None:
    """And every name in the list has a meaning and a value in the sample month."""
    listed = field_list(shipped())
    loops = {"loop", "县", "企", "层", "项", "册", "题", "事", "句", "节", "段", "index", "last"}
    for name in SHIPPED:
        assert set(names_used(name)) - loops - {x.name for x in listed} == set(), name
    assert all(x.meaning for x in listed)
    assert len({(x.heading, x.name) for x in listed}) == len(listed)


def test_every_listed_name_can_be_resolved(tmp_path: Path) -> None:
    """What the list promises a template gets: names at the top, and one level down."""
    for level, title in level_titles(shipped()).items():
        context = sample_bulletin(shipped(), level).context
        listed = [x for x in field_list(shipped()) if x.heading in ("各级简报通用", title)]
        assert {x.name for x in listed} == set(context)
        nested = [
            f"{{{{ {x.heading}.{x.name} }}}}"
            for x in field_list(shipped())
            if x.heading in context and not isinstance(context[x.heading], tuple)
        ]
        stem = {"city": "全市", "county": "县区", "enterprise": "企业"}[level]
        printed = [
            x.name
            for x in listed
            if not x.inside or isinstance(x.sample, tuple) or "名称" in x.sample
        ]
        assert (
            checked(tmp_path, *(f"{{{{ {name} }}}}" for name in printed), *nested, name=stem) == []
        )
        assert len(nested) > 60


def test_the_field_list_for_the_office_holds_every_name_filter_and_chart() -> None:
    """字段清单.docx is generated from the vocabulary."""
    text = as_text((TEMPLATES / "字段清单.docx").read_bytes())
    wanted = [x.name for x in field_list(shipped())] + list(FILTERS) + list(chart_list(shipped()))
    assert [name for name in wanted if name not in text] == []
