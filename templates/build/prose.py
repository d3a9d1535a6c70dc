"""The wording of the templates, from the plain text files in `texts/`.

A line is a paragraph. `一| …` gives it a style by its mark, without one it is body text; a line
that holds only a tag such as `{%p if … %}` becomes a paragraph of its own, as the template language
wants it; `@…` stands for a table or a chart. `〔…〕` is filled in with the words of the bulletin at
hand, or with another file's text; `〖…〗` is set as a heading that the text runs on from.
"""

import re
from collections.abc import Callable, Mapping

from docx.document import Document

from templates import HERE
from templates.build.elements import add_paragraph, add_tag

Pieces = Mapping[str, Callable[[Document], object]]

TEXTS = HERE / "texts"
STYLES: Mapping[str, str] = {
    "题": "Title",
    "副题": "Subtitle",
    "一": "Heading 1",
    "二": "Heading 2",
    "序": "公文自动编号标题",
    "随": "公文正文与下段同页",
    "空": "公文空行",
    "附": "附件说明",
    "续": "附件说明续",
    "标": "附件标记",
    "附题": "附件标题",
    "主送": "主送单位",
    "落款": "落款",
    "日期": "落款日期",
    "表题": "表题",
    "单位": "表格单位",
    "注": "表注",
    "图题": "图题",
}
_FILL = re.compile("〔(.+?)〕")
_MARKED = re.compile(r"(\w+)\| ?(.*)")


def add_prose(document: Document, name: str, words: Mapping[str, str], pieces: Pieces) -> None:
    """Add the paragraphs of a text file; `pieces` add the tables and charts that it names.

    Raises KeyError for an unknown mark or piece.
    """
    for line in wording(f"〔{name}〕", words).splitlines():
        if line.startswith("@"):
            pieces[line[1:]](document)
        elif line.startswith("{%p"):
            add_tag(document, line)
        elif line:
            _add_text(document, line)


def wording(text: str, words: Mapping[str, str]) -> str:
    """Return a text with each 〔…〕 replaced by a given word or by another file's text."""
    return _FILL.sub(lambda m: words[m[1]] if m[1] in words else wording(_read(m[1]), words), text)


def _read(name: str) -> str:
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8").strip()


def _add_text(document: Document, line: str) -> None:
    marked = _MARKED.match(line)
    style, text = ("公文正文", line) if marked is None else (STYLES[marked[1]], marked[2])
    add_paragraph(document, style, text)
