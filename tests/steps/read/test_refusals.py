"""A file that is no ledger is named for what it is, by its bytes; what its cells say is not repeated."""

import bz2
import gzip
import io
import random
import struct
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from flows.steps.read.file import read_file
from flows.steps.read.formats.sniff import MAX_BYTES, MAX_MEMBERS, Refusal, sniff
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.grid import OpenedWorkbook
from schemas.shipped import shipped
from tests.support import read_writers as write
from tests.support.read_writers import Page

PERSON = "甲某 11010519491231002X"


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def with_record(data: bytes, record: bytes) -> bytes:
    """Return a workbook of the old format with a record put behind the one that opens it; it takes the next one's place."""
    at = data.index(b"\x09\x08\x10\x00")
    return data[: at + 20] + record + data[at + 20 + len(record) :]


def encrypted_member(data: bytes) -> bytes:
    """Return a zip archive whose first member is marked as encrypted."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 8] + bytes([data[at + 8] | 1]) + data[at + 9 :]


ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
GOOD = write.xlsx([Page([[PERSON]])])


def ods_of(table: bytes) -> bytes:
    """Return an OpenDocument spreadsheet with one sheet of this XML."""
    names = ("office", "table", "text")
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names
    )
    content = f'<o{spaces}><table:table table:name="A">'.encode() + table
    return zipped({**ODS, "content.xml": content + b"</table:table></o>"})


def within(
    many: int, around: bytes, inside: bytes, before: bytes = b"", after: bytes = b""
) -> bytes:
    """Return an OpenDocument spreadsheet whose cell holds elements, so many within each other."""
    deep = b"<%s>" % around * many + inside + b"</%s>" % around * many
    cell = b"<table:table-row><table:table-cell>%s%s%s</table:table-cell></table:table-row>"
    return ods_of(cell % (before, deep, after))


def far_cell(row: int) -> bytes:
    """Return a workbook with a cell in a row that no sheet has."""
    return write.package({"A": f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>'})


REFUSED: Mapping[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "file-unreadable", "文件是空的（0 字节）"),
    "only zeros": (bytes(600), "file-unreadable", "文件是空的，没有内容"),
    "PDF": (b"%PDF-1.7 ...", "file-unsupported", "内容是PDF 文件"),
    "gzip": (gzip.compress(b"a,b"), "file-unsupported", "内容是gzip 压缩文件"),
    "bzip2": (bz2.compress(b"a,b"), "file-unsupported", "内容是bzip2 压缩文件"),
    "RAR": (b"Rar!\x1a\x07\x01\0", "file-unsupported", "内容是RAR 压缩包"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "file-unsupported", "内容是7z 压缩包"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "file-unsupported", "内容是图片"),
    "a bitmap": (b"BM" + struct.pack("<I", 20) + bytes(14), "file-unsupported", "内容是图片"),
    "RTF": (b"{\\rtf1\\ansi}", "file-unsupported", "内容是RTF 文档"),
    "a zip archive": (zipped({"a.csv": b"x"}), "file-unsupported", "内容是压缩包，请解压后报送其中的表格"),
    "an empty zip archive": (b"PK\x05\x06" + bytes(18), "file-unsupported", "内容是空的压缩包，里面没有文件"),
    "SYLK": (b"ID;PWXL;N;E\r\nE", "file-unsupported", "内容是SYLK 表格，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "DIF": (b"TABLE\r\n0,1\r\n", "file-unsupported", "内容是DIF 表格，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "plain text": ("尊敬的领导：\n台账另报。".encode(), "file-unsupported", "内容是没有分栏的纯文本，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "flat OpenDocument": (b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
                          "file-unsupported", "内容是单文件的 OpenDocument 表格（.fods），请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "Word": (zipped({"word/document.xml": b"x"}), "file-unsupported", "内容是Word 文档"),
    "slides": (zipped({"ppt/presentation.xml": b"x"}), "file-unsupported", "内容是演示文稿"),
    "binary workbook": (zipped({"xl/workbook.bin": b"x"}), "file-unsupported", "内容是 .xlsb 二进制工作簿，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "OpenDocument, names in capitals": (zipped({"MIMETYPE": ODS["mimetype"], "content.xml": b"<x/>"}), "file-unreadable", "压缩包内的部件名称有误，文件可能没有传输完整"),
    "OpenDocument, content in capitals": (zipped({"mimetype": ODS["mimetype"], "CONTENT.XML": b"<x/>"}), "file-unreadable", "文件内部结构有误，可能已损坏"),
    "OpenDocument text": (zipped({**ODS, "mimetype": b"application/vnd.oasis.opendocument.text"}), "file-unsupported", "内容是文字文稿或演示文稿"),
    "encrypted ods": (zipped({**ODS, "META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "file-encrypted", ""),
    "encrypted zip": (encrypted_member(GOOD), "file-encrypted", ""),
    "half a workbook": (GOOD[: len(GOOD) // 2], "file-unreadable", "压缩结构已损坏，文件可能没有传输完整"),
    "a workbook of broken XML": (zipped({"xl/workbook.xml": b"<workbook"}), "file-unreadable", "文件内部结构有误，可能已损坏"),
    "RC4": (with_record(write.xls([Page([[1]])]), struct.pack("<HH", 0x2F, 54) + b"\1\0" + bytes(52)), "file-encrypted", ""),
    "XOR": (with_record(write.xls([Page([[1]])]), struct.pack("<HHHHH", 0x2F, 6, 0, 1, 2)), "file-encrypted", ""),
    "half an old workbook": (write.xls([Page([[PERSON]])])[:600], "file-unreadable", "文件结构已损坏，可能没有传输完整"),
    "web page": (f"<html><body><table><tr><td>{PERSON}</td></tr></table></body></html>".encode(), "file-unsupported", "内容是网页（HTML），不是真正的电子表格，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "web page in UTF-16": (f"<HTML><td>{PERSON}</td></HTML>".encode("utf-16"), "file-unsupported", "内容是网页（HTML），不是真正的电子表格，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "web page with a comment first": (f"\r\n<!-- {PERSON} --><table>".encode("gbk"), "file-unsupported", "内容是网页（HTML），不是真正的电子表格，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "archived web page": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "file-unsupported", "内容是网页（HTML），不是真正的电子表格，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "XML workbook": (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "file-unsupported",
                     "内容是XML 表格（SpreadsheetML），请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "XML": (b'<?xml version="1.0"?><a/>', "file-unsupported", "内容是XML 文件，请用 WPS 或 Excel 打开后另存为 .xlsx 再报"),
    "binary": (b"\x03\x07data\x01\x02", "file-unsupported", "内容不是表格，是认不出的二进制数据"),
    "broken GB18030": ("县区,姓名\r\n东浥区,".encode("gb18030") + b"\xcb \r\n", "file-unreadable",
                       "第2行有无法识别的字符，文件可能已损坏，或者编码既不是 UTF-8 也不是 GB18030"),
    "broken UTF-8": ("县区,企业名称,隶属关系\r\n".encode() * 9 + b"\xe4\xb8,\r\n", "file-unreadable",
                     "第10行有无法识别的字符，文件可能已损坏，或者编码既不是 UTF-8 也不是 GB18030"),
    "half a character of UTF-16": ("县区,企业".encode("utf-16") + b"\0", "file-unreadable",
                                   "第1行有无法识别的字符，文件可能已损坏，或者编码既不是 UTF-8 也不是 GB18030"),
    "too many parts": (zipped({f"xl/{i}": b"" for i in range(MAX_MEMBERS + 1)}, zipfile.ZIP_STORED), "file-too-large", "包内有 10001 个部件"),
    "a list of parts without end": (b"PK\x03\x04" + bytes(30) + b"PK\x05\x06" + struct.pack("<HHHHII", 0, 0, 9, 9, 2**31, 0) + bytes(2),
                                    "file-too-large", "压缩包内的部件过多"),
    "repeated cells without end": (
        zipped({**ODS, "content.xml": b'<o:x xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:'
                b'opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><table:table table:name="A">'
                b'<table:table-row table:number-rows-repeated="999999999"><table:table-cell table:number-columns-repeated="999999999">'
                b"<text:p>X</text:p></table:table-cell></table:table-row></table:table></o:x>"}),
        "file-too-large", "表格声明的单元格过多，与文件大小不相称"),
    "a cell beyond the last column": (
        ods_of(b'<table:table-row><table:table-cell table:number-columns-repeated="99999999999"/><table:table-cell><text:p>X</text:p>'
               b"</table:table-cell></table:table-row>"),
        "file-too-large", "单元格的行号或列号超出了电子表格的范围"),
    "a cell beyond the last row": (far_cell(99_999_999_999), "file-too-large", "单元格的行号或列号超出了电子表格的范围"),
    "a text with a row longer than any sheet is wide": (b"," * 20_000 + b"x\n", "file-too-large", "单元格的行号或列号超出了电子表格的范围"),
    "a text of 24 million cells": (b"1," * 24_000_000 + b"\n", "file-too-large", "表格的单元格过多，台账不会有这么多"),
    "spans within each other without end": (within(100_000, b"text:span", b"x", b"<text:p>", b"</text:p>"), "file-unreadable", "文件内部结构有误，可能已损坏"),
    "lists within each other without end": (within(100_000, b"text:list", b""), "file-unreadable", "文件内部结构有误，可能已损坏"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_ledger_is_named(tmp_path: Path, name: str) -> None:
    """The reason says what the file is, the remedy what to send instead, and neither repeats a cell."""
    data, code, reason = REFUSED[name]
    found = open_workbook(data, "台账")
    assert found == Refusal(code, reason)
    (tmp_path / "台账.xls").write_bytes(data)
    reading = read_file(tmp_path / "台账.xls", "东浥区/台账.xls", shipped())
    assert reading.ledgers == []
    (failure,) = reading.failures
    assert failure.severity == "ledger"
    assert found.reason in failure.message
    assert PERSON.split()[1] not in str(failure)


def test_limits_of_size() -> None:
    """Above 50 MB a file is not opened, above 500 MB unpacked it is not unpacked, nor is one that unpacks to 400 times its size."""
    assert sniff(b"a," * (MAX_BYTES // 2 + 1)) == Refusal("file-too-large", "超过 50 MB 的上限")
    zeros = bytes(21 * 2**20)
    assert sniff(zipped({"xl/workbook.xml": b"", "xl/a": zeros})) == Refusal(
        "file-too-large", "压缩比异常，解压后大小与文件不相称"
    )
    lying = zipped({"xl/workbook.xml": b"x"})
    at = lying.index(b"PK\x01\x02")
    assert sniff(lying[: at + 24] + struct.pack("<I", 2**30) + lying[at + 28 :]) == Refusal(
        "file-too-large", "解压后 1024 MB，上限为 500 MB"
    )


@pytest.mark.parametrize(
    "data", [GOOD, write.xls([Page([[PERSON]])]), write.text(Page([[PERSON, 1]]))]
)
def test_a_file_without_a_table_is_refused_without_its_cells(tmp_path: Path, data: bytes) -> None:
    """A sheet whose header is not recognised is named by its name only: its cells may be personal."""
    (tmp_path / "x.xlsx").write_bytes(data)
    (failure,) = read_file(tmp_path / "x.xlsx", "x.xlsx", shipped()).failures
    assert failure.code == "no-ledger-found"
    assert "中没有认得出的台账表头" in failure.message
    assert "甲某" not in str(failure)


def test_a_workbook_without_a_visible_sheet_is_refused(tmp_path: Path) -> None:
    """What is not there is said: no sheet, only hidden ones, only empty ones."""
    people = Page([[PERSON]], hidden=True)
    for data, codes, reason in (
        (zipped({"xl/workbook.xml": b"<workbook/>"}), ["no-ledger-found"], "没有可见的工作表"),
        (write.ods([people, Page([[PERSON]], name="b", hidden=True)]), ["no-ledger-found", "hidden-sheet", "hidden-sheet"], "没有可见的工作表"),
        (write.xlsx([Page([])]), ["no-ledger-found"], "工作表是空的"),
    ):  # fmt: skip
        (tmp_path / "x").write_bytes(data)
        failures = read_file(tmp_path / "x", "x", shipped()).failures
        assert [f.code for f in failures] == codes
        assert reason in failures[0].message


def test_an_old_workbook_outside_a_compound_file_is_read() -> None:
    """Some exporters write the workbook's records without the compound file around them."""
    data = write.xls([Page([["甲", 1]])])
    assert sniff(data[data.index(b"\x09\x08\x10\x00") :]) == "xls"


def test_a_long_comment_is_read_past_in_time() -> None:
    """A comment of 12 MB, in either format, takes seconds: a parser that began anew would take a minute."""
    comment = b"<!--" + random.Random(1).randbytes(6 * 2**20).hex().encode() + b"-->"
    row = '<row r="1"><c r="A1"><v>1</v></c></row>'
    book = write.package({"A": row})
    table = b'<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
    for data in (
        write.patched(book, "xl/worksheets/sheet1.xml", row, row + comment.decode()),
        ods_of(comment + table),
    ):
        begun = time.process_time()
        opened = open_workbook(data, "台账")
        assert time.process_time() - begun < 10
        assert isinstance(opened, OpenedWorkbook)
        assert [grid.row(0) for grid in opened.grids] == [[1.0]]
