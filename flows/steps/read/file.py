"""A ledger file as it was sent becomes typed ledgers, every value with its cell (DESIGN §4)."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import BinaryIO, Literal, Protocol

from flows.steps.failures import Place, failure
from flows.steps.model import Claims, Failure, Ledger, ParsedFile, address
from flows.steps.months import Month
from flows.steps.read.answers import answers_in, is_problem_list
from flows.steps.read.boxes import Ticks, box_faults, form_facts, ticks_of
from flows.steps.read.faults import (
    expected,
    header_faults,
    nothing_found,
    unread_rows,
)
from flows.steps.read.formats.sniff import MAX_BYTES, Refusal
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.frames import build_ledger
from flows.steps.read.layout.claims import merge_claims, read_claims
from flows.steps.read.layout.headers import Header
from flows.steps.read.layout.regions import find_regions, line_counts
from flows.steps.read.layout.row_roles import Role
from flows.steps.read.parts import Sheet
from flows.steps.read.replies import replies_in
from flows.steps.read.values.dates import months_in
from schemas.columns import FORM_SHEET
from schemas.definition import Definition, Kind

__all__ = ["read_file"]

_ONLY_HEAD = "只有表头，没有数据行"
_NOTHING_TO_DO = "；没有应{action}{people}的，请把“零报告”选为☑"
_CHUNK = 2**20  # bytes read at a time of a file that is only hashed


class Source(Protocol):
    """A file to be opened: a path, or an object in a store."""

    @property
    def stem(self) -> str:
        """Return the file's name without folder and suffix."""

    def open(self, mode: Literal["rb"], /) -> AbstractContextManager[BinaryIO]:
        """Return a stream of the file's bytes."""


def read_file(
    source: Source, name: str, definition: Definition, month: Month | None = None
) -> ParsedFile:
    """Return a file's ledgers, its claims and the faults of the file as a whole.

    `name` is the path inside the ledger folder, with `/`. Of a file with a sheet a month only those
    of `month` are read; `definition` says what a ledger is. Raises OSError if the file cannot be
    opened.
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
    replies = replies_in(opened)
    if replies is not None:
        return ParsedFile(name, digest, len(data), Claims(), [], [], replies=replies)
    lists = [grid for grid in opened.grids if is_problem_list(grid)]
    answers = tuple(answer for grid in lists for answer in answers_in(grid))
    grids = [grid for grid in opened.grids if grid not in lists]
    every = [Sheet(grid, find_regions(grid, definition)) for grid in grids]
    sheets, others = _of_month(every, month)
    claims = merge_claims([_claims(sheet) for sheet in sheets])
    claims = replace(claims, form=form_facts(opened.form))
    by_kind = {kind: _of_kind(kind, sheets, definition) for kind in definition.kinds}
    ledgers = [
        _ledger(name, kind, of_kind, definition, ticks_of(claims))
        for kind, of_kind in by_kind.items()
        if any(sheet.regions for sheet in of_kind)
    ]
    _count_lines(ledgers, by_kind, every)
    failures = [
        failure("hidden-sheet", name, Place(sheet), value=sheet)
        for sheet in opened.hidden
        if sheet != FORM_SHEET
    ]
    failures += [_other_month(name, sheet) for sheet in others]
    failures += box_faults(name, claims, sum(len(ledger.frame) for ledger in ledgers))
    if ledgers:
        ledgers[0].failures += unread_rows(name, sheets, definition)
    else:
        failures.insert(0, nothing_found(name, opened, definition))
    return ParsedFile(name, digest, len(data), claims, ledgers, failures, answers)


def _claims(sheet: Sheet) -> Claims:
    """Return what the lines around a sheet's tables claim, and for want of a title its name."""
    claims = read_claims(sheet.grid, sheet.regions)
    return claims if claims.months or not sheet.regions else replace(claims, months=_named(sheet))


def _named(sheet: Sheet) -> tuple[tuple[int | None, int, str, str, str], ...]:
    """Return the month that a sheet's name gives, with the first cell of its header."""
    header = sheet.regions[0].header
    cell = address(header.last + 1, min(header.columns.values()))
    name = sheet.grid.sheet
    return tuple((year, month, name, name, cell) for year, month in months_in(name)[-1:])


def _of_month(
    sheets: Sequence[Sheet], asked: Month | None
) -> tuple[Sequence[Sheet], Sequence[Sheet]]:
    """Return the sheets to read, and those left out: of a sheet a month the month's own is read."""
    if asked is None:
        return sheets, []
    others = [s for s in sheets if (months := _claims(s).months) and not _names(months, asked)]
    own = [s for s in sheets if _names(_claims(s).months, asked)]
    if not own or not others:
        return sheets, []
    return [s for s in sheets if s not in others], others


def _names(months: Sequence[tuple[int | None, int, str, str, str]], asked: Month) -> bool:
    return any(
        number == asked.month and year in (None, asked.year) for year, number, _, _, _ in months
    )


def _other_month(name: str, sheet: Sheet) -> Failure:
    month = _claims(sheet).months[0]
    stated = f"{month[1]}月"
    return failure(
        "other-month-sheet", name, Place(sheet.grid.sheet), value=sheet.grid.sheet, month=stated
    )


def _of_kind(kind: Kind, sheets: Sequence[Sheet], definition: Definition) -> list[Sheet]:
    """Return the sheets with their tables of a kind, without summaries beside a full table."""
    anchor = "enterprise" if kind == "progress" else definition.identity
    every = [Sheet(s.grid, [r for r in s.regions if r.header.kind == kind]) for s in sheets]
    full = [Sheet(s.grid, [r for r in s.regions if anchor in r.header.columns]) for s in every]
    return full if any(s.regions for s in full) else every


def _ledger(
    name: str, kind: Kind, sheets: Sequence[Sheet], definition: Definition, ticks: Ticks
) -> Ledger:
    """Return the ledger of a kind with the faults of its headers."""
    ledger = build_ledger(kind, sheets, definition, ticks)
    seen: list[Header] = []
    for sheet, region in ((s, r) for s in sheets for r in s.regions):
        if not any(region.header.same_as(other) for other in seen):
            ledger.failures += header_faults(name, sheet.grid.sheet, region.header, definition)
        seen.append(region.header)
    if not len(ledger.frame) and not ticks.nothing:
        words = definition.words
        nothing = _NOTHING_TO_DO.format(action=words.action, people=words.people)
        reason = _ONLY_HEAD + (nothing if ticks.own_form else "")
        fault = failure("no-ledger-found", name, reason=reason, expected=expected(kind, definition))
        ledger.failures.append(fault)
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
