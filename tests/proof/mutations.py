"""Workbooks and templates that something has happened to: bytes, members of a package, XML, sizes."""

import io
import random
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence

Mutate = Callable[[bytes, random.Random], bytes]
LARGE = 3 * 2**20  # bytes that compress to nothing, put where they do not belong


def flipped(data: bytes, rng: random.Random) -> bytes:
    """Return some bytes changed."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 64))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    """Return the beginning, or all but a piece."""
    start = rng.randrange(len(data))
    return data[:start] if rng.random() < 0.5 else data[:start] + data[start + rng.randrange(1, 600):]  # fmt: skip


def grown(data: bytes, rng: random.Random) -> bytes:
    """Return a piece of it twice, or with what is no part of it behind or before it."""
    start = rng.randrange(len(data))
    return rng.choice((
        data[:start] + data[max(0, start - 300):],
        data + rng.randbytes(rng.choice((1, 1000))),
        rng.randbytes(rng.choice((1, 512))) + data,
    ))  # fmt: skip


def member_removed(data: bytes, rng: random.Random) -> bytes:
    """Return a package without one of its members."""
    members = _members(data)
    del members[rng.randrange(len(members))]
    return _package(members)


def member_twice(data: bytes, rng: random.Random) -> bytes:
    """Return a package in which one name stands for two members."""
    members = _members(data)
    name, content = rng.choice(members)
    return _package([*members, (name, rng.choice((b"", content, content[: len(content) // 2])))])


def member_renamed(data: bytes, rng: random.Random) -> bytes:
    """Return a package with a member under a name that leads elsewhere, or is written otherwise."""
    members = _members(data)
    at = rng.randrange(len(members))
    name, content = members[at]
    names = (
        name.upper(),
        name.replace("/", "\\"),
        f"/{name}",
        f"../{name}",
        f"{name}\x00",
        "\u202e" + name,
    )
    members[at] = (rng.choice(names), content)
    return _package(members)


def member_large(data: bytes, rng: random.Random) -> bytes:
    """Return a package of which a member is much larger than it looks."""
    members = _members(data)
    at = rng.randrange(len(members))
    name, content = members[at]
    members[at] = (name, content + rng.choice((b" ", b"\n", b"<a>")) * LARGE)
    return _package(members)


def xml_altered(data: bytes, rng: random.Random) -> bytes:
    """Return a package with a tag doubled, dropped or exchanged, an entity or text put into a member."""
    members = _members(data)
    at = rng.choice([i for i, (name, _) in enumerate(members) if name.endswith((".xml", ".rels"))])
    name, content = members[at]
    starts = [i for i, byte in enumerate(content) if byte == ord("<")]
    a, b = sorted(rng.choices(starts, k=2))
    end = content.find(b">", a) + 1
    members[at] = (name, rng.choice((
        content[:a] + content[end:],
        content[:end] + content[a:end] + content[end:],
        content[:a] + content[b:],
        content[:a] + b'<!DOCTYPE a [<!ENTITY x "y">]>&x;' + content[a:],
        content[:a] + "\u202e字&#0;".encode() + content[a:],
        content[:a] + b"<x:y>" + content[a:],
    )))  # fmt: skip
    return _package(members)


def with_macros(data: bytes) -> bytes:
    """Return a workbook as one with macros."""
    types = "[Content_Types].xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    members = dict(_members(data))
    members[types] = members[types].replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")  # fmt: skip
    return _package([*members.items(), ("xl/vbaProject.bin", bytes(range(256)) * 8)])


def _members(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(info.filename, package.read(info)) for info in package.infolist()]


def _package(members: Sequence[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with (
        warnings.catch_warnings(action="ignore"),  # a name that comes twice
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for name, content in members:
            package.writestr(name, content)
    return buffer.getvalue()


ANY: Sequence[Mutate] = (flipped, cut, grown)
OF_PACKAGES: Sequence[Mutate] = (member_removed, member_twice, member_renamed, member_large, xml_altered)  # fmt: skip
CHECKED: Mapping[str, Sequence[Mutate]] = {
    "xlsx": (*ANY, *OF_PACKAGES), "xlsm": (*ANY, *OF_PACKAGES), "ods": (*ANY, *OF_PACKAGES), "docx": (*ANY, *OF_PACKAGES),
    "xls": ANY, "et": ANY, "csv": ANY,
}  # fmt: skip


def mutations(data: bytes, ending: str, count: int, rng: random.Random) -> list[bytes]:
    """Return mutated copies of a file, every kind of mutation in turn."""
    kinds = CHECKED[ending]
    return [kinds[i % len(kinds)](data, rng) for i in range(count)]
