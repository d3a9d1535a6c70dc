"""Opening a template: a document or workbook whose parts are well-formed, of known types."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from flows.steps.model import UserError
from flows.steps.ooxml import BadPackageError, parsed, relationships, relationships_part

W_URI = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{W_URI}}}"
TYPES_PART = "[Content_Types].xml"
MAX_BYTES = 200_000_000  # unpacked; a template of the office has less than one hundredth of it
MAX_PARTS = 5_000
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_XML_ENDINGS = (".xml", ".rels", ".vml")
_BROKEN = (BadPackageError, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
_PLAIN_XML = re.compile(rb"""\s*(<\?xml[^>]*?encoding=["']utf-8["'][^>]*>|<(?!\?xml)|"""
                        rb"""<\?xml(?![^>]*encoding)[^>]*>)""", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class FileKind:
    """A kind of template: what it is called, its older files, those with macros, how to save it.

    `document_type` and `template_type` are the content types of its main part.
    """

    ending: str
    name: str
    old: str
    macros: str
    program: str
    ordinary: str
    document_type: str
    template_type: str

    @property
    def save_as(self) -> str:
        """Return how any file becomes one of this kind."""
        return f"请用 {self.program} 或 WPS 打开后另存为 {self.ending}（{self.ordinary}）"


WORD = FileKind(
    ending=".docx",
    name="Word 文档（.docx）",
    old=".doc、.wps",
    macros="带宏的文档（.docm、.dotm）",
    program="Word",
    ordinary="Word 文档",
    document_type=f"{_OFFICE}.wordprocessingml.document.main+xml",
    template_type=f"{_OFFICE}.wordprocessingml.template.main+xml",
)
WORKBOOK = FileKind(
    ending=".xlsx",
    name="Excel 工作簿（.xlsx）",
    old=".xls、.et",
    macros="带宏的工作簿（.xlsm、.xltm）",
    program="Excel",
    ordinary="Excel 工作簿",
    document_type=f"{_OFFICE}.spreadsheetml.sheet.main+xml",
    template_type=f"{_OFFICE}.spreadsheetml.template.main+xml",
)


@dataclass(frozen=True)
class Package:
    """A template's name, the name of its main part, and its parts."""

    name: str
    main: str
    parts: Mapping[str, bytes]

    def trees(self) -> Iterator[tuple[str, etree._Element]]:
        """Yield the XML parts, relationships and content types left out, with their roots."""
        for part, data in self.parts.items():
            if part.endswith((".xml", ".vml")) and part != TYPES_PART:
                yield part, parsed(data)


def open_template(name: str, content: bytes) -> Package:
    """Return an opened template; raises UserError for a file that is no ordinary one."""
    kind = WORKBOOK if is_workbook(name) else WORD
    parts = _unpacked(name, kind, content)
    for part in [p for p in parts if p.endswith(_XML_ENDINGS)]:
        parts[part] = _in_utf8(name, kind, part, parts[part])
    main = _main_part(name, kind, parts)
    if str(parsed(parts[main]).tag).startswith(f"{{{_STRICT}"):
        what = "是按严格格式（Strict Open XML）保存的，不能用作模板"
        remedy = f"请用 {kind.program} 另存为普通的“{kind.ordinary}（*{kind.ending}）”"
        raise _refused(name, what, remedy)
    _make_document(name, kind, parts, main)
    return Package(name, main, parts)


def is_workbook(name: str) -> bool:
    """Return whether a template of this name is a workbook."""
    return name.lower().endswith(WORKBOOK.ending)


def _unpacked(name: str, kind: FileKind, content: bytes) -> dict[str, bytes]:
    if content.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            remedy = f"请用 {kind.program} 去掉密码后再保存"
            raise _refused(name, "加了打开密码，读不出来", remedy)
        raise _refused(name, f"是旧格式（{kind.old}），不是 {kind.name}", kind.save_as)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if len(entries) > MAX_PARTS or sum(e.file_size for e in entries) > MAX_BYTES:
                raise _refused(name, "展开后过大", "请删去大图片和无用内容后再保存")
            return {_plain(entry.filename): package.read(entry) for entry in entries}
    except _BROKEN as error:
        raise broken_template(name, kind) from error
    except RuntimeError as error:  # zipfile's word for an entry with a password
        raise _refused(name, "加了打开密码，读不出来", "请去掉密码后再保存") from error


def broken_template(name: str, kind: FileKind) -> UserError:
    """Return what is said of a template that is damaged or is something else."""
    return _refused(name, f"不是 {kind.name}，或者已经损坏、不完整", kind.save_as)


def _plain(part: str) -> str:
    """Return a part's name with `/` between folders and none in front."""
    return part.replace("\\", "/").lstrip("/")


def _in_utf8(name: str, kind: FileKind, part: str, data: bytes) -> bytes:
    """Return an XML part in UTF-8, with the prefix `w` for Word's elements."""
    if b"<!DOCTYPE" in data or "<!DOCTYPE".encode("utf-16-le") in data:
        raise _refused(name, f"里的“{part}”含有不允许的声明", kind.save_as)
    try:
        root = parsed(data)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refused(name, f"已经损坏（“{part}”读不出）", kind.save_as) from error
    prefixed = etree.QName(root).namespace != W_URI or root.prefix == "w"
    if prefixed and _PLAIN_XML.match(data):
        return data
    return serialized(root if prefixed else _with_prefix(root))


def _with_prefix(root: etree._Element) -> etree._Element:
    """Return a copy of an element in which Word's namespace has the prefix `w`."""
    others = {key: uri for key, uri in root.nsmap.items() if uri != W_URI and key != "w"}
    copy = etree.Element(root.tag, nsmap={"w": W_URI, **others})
    for key, value in root.attrib.items():
        copy.set(key, value)
    copy.text = root.text
    copy.extend(list(root))
    return copy


def serialized(root: etree._Element) -> bytes:
    """Return an element as the bytes of a part."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _main_part(name: str, kind: FileKind, parts: Mapping[str, bytes]) -> str:
    related = relationships("", parts.get(relationships_part("")))
    mains = [r.target for r in related.values() if r.kind == "officeDocument"]
    if not mains or mains[0] not in parts or TYPES_PART not in parts:
        raise broken_template(name, kind)
    return mains[0]


def _make_document(name: str, kind: FileKind, parts: dict[str, bytes], main: str) -> None:
    """Give the main part of a file for new documents (.dotx, .xltx) the type of a document.

    Raises UserError for other types.
    """
    types = parsed(parts[TYPES_PART])
    overrides = [e for e in types.iter("{*}Override") if _plain(e.get("PartName", "")) == main]
    declared = overrides[0].get("ContentType", "") if overrides else kind.document_type
    if "macroEnabled" in declared:
        raise _refused(name, f"是{kind.macros}", kind.save_as)
    if declared == kind.template_type:
        overrides[0].set("ContentType", kind.document_type)
        parts[TYPES_PART] = serialized(types)
    elif declared != kind.document_type:
        raise _refused(name, f"不是 {kind.name}", kind.save_as)


def targets(package: Package, part: str, kind: str) -> list[str]:
    """Return the parts of a kind that a part refers to."""
    related = relationships(part, package.parts.get(relationships_part(part)))
    found = [each.target for each in related.values() if each.kind == kind]
    return [target for target in found if target in package.parts]


def related_elements(parts: Mapping[str, bytes], part: str) -> Iterator[etree._Element]:
    """Yield the relationships of a part, external ones too."""
    source = parts.get(relationships_part(part))
    if source is not None:
        yield from parsed(source).iter(f"{{{_RELATIONSHIPS}}}Relationship")


def kind_of(relationship: etree._Element) -> str:
    """Return the kind of a relationship, such as `chart`."""
    return posixpath.basename(relationship.get("Type", ""))


def is_external(relationship: etree._Element) -> bool:
    """Return whether a relationship leads out of the package."""
    return relationship.get("TargetMode") == "External"


def source_of(relationships_name: str) -> str:
    """Return the part whose relationships a part holds."""
    folder, name = posixpath.split(relationships_name)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def _refused(name: str, what: str, remedy: str) -> UserError:
    return UserError(f"“{name}”{what}。{remedy}")
