"""A .docx as parts, and back: always the same bytes for the same parts."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable

_DATE = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can tell
_RELATIONSHIP = re.compile(r"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


BadPackageError = zipfile.BadZipFile


def read_parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name, in their order; raises BadPackageError where it is none."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist() if not name.endswith("/")}


def write_parts(parts: Iterable[tuple[str, bytes | str]], onto: bytes = b"") -> bytes:
    """Return the package of some parts; `onto` is one that they are added to, whose own parts are not compressed again."""
    buffer = io.BytesIO()
    buffer.write(onto)
    with zipfile.ZipFile(buffer, "a" if onto else "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            package.writestr(entry, content)
    return buffer.getvalue()


def relationships(parts: dict[str, bytes], part: str) -> dict[str, str]:
    """Return the parts that a part refers to, by the id of the relationship."""
    folder, name = posixpath.split(part)
    source = parts.get(f"{folder}/_rels/{name}.rels", b"").decode()
    found = [dict(_ATTRIBUTE.findall(tag)) for tag in _RELATIONSHIP.findall(source)]
    inside = [r for r in found if r.get("TargetMode") != "External"]
    return {
        r["Id"]: posixpath.normpath(
            posixpath.join("/" if r["Target"].startswith("/") else folder, r["Target"])
        ).lstrip("/")
        for r in inside
    }
