"""What a file is, by its bytes and never by its name (DESIGN §4)."""

import codecs
import io
import re
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import olefile

from flows.steps.ooxml import normal_name

Format = Literal["xlsx", "xls", "ods", "csv"]

MAX_BYTES = 50 * 2**20  # a file (DESIGN §5)
MAX_UNPACKED = 500 * 2**20
MAX_MEMBERS = 10_000
MAX_DIRECTORY = MAX_MEMBERS * 512  # bytes of a zip's directory, checked before it is read
MAX_RATIO = 400  # of a member's unpacked to its packed size, for members above RATIO_FROM
RATIO_FROM = 20 * 2**20

SAVE_ANEW = "请用 WPS 或 Excel 打开后另存为 .xlsx 再报"

_SIGNATURES = (
    (b"%PDF", "PDF 文件"),
    (b"\x1f\x8b", "gzip 压缩文件"),
    (b"BZh", "bzip2 压缩文件"),
    (b"\xfd7zXZ", "xz 压缩文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"II*\0", "图片"),
    (b"MM\0*", "图片"),
    (b"{\\rtf", "RTF 文档"),
    (b"MZ", "可执行程序"),
    (b"SQLite format 3\0", "数据库文件"),
    (b"ID;P", f"SYLK 表格，{SAVE_ANEW}"),
    (b"TABLE\r\n0,1", f"DIF 表格，{SAVE_ANEW}"),
    (b"TABLE\n0,1", f"DIF 表格，{SAVE_ANEW}"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A workbook's stream without a compound file around it.
_BARE_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_OLE_BROKEN = (
    OSError,
    LookupError,
    ValueError,
    TypeError,
    struct.error,
    ArithmeticError,
    AttributeError,
)
_FILEPASS = 0x2F
_SAMPLED = 4096  # bytes that decide what a text file is
_UTF16 = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Refusal:
    """Why a file is not read: the rule's code and the reason to print."""

    code: str
    reason: str = ""


def sniff(data: bytes) -> Format | Refusal:
    """Return the format that the bytes are in, or why they are not read."""
    if not data.strip(b"\0 \r\n\t"):
        return Refusal(
            "file-unreadable", "文件是空的，没有内容" if data else "文件是空的（0 字节）"
        )
    if len(data) > MAX_BYTES:
        return Refusal("file-too-large", f"超过 {MAX_BYTES // 2**20} MB 的上限")
    if data.startswith(b"PK"):
        return _sniff_zip(data)
    if data.startswith(_OLE):
        return _sniff_ole(data)
    if data.startswith(_BARE_BIFF) and data[2:4] in (b"\x04\0", b"\x06\0", b"\x08\0", b"\x10\0"):
        return Refusal("file-encrypted") if _has_filepass(data[:_SAMPLED]) else "xls"
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return Refusal("file-unsupported", f"内容是{name}")
    if data.startswith(b"BM") and int.from_bytes(data[2:6], "little") == len(data):
        return Refusal("file-unsupported", "内容是图片")
    return _sniff_text(data)


def _sniff_zip(data: bytes) -> Format | Refusal:
    end = data.rfind(b"PK\x05\x06")
    if end >= 0 and int.from_bytes(data[end + 12 : end + 16], "little") > MAX_DIRECTORY:
        return Refusal("file-too-large", "压缩包内的部件过多")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return Refusal("file-unreadable", "压缩结构已损坏，文件可能没有传输完整")
    if (refusal := _too_large(members)) is not None:
        return refusal
    if any(member.flag_bits & 1 for member in members):
        return Refusal("file-encrypted")
    if not members:
        return Refusal("file-unsupported", "内容是空的压缩包，里面没有文件")
    names = {normal_name(member.filename) for member in members}
    if "content.xml" in names and "mimetype" in names:
        return _sniff_ods(data)
    return _by_members(names)


def _by_members(names: set[str]) -> Format | Refusal:
    if "xl/workbook.bin" in names:
        return Refusal("file-unsupported", f"内容是 .xlsb 二进制工作簿，{SAVE_ANEW}")
    if any(name.endswith("workbook.xml") for name in names):
        return "xlsx"
    for folder, what in (("word/", "Word 文档"), ("ppt/", "演示文稿"), ("index/", "Numbers 表格")):
        if any(name.startswith(folder) for name in names):
            return Refusal("file-unsupported", f"内容是{what}")
    return Refusal("file-unsupported", "内容是压缩包，请解压后报送其中的表格")


def _too_large(members: Sequence[zipfile.ZipInfo]) -> Refusal | None:
    if len(members) > MAX_MEMBERS:
        return Refusal("file-too-large", f"包内有 {len(members)} 个部件")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        return Refusal(
            "file-too-large", f"解压后 {unpacked / 2**20:.0f} MB，上限为 {MAX_UNPACKED // 2**20} MB"
        )
    if any(
        m.file_size > RATIO_FROM and m.file_size > MAX_RATIO * max(m.compress_size, 1)
        for m in members
    ):
        return Refusal("file-too-large", "压缩比异常，解压后大小与文件不相称")
    return None


def _sniff_ods(data: bytes) -> Format | Refusal:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        try:
            kind = package.read("mimetype")[:200]
            manifest = (
                package.read("META-INF/manifest.xml")
                if "META-INF/manifest.xml" in package.namelist()
                else b""
            )
        except KeyError:  # it is there under a name in capitals, or with strokes
            return Refusal("file-unreadable", "压缩包内的部件名称有误，文件可能没有传输完整")
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
            return Refusal("file-unreadable", "压缩结构已损坏，文件可能没有传输完整")
    if b"opendocument.spreadsheet" not in kind:
        return Refusal("file-unsupported", "内容是文字文稿或演示文稿")
    return Refusal("file-encrypted") if b"encryption-data" in manifest else "ods"


def _sniff_ole(data: bytes) -> Format | Refusal:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            streams = {"/".join(path).lower(): path for path in ole.listdir()}
            if "encryptedpackage" in streams or "encryptioninfo" in streams:
                return Refusal("file-encrypted")
            book = next((streams[name] for name in ("workbook", "book") if name in streams), None)
            if book is not None:
                return (
                    Refusal("file-encrypted")
                    if _has_filepass(ole.openstream(book).read(_SAMPLED))
                    else "xls"
                )
    except _OLE_BROKEN:  # what olefile raises on a broken directory
        return Refusal("file-unreadable", "文件结构已损坏，可能没有传输完整")
    if "worddocument" in streams:
        return Refusal("file-unsupported", "内容是 Word 文档")
    return Refusal("file-unsupported", "内容不是电子表格")


def _has_filepass(stream: bytes) -> bool:
    """Return whether the first records hold FILEPASS, RC4 or XOR ([MS-XLS] 2.4.117)."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False


def _sniff_text(data: bytes) -> Format | Refusal:
    encoding = encoding_of(data)
    head = data[:_SAMPLED].decode(
        encoding if encoding.startswith("utf-16") else "latin-1", errors="ignore"
    )
    start = (
        re.sub(r"<!--.*?-->", "", head.lstrip("\ufeff\xef\xbb\xbf \t\r\n"), flags=re.DOTALL)
        .lstrip()
        .lower()
    )
    if start.startswith("mime-version:") or re.match(
        r"<(?:!doctype html|html|head|body|table|div|meta|style|tr|center)\b", start
    ):
        return Refusal("file-unsupported", f"内容是网页（HTML），不是真正的电子表格，{SAVE_ANEW}")
    if start.startswith(("<?xml", "<workbook")):
        kind = (
            "单文件的 OpenDocument 表格（.fods）"
            if "opendocument" in start
            else "XML 表格（SpreadsheetML）"
            if "spreadsheet" in start
            else "网页（HTML）"
            if "<html" in start
            else "XML 文件"
        )
        return Refusal("file-unsupported", f"内容是{kind}，{SAVE_ANEW}")
    if _BINARY.search(head):
        return Refusal("file-unsupported", "内容不是表格，是认不出的二进制数据")
    return "csv"


def encoding_of(data: bytes) -> str:
    """Return "utf-8-sig" or a UTF-16 if a text is marked as such or looks like it, else ""."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    for mark, name in _UTF16:
        if data.startswith(mark):
            return name
    head = data[:_SAMPLED]
    halves = head[::2].count(0), head[1::2].count(0)
    # Separators and digits have a zero in every other byte.
    if max(halves) * 20 > len(head) and min(halves) * 20 <= max(halves):
        return "utf-16-le" if halves[1] > halves[0] else "utf-16-be"
    return ""
