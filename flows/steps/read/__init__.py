"""The first step: a file as it was sent becomes typed ledgers, every value with its cell (DESIGN §4)."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from flows.steps.model import Claims, Failure, Ledger, Reading, address
from flows.steps.read.claims import merge_claims, read_claims
from flows.steps.read.frames import Sheet, build_ledger, cell_of
from flows.steps.read.headers import Header
from flows.steps.read.layout import SEARCHED, Region, find_regions
from flows.steps.read.sniff import MAX_BYTES, Refusal
from flows.steps.read.workbook import Opened, open_workbook
from schemas.columns import KINDS, Kind, columns_of
from schemas.rules import RULES

__all__ = ["cell_of", "read_file"]

_NAMED = 12  # column names given in a message


def read_file(path: Path, name: str) -> Reading:
    """Return what a file holds: its ledgers, its claims and the faults of the file as a whole.

    `name` is the file's path inside the ledger folder, with `/`. Raises OSError where the file cannot be opened at all.
    """
    data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else path.open("rb").read(MAX_BYTES + 1)
    digest = hashlib.sha256(data).hexdigest()
    opened = open_workbook(data, path.stem)
    if isinstance(opened, Refusal):
        failure = _failure(name, opened.code, reason=opened.reason)
        return Reading(name, digest, len(data), Claims(), [], [failure])
    sheets = [Sheet(grid, find_regions(grid)) for grid in opened.grids]
    ledgers = [ledger for kind in KINDS if (ledger := _ledger(name, kind, sheets)) is not None]
    claims = merge_claims([read_claims(sheet.grid, sheet.regions) for sheet in sheets])
    failures = [_failure(name, "hidden-sheet", value=sheet, sheet=sheet) for sheet in opened.hidden]
    if not ledgers:
        failures.insert(0, _nothing_found(name, opened))
    return Reading(name, digest, len(data), claims, ledgers, failures)


def _ledger(name: str, kind: Kind, sheets: Sequence[Sheet]) -> Ledger | None:
    """Return the ledger of a kind in a file; summaries beside a whole table do not belong to it."""
    of_kind = [Sheet(s.grid, [r for r in s.regions if r.header.kind == kind]) for s in sheets]
    anchor = "enterprise" if kind == "progress" else "id"
    if any(anchor in r.header.columns for s in of_kind for r in s.regions):
        of_kind = [Sheet(s.grid, [r for r in s.regions if anchor in r.header.columns]) for s in of_kind]
    if not any(s.regions for s in of_kind):
        return None
    ledger = build_ledger(kind, of_kind)
    ledger.failures += [f for s in of_kind for r in s.regions for f in _header_faults(name, s, r)]
    if not len(ledger.frame):
        ledger.failures.append(_failure(name, "no-ledger-found", reason="只有表头，没有数据行", expected=_expected(kind)))
    return ledger


def _header_faults(name: str, sheet: Sheet, region: Region) -> list[Failure]:
    """Return the faults of a table's header: columns that are missing, met twice or unknown."""
    header, columns = region.header, columns_of(region.header.kind)
    row = header.last + 1
    faults = [
        _failure(name, "missing-column", sheet=sheet.grid.sheet, row=row, header=columns[field].header,
                 found="、".join(header.texts[:_NAMED]))
        for field in header.missing
    ]  # fmt: skip
    for field, column in header.twice.items():
        first = address(row, header.columns[field])
        faults.append(_failure(name, "duplicate-column", sheet=sheet.grid.sheet, cell=address(row, column), row=row,
                               header=columns[field].header, first=first, second=address(row, column)))  # fmt: skip
    return faults + _unknown_columns(name, sheet, header)


def _unknown_columns(name: str, sheet: Sheet, header: Header) -> list[Failure]:
    row = header.last + 1
    return [
        _failure(name, "unknown-column", sheet=sheet.grid.sheet, cell=address(row, column), row=row, value=text[:60],
                 expected=_expected(header.kind))
        for column, text in header.unknown.items()
    ]  # fmt: skip


def _nothing_found(name: str, opened: Opened) -> Failure:
    """Return the fault of a file without a table; what its cells say is not repeated, it may be personal."""
    filled = [grid.sheet for grid in opened.grids if grid.height]
    reason = f"工作表{'、'.join(filled[:6])}的前{SEARCHED}行中没有台账表头" if filled else "工作表是空的"
    return _failure(name, "no-ledger-found", reason=reason, expected=_expected("progress"))


def _expected(kind: Kind) -> str:
    return "、".join(column.header for column in KINDS[kind])


def _failure(file: str, code: str, *, sheet: str | None = None, cell: str | None = None, row: int | None = None,
             **facts: str) -> Failure:  # fmt: skip
    rule = RULES[code]
    return Failure(file, sheet, cell, row, facts.get("header"), facts.get("value"), code, rule.severity,
                   rule.say(**facts), rule.advise(**facts))  # fmt: skip
