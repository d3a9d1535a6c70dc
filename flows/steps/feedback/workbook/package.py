"""An Office Open XML package while it is edited: a few parts replaced, all others copied."""

import posixpath
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import IO

from lxml import etree

from flows.steps.ooxml import FIXED_DATE, normal_name, parsed, part_names, relationships_part

CHUNK = 1 << 20
LARGEST_PART = 64 << 20  # bytes of a part that is parsed whole
LARGEST_PACKAGE = 500 << 20
PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_TYPES_PART = "[Content_Types].xml"

Content = Iterable[bytes]


class UnmarkableError(Exception):
    """A package that cannot be edited safely; the message says why in Chinese."""


class Package:
    """The parts of a package, some replaced, added or dropped; `write` makes the new one."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        self._source = source
        self._names = part_names(source)
        self._replaced: dict[str, Content] = {}  # by the name in the package
        self._parsed: dict[str, etree._Element] = {}
        self._changed: set[str] = set()  # of the parts that were parsed
        if sum(member.file_size for member in source.infolist()) > LARGEST_PACKAGE:
            raise UnmarkableError("文件解压后过大")

    @property
    def names(self) -> list[str]:
        """Return the parts' names in the form in which they are compared."""
        return list(self._names)

    def has(self, part: str) -> bool:
        """Return whether there is such a part."""
        return normal_name(part) in self._names

    def size(self, part: str) -> int:
        """Return how large a part of the original is, unpacked."""
        return self._source.getinfo(self._names[normal_name(part)]).file_size

    def read(self, part: str) -> bytes:
        """Return a part of the original; raises UnmarkableError if it is too large to be parsed."""
        if self.size(part) > LARGEST_PART:
            raise UnmarkableError(f"文件的组成部分 {part} 过大")
        return self._source.read(self._names[normal_name(part)])

    def open(self, part: str) -> IO[bytes]:
        """Return a part of the original as a stream."""
        return self._source.open(self._names[normal_name(part)])

    def peek(self, part: str) -> etree._Element:
        """Return the root of a part that is not changed."""
        name = self._names[normal_name(part)]
        if name not in self._parsed:
            root = parsed(self.read(part))
            document = root.getroottree().docinfo
            if document.internalDTD is not None or document.doctype:
                raise UnmarkableError(f"文件的组成部分 {part} 含有不允许的声明")
            self._parsed[name] = root
        return self._parsed[name]

    def tree(self, part: str) -> etree._Element:
        """Return the root of a part that is changed: it is written as it then is."""
        root = self.peek(part)
        self._changed.add(self._names[normal_name(part)])
        return root

    def replace(self, part: str, content: Content) -> None:
        """Set the content of a part, which is made when the package is written."""
        self._replaced[self._names[normal_name(part)]] = content

    def add(self, part: str, content: Content, content_type: str | None = None) -> None:
        """Add a part; without a type it has the one of its ending."""
        self._names[normal_name(part)] = part
        self._replaced[part] = content
        if content_type is not None:
            types = self.tree(_TYPES_PART)
            entry = {"PartName": f"/{part}", "ContentType": content_type}
            etree.SubElement(types, f"{_TYPES}Override", entry)

    def add_tree(self, part: str, root: etree._Element, content_type: str | None = None) -> None:
        """Add a part that may still be changed."""
        self.add(part, (), content_type)
        self._parsed[part] = root
        self._changed.add(part)

    def drop(self, part: str) -> None:
        """Leave out a part, its relationships and its type."""
        for gone in (part, relationships_part(part)):
            name = self._names.pop(normal_name(gone), None)
            if name is not None:
                self._replaced.pop(name, None)
                self._changed.discard(name)
        for override in self._overrides(part):
            self.tree(_TYPES_PART).remove(override)

    def _overrides(self, part: str) -> list[etree._Element]:
        wanted = normal_name(part)
        found = self.tree(_TYPES_PART).iterfind(f"{_TYPES}Override")
        return [entry for entry in found if normal_name(entry.get("PartName", "")) == wanted]

    def set_type(self, part: str, content_type: str) -> None:
        """Set the content type of a part."""
        overrides = self._overrides(part)
        for override in overrides:
            override.set("ContentType", content_type)
        if not overrides:
            types = self.tree(_TYPES_PART)
            name = f"/{self._names[normal_name(part)]}"
            etree.SubElement(types, f"{_TYPES}Override", PartName=name, ContentType=content_type)

    def add_default(self, extension: str, content_type: str) -> None:
        """Say which type parts with an ending have, if nothing is said of it yet."""
        types = self.tree(_TYPES_PART)
        defaults = types.iterfind(f"{_TYPES}Default")
        if all(entry.get("Extension", "").lower() != extension for entry in defaults):
            entry = etree.Element(f"{_TYPES}Default", Extension=extension, ContentType=content_type)
            types.insert(0, entry)

    def unused(self, pattern: str) -> str:
        """Return a part name that is free: `pattern` with the first number that makes it so."""
        numbers = range(1, len(self._names) + 2)
        return next(name for i in numbers if not self.has(name := pattern.format(i)))

    def relationships(self, part: str) -> "Relationships":
        """Return the relationships of a part, which may have none yet."""
        return Relationships(self, part)

    def write(self, last: Iterable[str] = ()) -> bytes:
        """Return the package; the parts `last` are made and written after all others."""
        late = [self._names[normal_name(part)] for part in last]
        names = [name for name in self._names.values() if name not in late]
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
            for name in [*names, *late]:
                self._write(target, name)
        return buffer.getvalue()

    def _write(self, target: zipfile.ZipFile, name: str) -> None:
        entry = zipfile.ZipInfo(name, FIXED_DATE.timetuple()[:6])
        entry.create_system = 3  # Unix on every system, so that the bytes are the same
        entry.external_attr = 0o600 << 16
        if name.endswith("/"):
            target.writestr(entry, b"")
            return
        entry.compress_type = zipfile.ZIP_DEFLATED
        with target.open(entry, "w") as stream:
            for chunk in self._content(name):
                stream.write(chunk)

    def _content(self, name: str) -> Iterable[bytes]:
        if name in self._changed:
            return [serialised(self._parsed[name])]
        return self._replaced[name] if name in self._replaced else self.chunks(name)

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield a part of the original."""
        with self.open(part) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


class Relationships:
    """The references from one part to others; the part that holds them is made if needed."""

    def __init__(self, package: Package, part: str) -> None:
        self._package, self._part = package, part
        self._holder = relationships_part(part)

    def _entries(self) -> list[etree._Element]:
        if not self._package.has(self._holder):
            return []
        return list(self._package.peek(self._holder).iterfind("{*}Relationship"))

    def targets(self, kind: str) -> dict[str, str]:
        """Return the parts of a kind (`comments`, `worksheet` …) by relationship id."""
        return {
            entry.get("Id", ""): self._resolved(entry.get("Target", ""))
            for entry in self._entries()
            if posixpath.basename(entry.get("Type", "")) == kind
        }

    def _resolved(self, target: str) -> str:
        folder = posixpath.join("/", posixpath.dirname(self._part))
        return posixpath.normpath(posixpath.join(folder, target.replace("\\", "/"))).lstrip("/")

    def add(self, kind: str, part: str) -> str:
        """Add a reference to a part and return its id."""
        taken = {entry.get("Id") for entry in self._entries()}
        if not self._package.has(self._holder):
            root = etree.fromstring(f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}"/>')
            self._package.add_tree(self._holder, root)
        key = next(key for i in range(1, len(taken) + 2) if (key := f"rId{i}") not in taken)
        folder = posixpath.dirname(self._part)
        target = posixpath.relpath(part, folder or ".")
        entry = {"Id": key, "Type": f"{OFFICE}/{kind}", "Target": target}
        tag = f"{{{PACKAGE_RELATIONSHIPS}}}Relationship"
        etree.SubElement(self._package.tree(self._holder), tag, entry)
        return key

    def remove(self, key: str) -> None:
        """Take away a reference."""
        for entry in self._entries():
            if entry.get("Id") == key:
                self._package.tree(self._holder).remove(entry)


def serialised(root: etree._Element) -> bytes:
    """Return a part's bytes, as Office writes them."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
