"""Returned files and what goes back for them: what tests of packets start from."""

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import openpyxl
import xlsxwriter

from flows.settings import Campaign
from flows.steps.feedback import Sent, named_copies, notice_of, reply_day
from flows.steps.feedback.copies import marked_copy
from flows.steps.feedback.looks import DOUBT, WRONG
from flows.steps.model import Failure, Notice
from flows.steps.months import Month
from schemas.rules import RULES
from tests.support import seeding
from tests.support.factories import COUNTIES, campaign, submission

MAY, REPLY = Month(2022, 5), date(2022, 6, 7)
EAST = COUNTIES[0]
TOWN = seeding.city()
LIST = "问题清单"
QUERIED: dict[str, Any] = {"severity": "query"}  # what makes a fault one to be explained


@dataclass(frozen=True)
class Packet:
    """What goes back to one sender: files by name, and the notice beside them."""

    sender: str
    files: Sequence[tuple[str, bytes]]
    notice: Notice


def packet_of(
    sender: str, files: Sequence[Sent], settings: Campaign, month: Month, issued: date
) -> Packet:
    """Return what goes back to a sender: the notice, and each file's copies under unique names."""
    reply_by = reply_day(settings, issued)
    copies = [marked_copy(sent, sender, settings, month, reply_by) for sent in files]
    notice = notice_of(sender, files, settings, month, issued)
    return Packet(sender, named_copies(copies), notice)


def fault(
    code: str,
    cell: str | None,
    sheet: str | None = "进度'表",
    value: str = "-3",
    header: str | None = "党员人数",
) -> Failure:
    """Return a failure of a rule at a cell."""
    row = int("".join(filter(str.isdigit, cell))) if cell else None
    rule = RULES[code]
    return Failure("东浥区/五月.xlsx", sheet if cell else None, cell, row, header if cell else None, value, code, rule.severity,
                   f"{rule.title}：{value}。", rule.remedy)  # fmt: skip


@dataclass
class FakeGrid:
    """A sheet as the reader gives it."""

    sheet: str
    rows: list[list[Any]]
    spans: Sequence[tuple[int, int, int, int]] = field(default=())

    @property
    def height(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def row(self, row: int) -> list[Any]:
        """Return the cells of a row."""
        return self.rows[row]


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def replaced(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return a package in which some parts have another content, or are new."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**parts_of(data), **parts}.items():
            package.writestr(name, content)
    return buffer.getvalue()


def sent(
    data: bytes | None, failures: Sequence[Failure], file: str = "东浥区/五月.xlsx", **more: Any
) -> Sent:
    """Return a returned file."""
    ledger = submission(EAST, **{"verdict": "returned", "file": file, **more.pop("ledger", {})})
    return Sent(file, data, [ledger], failures, **more)


def copied(one: Sent) -> dict[str, bytes]:
    """Return the files that go back for one file."""
    return dict(marked_copy(one, EAST, campaign(), MAY, REPLY))


def book_of(data: bytes, **more: Any) -> Any:
    """Return a workbook's content as openpyxl reads it, which says of sparklines that it will lose them."""
    with warnings.catch_warnings(action="ignore"):
        return openpyxl.load_workbook(io.BytesIO(data), **more)


def links(page: Any) -> list[tuple[str, str]]:
    """Return (sheet, cell) of each link of a list, in order."""
    found = [
        re.fullmatch(r"'(.*)'!([A-Z]+\d+)", c.hyperlink.location)
        for row in page.iter_rows()
        for c in row
        if c.hyperlink
    ]
    return [(match[1].replace("''", "'"), match[2]) for match in found if match]


def picture() -> bytes:
    """Return a PNG of one pixel."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    size = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(name, body) for name, body in ((b"IHDR", size), (b"IDAT", pixels), (b"IEND", b""))
    )


def awkward() -> bytes:
    """Return a workbook with much of what a workbook can have and openpyxl keeps."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page, other = book.add_worksheet("进度'表"), book.add_worksheet(LIST)
        green = book.add_format({"bold": True, "bg_color": "#CCFFCC", "border": 1})
        page.merge_range("A1:F1", "2022年5月进度", green)
        page.write_row("A3", ["企业", "党员人数", "合计", "类别", "备注"], green)
        for row in range(3, 40):
            page.write(row, 0, f"企业{row}")
            page.write(row, 1, row, book.add_format({"num_format": "#,##0"}))
            page.write_formula(row, 2, f"=B{row + 1}*2", None, row * 2)
        page.write_formula("F4", '="甲"&"乙"', None, "甲乙")
        page.write_rich_string("E4", book.add_format({"bold": True}), "粗", " 细")
        page.merge_range("E5:E8", "合并", green)
        page.set_column("A:A", 30)
        page.set_row(5, 40, None, {"hidden": True})
        page.data_validation("D4:D40", {"validate": "list", "source": ["甲", "乙"]})
        page.conditional_format(
            "B4:B40", {"type": "cell", "criteria": ">", "value": 10, "format": green}
        )
        page.add_sparkline("F6", {"range": "'进度''表'!B4:B9"})
        page.freeze_panes(3, 1)
        page.write_comment("B5", "原来的话", {"author": "乙某"})
        page.protect("", {"select_locked_cells": True})
        other.write(0, 0, "别人的清单")
        other.hide()
        book.define_name("合计数", "='进度''表'!$C$4")
    return buffer.getvalue()


FAULTS = [fault("negative", "B5"), fault("more-than-total", "C5"), fault("out-of-scope", "E7", value="离休"), fault("required", "D4"),
          fault("archives-exceed", "B20")]  # fmt: skip
LOOKS = ("font", "border", "alignment", "number_format", "protection")
MARKED = {"B5": WRONG, "C5": WRONG, "E5": DOUBT, "D4": WRONG, "B20": DOUBT}
