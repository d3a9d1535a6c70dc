"""Templates as Word keeps them: tracked changes, links, text boxes, notes (issue 6)."""

from pathlib import Path

import pytest
from lxml import etree

from flows.campaign.template_check import check_template, commented_copy, preview
from flows.steps.model import UserError
from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render.package import W
from schemas.shipped import shipped
from tests.support.wordfiles import document, folder


def runs(*texts: str) -> str:
    """Return runs of some texts; what is XML already is taken as it is."""
    return "".join(
        text if text.startswith("<") else f"<w:r><w:t>{text}</w:t></w:r>" for text in texts
    )


def revised(kind: str, inside: str) -> str:
    """Return runs in a change that Word keeps track of."""
    return f'<w:{kind} w:id="9" w:author="甲">{inside}</w:{kind}>'


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        (runs(revised("ins", runs("{{ 全市.协议")), "签订率 }}"), "这一段有修订痕迹，请先在“审阅”中接受或拒绝全部修订"),
        (runs(revised("del", "<w:r><w:delText>{{ 没有的 }}</w:delText></w:r>"), "文字"), "这一段有修订痕迹，请先在“审阅”中接受或拒绝全部修订"),
        (runs('<w:hyperlink w:anchor="a"><w:r><w:t>{{ 全市.协议</w:t></w:r></w:hyperlink>', "签订率 }}"), "{{ 全市.协议签订率 }} 有一半在超链接、域或内容控件里，请删掉后重新输入"),
    ],
)  # fmt: skip
def test_a_tag_that_would_tear_the_document_is_reported(
    tmp_path: Path, inside: str, message: str
) -> None:
    """And no document is made of it."""
    path = folder(tmp_path, 全市=document(f"<w:p>{inside}</w:p>")) / "全市.docx"
    assert [(f.where, f.message) for f in check_template(path, shipped())] == [
        ("正文第1段", message)
    ]
    with pytest.raises(UserError, match="有错"):
        preview(path, shipped())


def test_changes_and_links_beside_tags_do_no_harm(tmp_path: Path) -> None:
    """A change without tags, a tag wholly inside a link."""
    link = f'<w:hyperlink w:anchor="a">{runs("{{ 月份 }}")}</w:hyperlink>'
    path = (
        folder(
            tmp_path,
            全市=document(f"<w:p>{revised('ins', runs('文字'))}</w:p>", f"<w:p>{link}</w:p>"),
        )
        / "全市.docx"
    )
    assert check_template(path, shipped()) == []


def test_a_fault_in_a_text_box_is_reported_once(tmp_path: Path) -> None:
    """Word keeps a text box twice, for new and for old programs; the comment stands beside the box."""
    box = f"<w:txbxContent><w:p>{runs('{{ 全市.率 }}')}</w:p></w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    shape = f'<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>{box}</v:textbox></v:shape></w:pict>'
    both = f'<mc:Choice Requires="v">{shape}</mc:Choice><mc:Fallback>{shape}</mc:Fallback>'
    twice = f'<mc:AlternateContent xmlns:mc="{mc}">{both}</mc:AlternateContent>'
    path = (
        folder(tmp_path, 全市=document("前", f"<w:p><w:r>{twice}</w:r></w:p>", "{{ 全市.数 }}"))
        / "全市.docx"
    )
    faults = check_template(path, shipped())
    assert [(f.where, f.message) for f in faults] == [
        ("正文文本框第1段", "“全市”没有“率”"),
        ("正文第3段", "“全市”没有“数”，是否应为“基数”"),
    ]
    body = etree.fromstring(read_parts(commented_copy(path, faults))["word/document.xml"])
    starts = body.iterfind(f"{W}body/{W}p/{W}commentRangeStart")
    assert len(list(starts)) == len(list(body.iter(f"{W}commentRangeStart"))) == 2


def test_faults_in_notes_are_reported(tmp_path: Path) -> None:
    """The lines that Word draws above notes are not counted."""
    separator = '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
    note = f'<w:footnote w:id="1"><w:p>{runs("{{ 全市.率 }}")}</w:p></w:footnote>'
    parts = read_parts(document("正文"))
    parts["word/footnotes.xml"] = (
        f'<w:footnotes xmlns:w="{W[1:-1]}">{separator}{note}</w:footnotes>'.encode()
    )
    path = folder(tmp_path, 全市=write_parts(parts.items())) / "全市.docx"
    assert [(f.where, f.message) for f in check_template(path, shipped())] == [
        ("脚注第1段", "“全市”没有“率”")
    ]
