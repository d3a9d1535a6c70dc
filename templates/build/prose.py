"""The wording of the templates, from the plain text files in `texts/`.

A line is a paragraph. `一| …` gives it a style by its mark, without one it is body text; a line that holds only a tag such as
`{%p if … %}` becomes a paragraph of its own, as the template language wants it; `@…` stands for a table or a chart. `〔…〕` is filled in
with the words of the bulletin at hand, or with another file's text; `〖…〗` is set as a heading that the text runs on from.
"""

import re
from collections.abc import Mapping

from templates import HERE
from templates.build.elements import paragraph, tag

TEXTS = HERE / "texts"
STYLES: Mapping[str, str] = {
    "题": "Title",
    "副题": "Subtitle",
    "一": "Heading1",
    "二": "Heading2",
    "序": "NumberedHeading",
    "随": "BodyKept",
    "空": "Blank",
    "附": "AnnexList",
    "续": "AnnexNext",
    "标": "AnnexMark",
    "附题": "AnnexTitle",
    "主送": "Addressee",
    "落款": "Signature",
    "日期": "SignatureDate",
    "表题": "TableTitle",
    "单位": "TableUnit",
    "注": "TableNote",
    "图题": "FigureTitle",
}
_FILL = re.compile("〔(.+?)〕")
_MARKED = re.compile(r"(\w+)\| ?(.*)")


def prose(name: str, words: Mapping[str, str], pieces: Mapping[str, str]) -> list[str]:
    """Return the paragraphs of a text file; raises KeyError for a mark or a piece that there is not."""
    return [_line(line, pieces) for line in wording(f"〔{name}〕", words).splitlines() if line]


def wording(text: str, words: Mapping[str, str]) -> str:
    """Return a text with what its 〔…〕 stand for: words given, or other files."""
    return _FILL.sub(lambda m: words[m[1]] if m[1] in words else wording(_read(m[1]), words), text)


def _read(name: str) -> str:
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8").strip()


def _line(line: str, pieces: Mapping[str, str]) -> str:
    if line.startswith("@"):
        return pieces[line[1:]]
    if line.startswith("{%p"):
        return tag(line)
    marked = _MARKED.match(line)
    return paragraph(STYLES[marked[1]], marked[2]) if marked else paragraph("BodyText", line)
