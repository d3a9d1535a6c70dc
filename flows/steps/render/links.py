"""Numbers of a document as links to their places in 核对.html, looking as they did, and back.

A link is `w:hyperlink` with the page as an outside relationship and the place as its anchor, which
Word, WPS and LibreOffice open relative to the document. LibreOffice saves the place in the
relationship, WPS saves links as fields: all of these are taken out again.
"""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from lxml import etree

from flows.steps.ooxml import (
    OFFICE_RELATIONSHIPS,
    parsed,
    read_parts,
    relationship_id,
    relationships_part,
    write_parts,
)
from flows.steps.render.language import OF, SOURCED, SOURCED_END
from flows.steps.render.package import W, serialized

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONSHIP_ID = f"{{{OFFICE_RELATIONSHIPS}}}id"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ID = "rIdFigures"  # no program gives such an id
_RUN, _LOOKS, _TEXT, _LINK = f"{W}r", f"{W}rPr", f"{W}t", f"{W}hyperlink"
_FIELD, _CODE, _SIMPLE, _TYPE = f"{W}fldChar", f"{W}instrText", f"{W}fldSimple", f"{W}fldCharType"
_PARENTS = (f"{W}p", f"{W}sdtContent", f"{W}smartTag", f"{W}ins", f"{W}customXml")
_MARK = re.compile(f"{SOURCED}([^{OF}]*){OF}([^{SOURCED_END}]*){SOURCED_END}")
_SIGN = SOURCED.encode()


def with_links(document: bytes, main: str, page: str) -> bytes:
    """Return a document whose marked numbers link to their places on a page.

    Where no link can be, as in a header, a chart or a field, the number stays a plain one.
    """
    parts = read_parts(document)
    for name, content in parts.items():
        if _SIGN in content:
            parts[name] = _without_marks(_linked(content) if name == main else content)
    name = relationships_part(main)
    if _ID.encode() in parts[main]:
        parts[name] = _related(
            parts.get(name, f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode()), page
        )
    return write_parts(parts.items())


def _without_marks(content: bytes) -> bytes:
    return _MARK.sub(r"\2", content.decode()).encode()


def _linked(content: bytes) -> bytes:
    root = parsed(content)
    for run in list(root.iter(_RUN)):
        if any(SOURCED in (text.text or "") for text in run.iterchildren(_TEXT)) and _can_link(run):
            _replace(run, list(_pieces(run)))
    return serialized(root)


def _can_link(run: etree._Element) -> bool:
    parent = run.getparent()
    return parent is not None and parent.tag in _PARENTS and not _is_in_field(run)


def _is_in_field(run: etree._Element) -> bool:
    """Return whether a run stands in a link or between the marks of a field of its paragraph."""
    if next(run.iterancestors(_LINK, _SIMPLE), None) is not None:
        return True
    paragraph = next(run.iterancestors(f"{W}p"))
    depth = 0
    for element in paragraph.iter(_RUN, _FIELD):
        if element is run:
            break
        depth += {"begin": 1, "end": -1}.get(element.get(_TYPE, ""), 0)
    return depth > 0


def _pieces(run: etree._Element) -> Iterator[etree._Element]:
    """Yield a run's pieces: runs, and links with a run each, all in the looks of the run."""
    piece = _empty(run)
    for child in run.iterchildren():
        if child.tag == _LOOKS:
            continue
        if child.tag != _TEXT:
            piece.append(child)
            continue
        end, text = 0, child.text or ""
        for match in _MARK.finditer(text):
            _add_text(piece, text[end : match.start()])
            if _says_something(piece):
                yield piece
            piece, end = _empty(run), match.end()
            link = etree.Element(_LINK, {_RELATIONSHIP_ID: _ID, f"{W}anchor": match[1]})
            link.append(_empty(run))
            _add_text(link[0], match[2])
            yield link
        _add_text(piece, text[end:])
    if _says_something(piece):
        yield piece


def _empty(run: etree._Element) -> etree._Element:
    """Return a run without text in the looks of another."""
    copy = etree.Element(_RUN, dict(run.attrib))
    looks = run.find(_LOOKS)
    if looks is not None:
        copy.append(etree.fromstring(etree.tostring(looks, with_tail=False)))
    return copy


def _says_something(run: etree._Element) -> bool:
    return any(child.tag != _LOOKS for child in run)


def _add_text(run: etree._Element, text: str) -> None:
    if text:
        added = etree.SubElement(run, _TEXT, {_XML_SPACE: "preserve"})
        added.text = text


def _replace(element: etree._Element, by: list[etree._Element]) -> None:
    parent = element.getparent()
    if parent is not None:
        index = parent.index(element)
        parent[index : index + 1] = by


def _related(content: bytes, page: str) -> bytes:
    root = parsed(content)
    target = {
        "Id": _ID,
        "Type": f"{OFFICE_RELATIONSHIPS}/hyperlink",
        "Target": quote(page),
        "TargetMode": "External",
    }
    etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship", target)
    return serialized(root)


def without_links(document: bytes, page: str) -> bytes:
    """Return a document whose links to a page, by its file name, are plain text again.

    One without such links is given back as it is.
    """
    parts = read_parts(document)
    changed: dict[str, bytes] = {}
    for name in parts:
        if name.startswith("word/") and name.endswith(".xml"):
            changed.update(_unlinked(parts, name, page))
    return write_parts((parts | changed).items()) if changed else document


def _unlinked(parts: dict[str, bytes], name: str, page: str) -> dict[str, bytes]:
    """Return a part and its relationships without links to a page, nothing if it has none."""
    related = relationships_part(name)
    changed: dict[str, bytes] = {}
    ids: set[str] = set()
    if related in parts:
        relations = parsed(parts[related])
        outside = [x for x in relations if _names(x.get("Target", ""), page)]
        ids = {relation.get("Id", "") for relation in outside}
        for relation in outside:
            relations.remove(relation)
        if ids:
            changed[related] = serialized(relations)
    root = parsed(parts[name])
    links = [x for x in root.iter(_LINK) if relationship_id(x) in ids]
    links += [x for x in root.iter(_SIMPLE) if _is_code(x.get(f"{W}instr", ""), page)]
    for link in links:
        _replace(link, list(link))
    fields = list(_fields(root, page))
    for element in fields:
        _take_out(element)
    return changed | ({name: serialized(root)} if links or fields else {})


def _names(target: str, page: str) -> bool:
    """Return whether an address, of a relationship or in a field, is that of a page."""
    path = unquote(target).replace("\\", "/").partition("#")[0]
    return posixpath.basename(path) == page


def _is_code(code: str, page: str) -> bool:
    is_link = code.split()[:1] == ["HYPERLINK"]
    return is_link and any(_names(address, page) for address in re.findall('"([^"]*)"', code))


def _fields(root: etree._Element, page: str) -> Iterator[etree._Element]:
    """Yield the marks and codes of the fields that link to a page; what they show stays."""
    open_fields: list[list[etree._Element]] = []
    for element in root.iter(_FIELD, _CODE):
        kind = element.get(_TYPE, "")
        if kind == "begin":
            open_fields.append([])
        if open_fields:
            open_fields[-1].append(element)
        if kind == "end" and open_fields:
            field = open_fields.pop()
            code = "".join(x.text or "" for x in field if x.tag == _CODE)
            if _is_code(code, page):
                yield from field


def _take_out(element: etree._Element) -> None:
    """Take an element out of its run, and the run if nothing is left in it."""
    run = element.getparent()
    if run is None:
        return
    run.remove(element)
    parent = run.getparent()
    if parent is not None and not _says_something(run):
        parent.remove(run)
