"""A copy of a template with its faults as Word comments beside the paragraphs that they are about."""

import io
from collections.abc import Sequence

from docx import Document
from docx.text.paragraph import Paragraph

from flows.steps.render.faults import TemplateFault
from flows.steps.render.package import read_parts, write_parts
from flows.steps.render.scan import DOCUMENT, W

AUTHOR = "模板检查"


def commented(content: bytes, faults: Sequence[TemplateFault]) -> bytes:
    """Return a copy of a template with a comment for each fault; those outside the body stand at its first paragraph.

    The comments carry no date, so that the same template gives the same bytes.
    """
    document = Document(io.BytesIO(content))
    body = list(document.element.body.iter(f"{W}p"))
    for fault in faults:
        inside = fault.part == DOCUMENT and fault.index < len(body)
        paragraph = Paragraph(body[fault.index if inside else 0], document._body)
        runs = paragraph.runs or [paragraph.add_run()]
        comment = document.add_comment(runs, f"{fault.where}：{fault.message}。", author=AUTHOR, initials="检")
        for name in [a for a in comment._comment_elm.attrib if a.endswith("}date")]:
            del comment._comment_elm.attrib[name]
    buffer = io.BytesIO()
    document.save(buffer)
    return write_parts(read_parts(buffer.getvalue()).items())
