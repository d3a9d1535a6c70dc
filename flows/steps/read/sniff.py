"""What a file is, by its bytes and never by its name (DESIGN §4)."""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Literal

import olefile

Format = Literal["xlsx", "xls", "ods", "csv"]

MAX_BYTES = 50 * 2**20  # a file (DESIGN §5)
MAX_UNPACKED = 500 * 2**20
MAX_MEMBERS = 10_000
MAX_RATIO = 400  # of a member's unpacked to its packed size, for members above RATIO_FROM
RATIO_FROM = 20 * 2**20

_SIGNATURES = (
    (b"%PDF", "PDF 文件"),
    (b"\x1f\x8b", "gzip 压缩文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"BM", "图片"),
    (b"GIF8", "图片"),
    (b"{\\rtf", "RTF 文档"),
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FILEPASS = 0x2F


@dataclass(frozen=True)
class Refusal:
    """A file that is not read: the rule's code and the reason to print."""

    code: str
    reason: str = ""


def sniff(data: bytes) -> Format | Refusal:
    """Return the format that the bytes are in, or why they are not read."""
    if not data.strip(b"\0 \r\n\t"):
        return Refusal("file-unreadable", "文件是空的，没有内容" if data else "文件是空的（0 字节）")
    if len(data) > MAX_BYTES:
        return Refusal("file-too-large", f"{len(data) / 2**20:.0f} MB，上限为 {MAX_BYTES // 2**20} MB")
    if data.startswith(b"PK"):
        return _sniff_zip(data)
    if data.startswith(_OLE):
        return _sniff_ole(data)
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return Refusal("file-unsupported", f"内容是{name}")
    return _sniff_text(data)


def _sniff_zip(data: bytes) -> Format | Refusal:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return Refusal("file-unreadable", "压缩结构已损坏，文件可能没有传输完整")
    if (refusal := _too_large(members)) is not None:
        return refusal
    names = {member.filename.replace("\\", "/").lstrip("/").lower() for member in members}
    if any(member.flag_bits & 1 for member in members):
        return Refusal("file-encrypted")
    if "xl/workbook.bin" in names:
        return Refusal("file-unsupported", "内容是 .xlsb 二进制工作簿")
    if "content.xml" in names and "mimetype" in names:
        return _sniff_ods(data)
    if any(name.endswith("workbook.xml") for name in names):
        return "xlsx"
    if any(name.startswith("word/") for name in names):
        return Refusal("file-unsupported", "内容是 Word 文档")
    if any(name.startswith("ppt/") for name in names):
        return Refusal("file-unsupported", "内容是演示文稿")
    return Refusal("file-unsupported", "内容是压缩包，请解压后报送其中的表格")


def _too_large(members: list[zipfile.ZipInfo]) -> Refusal | None:
    if len(members) > MAX_MEMBERS:
        return Refusal("file-too-large", f"包内有 {len(members)} 个部件")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        return Refusal("file-too-large", f"解压后 {unpacked / 2**20:.0f} MB，上限为 {MAX_UNPACKED // 2**20} MB")
    if any(m.file_size > RATIO_FROM and m.file_size > MAX_RATIO * max(m.compress_size, 1) for m in members):
        return Refusal("file-too-large", "压缩比异常，解压后大小与文件不相称")
    return None


def _sniff_ods(data: bytes) -> Format | Refusal:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        if b"opendocument.spreadsheet" not in package.read("mimetype")[:200]:
            return Refusal("file-unsupported", "内容是文字文稿或演示文稿")
        if "META-INF/manifest.xml" in names and b"encryption-data" in package.read("META-INF/manifest.xml"):
            return Refusal("file-encrypted")
    return "ods"


def _sniff_ole(data: bytes) -> Format | Refusal:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            streams = {"/".join(path).lower(): path for path in ole.listdir()}
            if "encryptedpackage" in streams or "encryptioninfo" in streams:
                return Refusal("file-encrypted")
            book = next((streams[name] for name in ("workbook", "book") if name in streams), None)
            if book is not None:
                return Refusal("file-encrypted") if _has_filepass(ole.openstream(book).read(4096)) else "xls"
    except Exception:  # olefile raises of every kind on a broken directory; the file is then none we can read
        return Refusal("file-unreadable", "文件结构已损坏，可能没有传输完整")
    if "worddocument" in streams:
        return Refusal("file-unsupported", "内容是 Word 文档")
    return Refusal("file-unsupported", "内容不是电子表格")


def _has_filepass(stream: bytes) -> bool:
    """Return whether the workbook's first records hold FILEPASS: encrypted, by RC4 or the old XOR ([MS-XLS] 2.4.117)."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = (int.from_bytes(stream[i : i + 2], "little") for i in (at, at + 2))
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False


def _sniff_text(data: bytes) -> Format | Refusal:
    head = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe\xfe\xff").replace(b"\0", b"").lstrip().lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<div", b"<meta")):
        return Refusal("file-unsupported", "内容是网页（HTML），不是真正的电子表格")
    if head.startswith(b"<?xml") or head.startswith(b"<workbook"):
        kind = "XML 表格" if b"spreadsheet" in head else "网页（HTML）" if b"<html" in head else "XML 文件"
        return Refusal("file-unsupported", f"内容是{kind}，不是真正的电子表格")
    if re.search(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", data[:4096]):
        return Refusal("file-unsupported", "内容不是表格，是认不出的二进制数据")
    return "csv"
