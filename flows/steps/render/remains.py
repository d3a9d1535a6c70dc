"""What the office leaves in a template and no document should carry: comments, changes, authors."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from flows.steps.ooxml import parsed, relationships, relationships_part
from flows.steps.render.package import (
    TYPES_PART,
    Package,
    W,
    is_external,
    kind_of,
    related_elements,
    serialized,
    source_of,
)
from flows.steps.render.revisions import MARKED, accept

CHECKER = "模板检查"  # the author of the comments that the check writes itself
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_WORD_2010 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
# relationships whose parts stay behind
_LEFT_BEHIND = frozenset({
    "comments", "commentsExtended", "commentsIds", "commentsExtensible", "people",
    "custom-properties", "customXml", "glossaryDocument", "thumbnail", "printerSettings",
    "attachedTemplate", "mailMergeSource", "mailMergeHeaderSource", "recipientData",
    "keyMapCustomizations", "attachedToolbars", "vbaProject", "wordVbaData",
    # of workbooks
    "threadedComment", "person", "calcChain", "revisionHeaders", "usernames",
})  # fmt: skip
_DOC_ID = "{http://schemas.microsoft.com/office/word/2012/wordml}docId"
_DROPPED = (
    *(f"{W}{name}" for name in (
        "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef",
        "proofErr", "lastRenderedPageBreak", "dataBinding", "printerSettings", "rsid", "rsids",
        "attachedTemplate", "mailMerge", "trackRevisions", "revisionView", "proofState",
    )),
    f"{_WORD_2010}docId", _DOC_ID,
)  # fmt: skip
_IDENTIFYING = (f"{W}rsid", f"{_WORD_2010}paraId", f"{_WORD_2010}textId")  # starts of attributes
_CORE_KEPT = ("title", "subject", "keywords", "description", "category", "language")
_EXTENDED_KEPT = ("Application", "AppVersion", "DocSecurity", "ScaleCrop", "SharedDoc")
_PERSONAL = {
    "creator": "作者", "lastModifiedBy": "最后保存者", "Company": "单位", "Manager": "负责人",
    "Template": "所用模板", "HyperlinkBase": "超链接基础",
}  # fmt: skip


def without_remains(package: Package) -> Package:
    """Return a template without comments, tracked changes, authors and other traces of its making.

    Parts that hold none of them keep their bytes.
    """
    parts = dict(package.parts)
    for part, root in package.trees():
        if _clean(root):
            parts[part] = serialized(root)
    for name in [p for p in parts if p.endswith(".rels")]:
        parts[name] = _without_left_behind(parts[name])
    return replace(package, parts=_reachable(parts))


def remains(package: Package) -> Iterator[str]:
    """Yield what a template carries that its documents will not, as notes for the clerk."""
    authors: Counter[str] = Counter()
    changed = False
    settings: set[str] = set()
    properties: dict[str, str] = {}
    for _, root in package.trees():
        authors.update(c.get(f"{W}author") or "未署名" for c in root.iter(f"{W}comment"))
        changed = changed or next(root.iter(*MARKED), None) is not None
        settings |= {etree.QName(e).localname for e in root.iter(*_DROPPED)}
        properties |= _personal(root)
    del authors[CHECKER]
    if authors:
        yield f"模板里留有 {authors.total()} 条批注（{'、'.join(authors)}）"
    if changed:
        yield "模板里留有未处理的修订痕迹，文件按“接受全部修订”生成"
    if properties:
        listed = "、".join(f"{_PERSONAL[key]}“{value}”" for key, value in properties.items())
        yield f"文档属性里有{listed}"
    if "attachedTemplate" in settings:
        yield "模板链接着本机的附加模板"
    if "mailMerge" in settings:
        yield "模板连着邮件合并的数据源"
    kinds = {kind_of(r) for p in package.parts for r in related_elements(package.parts, p)}
    if "custom-properties" in kinds:
        yield "模板里有自定义文档属性"


def _personal(root: etree._Element) -> dict[str, str]:
    if etree.QName(root).namespace not in (_CORE, _EXTENDED):
        return {}
    found = {etree.QName(e).localname: (e.text or "").strip() for e in _elements(root)}
    return {name: value for name, value in found.items() if value and name in _PERSONAL}


def _clean(root: etree._Element) -> bool:
    """Remove the remains from a part; return whether there were any."""
    if etree.QName(root).namespace in (_CORE, _EXTENDED):
        return _clean_properties(root)
    changed = accept(root)
    for element in list(root.iter(*_DROPPED)):
        changed = True
        _remove(element)
    for element in root.iter():
        for name in [a for a in element.attrib if str(a).startswith(_IDENTIFYING)]:
            changed = True
            del element.attrib[name]
    return changed


def _clean_properties(root: etree._Element) -> bool:
    extended = etree.QName(root).namespace == _EXTENDED
    wanted = _EXTENDED_KEPT if extended else _CORE_KEPT
    unwanted = [e for e in _elements(root) if etree.QName(e).localname not in wanted]
    for element in unwanted:
        root.remove(element)
    return bool(unwanted)


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return (child for child in root if isinstance(child.tag, str))


def _remove(element: etree._Element) -> None:
    """Remove an element, and the run around it that holds nothing else."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if parent.tag == f"{W}r" and all(child.tag == f"{W}rPr" for child in parent):
        outer = parent.getparent()
        if outer is not None:
            outer.remove(parent)


def _without_left_behind(source: bytes) -> bytes:
    root = parsed(source)
    unwanted = [r for r in _elements(root) if kind_of(r) in _LEFT_BEHIND]
    for relationship in unwanted:
        root.remove(relationship)
    return serialized(root) if unwanted else source


def _reachable(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the parts that something refers to; content types name no others."""
    seen = {""}
    waiting = [""]
    while waiting:
        part = waiting.pop()
        source = parts.get(relationships_part(part))
        targets = {r.target for r in relationships(part, source).values()} & set(parts)
        waiting += sorted(targets - seen)
        seen |= targets

    def is_wanted(part: str) -> bool:
        return part == TYPES_PART or (source_of(part) if part.endswith(".rels") else part) in seen

    wanted = {part: data for part, data in parts.items() if is_wanted(part)}
    return wanted if len(wanted) == len(parts) else _with_types_of(wanted)


def _with_types_of(parts: dict[str, bytes]) -> dict[str, bytes]:
    types = parsed(parts[TYPES_PART])
    for override in list(types.iter("{*}Override")):
        if override.get("PartName", "").lstrip("/") not in parts:
            types.remove(override)
    return {**parts, TYPES_PART: serialized(types)}


def outside_links(package: Package) -> Iterator[tuple[str, etree._Element]]:
    """Yield parts with a relationship that leads out of the package, but for links to web pages."""
    for part in package.parts:
        for relationship in related_elements(package.parts, part):
            if is_external(relationship) and not _is_web_link(relationship):
                yield part, relationship


def _is_web_link(relationship: etree._Element) -> bool:
    target = relationship.get("Target", "").lower()
    return kind_of(relationship) == "hyperlink" and target.startswith(
        ("http://", "https://", "mailto:", "#")
    )
