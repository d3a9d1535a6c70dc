"""A copy of a template with its faults as Word comments beside the faulty paragraphs."""

import io
from collections.abc import Sequence
from typing import cast

from docx import Document
from docx.oxml.text.paragraph import CT_P
from docx.text.paragraph import Paragraph
from lxml import etree

from flows.steps.ooxml import parsed, read_parts, write_parts
from flows.steps.render.package import W, open_template, serialized
from flows.steps.render.remains import CHECKER
from flows.steps.render.tags import TemplateFault

_STYLES = ("CommentText", "CommentReference")  # python-docx names them whether they exist or not
_ANCHORS = ("commentRangeStart", "commentRangeEnd", "commentReference")


def commented(name: str, content: bytes, faults: Sequence[TemplateFault]) -> bytes:
    """Return a copy of a template with a comment for each fault.

    Those outside the body stand at its first paragraph. Comments of an earlier check are taken out.
    Comments carry no date, so that the same template gives the same bytes.
    """
    package = open_template(name, content)
    parts = _without_own_comments(dict(package.parts), package.main)
    document = Document(io.BytesIO(write_parts(parts.items())))
    body = list(document.element.body.iter(f"{W}p"))
    for fault in faults:
        inside = fault.part == package.main and 0 <= fault.index < len(body)
        element = _outermost(body[fault.index if inside else 0])
        paragraph = Paragraph(cast("CT_P", element), document._body)
        runs = paragraph.runs or [paragraph.add_run()]
        comment = document.add_comment(
            runs, f"{fault.where}：{fault.message}。", author=CHECKER, initials="检"
        )
        for name in [a for a in comment._comment_elm.attrib if a.endswith("}date")]:
            del comment._comment_elm.attrib[name]
        _unstyle(comment._comment_elm)
    _unstyle(document.element)
    buffer = io.BytesIO()
    document.save(buffer)
    return write_parts(read_parts(buffer.getvalue()).items())


def _without_own_comments(parts: dict[str, bytes], main: str) -> dict[str, bytes]:
    """Remove the comments that an earlier check wrote."""
    numbers: set[str | None] = set()
    for part in [p for p in parts if p.endswith("comments.xml")]:
        root = parsed(parts[part])
        for comment in [c for c in root.iter(f"{W}comment") if c.get(f"{W}author") == CHECKER]:
            numbers.add(comment.get(f"{W}id"))
            root.remove(comment)
        parts[part] = serialized(root)
    if numbers:
        body = parsed(parts[main])
        for anchor in list(body.iter(*(f"{W}{name}" for name in _ANCHORS))):
            if anchor.get(f"{W}id") in numbers:
                next(anchor.iterancestors()).remove(anchor)
        parts[main] = serialized(body)
    return parts


def _outermost(paragraph: etree._Element) -> etree._Element:
    """Return the outermost paragraph around one: Word allows no comments in text boxes."""
    return next(reversed(list(paragraph.iterancestors(f"{W}p"))), paragraph)


def _unstyle(element: etree._Element) -> None:
    """Remove the styles of comments, which a template need not have."""
    styles = list(element.iter(f"{W}pStyle", f"{W}rStyle"))
    for style in styles:
        if style.get(f"{W}val") in _STYLES:
            next(style.iterancestors()).remove(style)
