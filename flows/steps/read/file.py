"""A ledger file as it was sent becomes typed ledgers, every value with its cell (DESIGN §4)."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO, Literal, Protocol

from flows.steps.failures import Place, failure
from flows.steps.model import Claims, Failure, Ledger, ParsedFile, address
from flows.steps.read.formats.sniff import MAX_BYTES, Refusal
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.frames import Sheet, build_ledger
from flows.steps.read.grid import OpenedWorkbook
from flows.steps.read.layout.claims import merge_claims, read_claims
from flows.steps.read.layout.headers import Header
from flows.steps.read.layout.regions import SEARCHED, find_regions, line_counts
from flows.steps.read.layout.row_roles import Role
from schemas.columns import FORM_SHEET, KINDS, Kind, columns_of

__all__ = ["read_file"]

_CHUNK = 2**20  # bytes read at a time of a file that is only hashed
_HEADS_QUOTED = 12  # in a message
_SHEETS_QUOTED = 6


class Source(Protocol):
    """A file to be opened: a path, or an object in a store."""

    @property
    def stem(self) -> str:
        """Return the file's name without folder and suffix."""

    def open(self, mode: Literal["rb"], /) -> AbstractContextManager[BinaryIO]:
        """Return a stream of the file's bytes."""


def read_file(source: Source, name: str) -> ParsedFile:
    """Return a file's ledgers, its claims and the faults of the file as a whole.

    `name` is the path inside the ledger folder, with `/`. Raises OSError if it cannot be opened.
    """
    with source.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
        hashed = hashlib.sha256(data)
        while rest := file.read(_CHUNK):
            hashed.update(rest)
    digest = hashed.hexdigest()
    opened = open_workbook(data, source.stem)
    if isinstance(opened, Refusal):
        refused = failure(opened.code, name, reason=opened.reason)
        return ParsedFile(name, digest, len(data), Claims(), [], [refused])
    sheets = [Sheet(grid, find_regions(grid)) for grid in opened.grids]
    by_kind = {kind: _of_kind(kind, sheets) for kind in KINDS}
    ledgers = [
        _ledger(name, kind, of_kind)
        for kind, of_kind in by_kind.items()
        if any(sheet.regions for sheet in of_kind)
    ]
    _count_lines(ledgers, by_kind, sheets)
    claims = merge_claims([read_claims(sheet.grid, sheet.regions) for sheet in sheets])
    failures = [
        failure("hidden-sheet", name, Place(sheet), value=sheet)
        for sheet in opened.hidden
        if sheet != FORM_SHEET
    ]
    if not ledgers:
        failures.insert(0, _nothing_found(name, opened))
    return ParsedFile(name, digest, len(data), claims, ledgers, failures)


def _of_kind(kind: Kind, sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets with their tables of a kind, without summaries beside a full table."""
    anchor = "enterprise" if kind == "progress" else "id"
    every = [Sheet(s.grid, [r for r in s.regions if r.header.kind == kind]) for s in sheets]
    full = [Sheet(s.grid, [r for r in s.regions if anchor in r.header.columns]) for s in every]
    return full if any(s.regions for s in full) else every


def _ledger(name: str, kind: Kind, sheets: Sequence[Sheet]) -> Ledger:
    """Return the ledger of a kind with the faults of its headers."""
    ledger = build_ledger(kind, sheets)
    seen: list[Header] = []
    for sheet, region in ((s, r) for s in sheets for r in s.regions):
        if not any(region.header.same_as(other) for other in seen):
            ledger.failures += _header_faults(name, sheet.grid.sheet, region.header)
        seen.append(region.header)
    if not len(ledger.frame):
        ledger.failures.append(
            failure(
                "no-ledger-found", name, reason="只有表头，没有数据行", expected=_expected(kind)
            )
        )
    return ledger


def _count_lines(
    ledgers: Sequence[Ledger], by_kind: Mapping[Kind, Sequence[Sheet]], sheets: Sequence[Sheet]
) -> None:
    """Set each ledger's count of rows by role; rows of no ledger count with the first."""
    rest = sum(sheet.grid.height for sheet in sheets)
    for ledger in ledgers:
        counts = line_counts([region for sheet in by_kind[ledger.kind] for region in sheet.regions])
        ledger.lines = counts
        rest -= counts.total()
    if ledgers and rest:
        ledgers[0].lines = {**ledgers[0].lines, Role.OUTSIDE.label: rest}


def _header_faults(name: str, sheet: str, header: Header) -> list[Failure]:
    """Return the faults of a header: columns that are missing, doubled or unknown."""
    columns, row = columns_of(header.kind), header.last + 1
    first, found = (
        address(row, min(header.texts)),
        "、".join(list(header.texts.values())[:_HEADS_QUOTED]),
    )
    faults = [
        failure(
            "missing-column",
            name,
            Place(sheet, first),
            header=columns[field].header,
            found=found,
        )
        for field in header.missing
    ]
    for field, column in header.twice.items():
        once, again = address(row, header.columns[field]), address(row, column)
        faults.append(
            failure(
                "duplicate-column",
                name,
                Place(sheet, again),
                header=columns[field].header,
                first=once,
                second=again,
            )
        )
    return faults + [
        failure(
            "unknown-column",
            name,
            Place(sheet, address(row, column)),
            value=text,
            expected=_expected(header.kind),
        )
        for column, text in header.unknown.items()
    ]


def _nothing_found(name: str, opened: OpenedWorkbook) -> Failure:
    """Return the fault of a file without a table; it quotes no cell, which may be personal."""
    filled = [grid.sheet for grid in opened.grids if grid.height]
    if filled:
        reason = f"工作表“{'”“'.join(filled[:_SHEETS_QUOTED])}”的前{SEARCHED}行中没有台账表头"
    else:
        reason = "工作表是空的" if opened.grids else "没有可见的工作表"
    return failure("no-ledger-found", name, reason=reason, expected=_expected("progress"))


def _expected(kind: Kind) -> str:
    return "、".join(column.header for column in KINDS[kind])
