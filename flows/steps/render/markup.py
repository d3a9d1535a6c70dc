"""Tags in the markup of a part: put together, cleaned, and turned into a source for Jinja."""

import html
import re
from collections.abc import Iterator

from docxtpl import DocxTemplate
from lxml import etree

from flows.steps.render.package import W, serialized

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
TAG_START = re.compile(r"\{[{%#]")
_PRINTED_OR_RUN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PARAGRAPHS = (f"{W}p", f"{_A}p")
_TEXTS = (f"{W}t", f"{_A}t")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FIELD_START = f"{W}fldChar"
_CONTENTS = re.compile(r"\s*TOC\b")


def has_tags(root: etree._Element) -> bool:
    """Return whether tags stand in the texts of a part or in its attributes."""
    return bool(TAG_START.search(_joined(root))) or any(True for _ in tagged_attributes(root))


def _joined(root: etree._Element) -> str:
    return "".join(str(text) for text in root.itertext())


def tagged_attributes(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield the elements with a tag in an attribute, and the attribute's text."""
    for element in root.iter():
        for value in element.attrib.values():
            if "{" in value and TAG_START.search(value):
                yield element, str(value)


def tagged_fields(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield the instructions of fields that hold a tag."""
    for instruction in root.iter(f"{W}instrText"):
        if TAG_START.search(instruction.text or ""):
            yield instruction, instruction.text or ""


def cleaned_tags(text: str) -> str:
    """Return a text in whose tags no character is invisible and every blank is plain."""
    return TAG.sub(lambda m: _BLANKS.sub(" ", _INVISIBLE.sub("", m[0])), text)


def put_together(root: etree._Element) -> None:
    """Make every tag stand whole in one text, with the looks of the place where it begins."""
    for paragraph in root.iter(*_PARAGRAPHS):
        texts = [t for t in paragraph.iter(*_TEXTS) if _paragraph_of(t) is paragraph]
        whole = "".join(t.text or "" for t in texts)
        if TAG_START.search(whole):
            _put_together(texts, whole)
    for text in root.iter():
        if isinstance(text.tag, str) and text.text and "{" in text.text:
            text.text = cleaned_tags(text.text)


def _paragraph_of(text: etree._Element) -> etree._Element | None:
    return next(text.iterancestors(*_PARAGRAPHS), None)


def _put_together(texts: list[etree._Element], whole: str) -> None:
    owners: list[int] = []
    for number, text in enumerate(texts):
        owners += [number] * len(text.text or "")
    for match in TAG.finditer(whole):
        owners[match.start() : match.end()] = [owners[match.start()]] * len(match[0])
    shares = ["" for _ in texts]
    for character, owner in zip(whole, owners, strict=True):
        shares[owner] += character
    for text, share in zip(texts, shares, strict=True):
        if share != (text.text or ""):
            text.text = share
            if text.tag == f"{W}t":
                text.set(_SPACE, "preserve")


def lift_bookmarks(root: etree._Element) -> None:
    """Put bookmarks of a paragraph that a tag replaces in front of that paragraph."""
    for paragraph in root.iter(f"{W}p"):
        marks = list(paragraph.iterchildren(f"{W}bookmarkStart", f"{W}bookmarkEnd"))
        if marks and re.match(r"\s*\{%p\s", _joined(paragraph)):
            for mark in marks:
                paragraph.addprevious(mark)


def renew_contents(root: etree._Element) -> bool:
    """Mark tables of contents as out of date, so that Word renews them; return whether any."""
    found = False
    for instruction in root.iter(f"{W}instrText"):
        run = instruction.getparent()
        if _CONTENTS.match(instruction.text or "") and run is not None:
            starts = run.itersiblings(f"{W}r", preceding=True)
            start = next((s for r in starts for s in r.iterchildren(_FIELD_START)), None)
            if start is not None:
                start.set(f"{W}dirty", "true")
                found = True
    for simple in root.iter(f"{W}fldSimple"):
        if _CONTENTS.match(simple.get(f"{W}instr", "")):
            simple.set(f"{W}dirty", "true")
            found = True
    return found


def jinja_source(root: etree._Element) -> str:
    """Return a part with tags as a template of Jinja: `{%p`, `{%tr` … stand for what they replace.

    Its tags have been put together. In them some programs write ' and " as entities.
    """
    source = serialized(root).decode()
    return _PRINTED_OR_RUN.sub(lambda m: html.unescape(m[0]), DocxTemplate(None).patch_xml(source))


def without_tags(source: str) -> str:
    """Return a source of Jinja without its tags, which has to be well-formed in itself."""
    return _PRINTED_OR_RUN.sub("", source)
