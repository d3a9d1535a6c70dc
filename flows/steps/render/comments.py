"""A copy of a template with its faults as Word comments beside the paragraphs that they are about."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.text.paragraph import Paragraph

from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render.faults import TemplateFault
from flows.steps.render.scan import DOCUMENT, W

AUTHOR = "模板检查"
_STYLES = ("CommentText", "CommentReference")  # named by python-docx, there or not


def commented(content: bytes, faults: Sequence[TemplateFault]) -> bytes:
    """Return a copy of a template with a comment for each fault; those outside the body stand at its first paragraph.

    The comments carry no date, so that the same template gives the same bytes.
    """
    document = Document(io.BytesIO(content))
    body = list(document.element.body.iter(f"{W}p"))
    for fault in faults:
        inside = fault.part == DOCUMENT and fault.index < len(body)
        paragraph = Paragraph(_outermost(body[fault.index if inside else 0]), document._body)
        runs = paragraph.runs or [paragraph.add_run()]
        comment = document.add_comment(
            runs, f"{fault.where}：{fault.message}。", author=AUTHOR, initials="检"
        )
        for name in [a for a in comment._comment_elm.attrib if a.endswith("}date")]:
            del comment._comment_elm.attrib[name]
        _unstyle(comment._comment_elm)
    _unstyle(document.element)
    buffer = io.BytesIO()
    document.save(buffer)
    return write_parts(read_parts(buffer.getvalue()).items())


def _outermost(paragraph: Any) -> Any:
    """Return the paragraph of the body that a paragraph stands in: Word takes no comments in text boxes."""
    return next(reversed(list(paragraph.iterancestors(f"{W}p"))), paragraph)


def _unstyle(element: Any) -> None:
    """Take the styles of comments away, which a template need not have."""
    for style in [
        s for s in element.iter(f"{W}pStyle", f"{W}rStyle") if s.get(f"{W}val") in _STYLES
    ]:
        style.getparent().remove(style)
