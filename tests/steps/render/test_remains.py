"""What the office leaves in a template stays behind: comments, changes, authors, links."""

import pytest
from lxml import etree

from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render.faults import find_notes
from flows.steps.render.package import W_URI, W, open_template
from flows.steps.render.revisions import accept
from flows.steps.render.template import prepare
from tests.support.documents import parts_of
from tests.support.wordfiles import document

RUN = "<w:r><w:t>{}</w:t></w:r>"
BY = 'w:id="1" w:author="乙"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"


def accepted(inside: str) -> str:
    """Return some XML of Word's with its changes accepted."""
    root = etree.fromstring(f'<w:body xmlns:w="{W_URI}">{inside}</w:body>')
    accept(root)
    return etree.tostring(root, encoding="unicode").replace(f' xmlns:w="{W_URI}"', "")


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("inserted text", f"<w:p><w:ins {BY}>{RUN.format('新')}</w:ins></w:p>", f"<w:p>{RUN.format('新')}</w:p>"),
        ("deleted text", f"<w:p><w:del {BY}><w:r><w:delText>旧</w:delText></w:r></w:del>{RUN.format('留')}</w:p>", f"<w:p>{RUN.format('留')}</w:p>"),
        ("moved text", f"<w:p><w:moveFrom {BY}>{RUN.format('旧')}</w:moveFrom><w:moveTo {BY}>{RUN.format('新')}</w:moveTo></w:p>", f"<w:p>{RUN.format('新')}</w:p>"),
        ("former looks", f"<w:p><w:r><w:rPr><w:b/><w:rPrChange {BY}><w:rPr/></w:rPrChange></w:rPr></w:r></w:p>", "<w:p><w:r><w:rPr><w:b/></w:rPr></w:r></w:p>"),
        ("a deleted row", f"<w:tbl><w:tr><w:trPr><w:del {BY}/></w:trPr><w:tc/></w:tr><w:tr><w:tc/></w:tr></w:tbl>", "<w:tbl><w:tr><w:tc/></w:tr></w:tbl>"),
        ("all rows deleted", f"<w:tbl><w:tr><w:trPr><w:del {BY}/></w:trPr><w:tc/></w:tr></w:tbl><w:p/>", "<w:p/>"),
        ("two paragraphs made one", f"<w:p><w:pPr><w:rPr><w:del {BY}/></w:rPr></w:pPr>{RUN.format('甲')}</w:p><w:p><w:pPr/>{RUN.format('乙')}</w:p>", f"<w:p><w:pPr/>{RUN.format('甲')}{RUN.format('乙')}</w:p>"),
    ],
)  # fmt: skip
def test_changes_are_accepted_as_word_accepts_them(what: str, before: str, after: str) -> None:
    """One kind of change a row: before, after."""
    assert accepted(before) == f"<w:body>{after}</w:body>"


def left_in() -> bytes:
    """Return a template with a comment, a change, an author, a company and an attached template."""
    mark = '<w:commentRangeStart w:id="3"/>{}<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>'
    parts = read_parts(
        document(
            f"<w:p w:rsidR='00AA'>{mark.format(RUN.format('{{ 名 }}'))}</w:p>",
            f"<w:p><w:del {BY}><w:r><w:delText>旧</w:delText></w:r></w:del>{RUN.format('新')}</w:p>",
        )
    )
    rels = parts["word/_rels/document.xml.rels"].decode()
    comments = (
        f'<Relationship Id="rIdC" Type="{OFFICE}/relationships/comments" Target="comments.xml"/>'
    )
    parts["word/_rels/document.xml.rels"] = rels.replace("</Rel", f"{comments}</Rel").encode()
    parts["word/comments.xml"] = (
        f'<w:comments xmlns:w="{W_URI}"><w:comment w:id="3" w:author="审稿人"><w:p/></w:comment></w:comments>'
    ).encode()
    types = parts["[Content_Types].xml"].decode()
    override = '<Override PartName="/word/comments.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"/>'
    parts["[Content_Types].xml"] = types.replace("</Types>", f"{override}</Types>").encode()
    core = parts["docProps/core.xml"].decode()
    parts["docProps/core.xml"] = core.replace(
        "</cp:coreProperties>", "<dc:creator>某甲</dc:creator></cp:coreProperties>"
    ).encode()
    settings = parts["word/settings.xml"].decode()
    start = settings.index(">", settings.index("<w:settings")) + 1
    parts["word/settings.xml"] = (settings[:start] + "<w:mailMerge/>" + settings[start:]).encode()
    return write_parts(parts.items())


def test_remains_stay_behind_and_are_told() -> None:
    """No document carries them; the check names each."""
    template = left_in()
    made = parts_of(prepare("县区.docx", template).filled({"名": "甲"}, {}))
    whole = b"".join(made.values()).decode("utf-8", "replace")
    assert "word/comments.xml" not in made
    assert [
        word for word in ("审稿人", "某甲", "旧", "mailMerge", "comment", "00AA") if word in whole
    ] == []
    body = etree.fromstring(made["word/document.xml"])
    assert ["".join(p.itertext()) for p in body.iter(f"{W}p")][:2] == ["甲", "新"]
    assert find_notes(open_template("县区.docx", template)) == [
        "模板里留有 1 条批注（审稿人）",
        "模板里留有未处理的修订痕迹，文件按“接受全部修订”生成",
        "文档属性里有作者“某甲”",
        "模板连着邮件合并的数据源。以上内容不会带进生成的文件",
    ]
