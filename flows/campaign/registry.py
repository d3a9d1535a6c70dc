"""Reading 名录.xlsx: the registered counties, enterprises and senders, validated like a ledger."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.campaign.registry_periods import overlap, period_faults, period_of
from flows.campaign.registry_targets import read_targets
from flows.registered import County, Enterprise, Registry, Sender, Target
from flows.steps.model import CellError, address, display_text
from flows.steps.read.formats.sniff import Refusal
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.grid import Grid
from schemas.codes import uscc_fault
from schemas.definition import AFFILIATION, Column, Definition
from schemas.definition_sheets import KIND_NAMES
from schemas.registry import (
    COUNTIES,
    ENTERPRISES,
    REGISTRY,
    SENDER_TYPES,
    SENDERS,
    SEPARATORS,
    TARGETS,
    sheets_of,
)
from schemas.rules import RULES
from schemas.spellings import header_key, squeeze

Fault = tuple[str, str]  # place, message


@dataclass(frozen=True)
class _Row:
    """A row of a sheet: the texts of its fields and the cell of each."""

    texts: Mapping[str, str]
    cells: Mapping[str, str]

    def at(self, name: str) -> str:
        return self.cells[name]


def read_registry(data: bytes, definition: Definition) -> tuple[Registry | None, list[Fault]]:
    """Return the registry, None if it has faults, and each fault with its sheet and cell."""
    opened = open_workbook(data, "名录")
    if isinstance(opened, Refusal):
        return None, [
            (
                "",
                RULES[opened.code].say(reason=opened.reason)
                + "请用 WPS 或 Excel 打开后另存为 .xlsx",
            )
        ]
    grids = {squeeze(grid.sheet): grid for grid in opened.grids}
    faults: list[Fault] = []
    rows = {sheet: _rows(sheet, grids.get(sheet), definition, faults) for sheet in REGISTRY}
    for sheet in rows:
        faults += _required(sheet, rows[sheet], definition) + _repeated(sheet, rows[sheet])
        faults += period_faults(sheet, rows[sheet])
    counties = [_county(row, faults) for row in rows[COUNTIES]]
    enterprises = [e for row in rows[ENTERPRISES] if (e := _enterprise(row, definition, faults))]
    names = {
        squeeze(text): county.name for county in counties for text in (county.name, *county.aliases)
    }
    senders = [s for row in rows[SENDERS] if (s := _sender(row, names, faults))]
    targets = _targets(grids.get(TARGETS), (counties, enterprises, senders), definition, faults)
    if not faults:
        faults += [(sheet, "没有填写任何一行") for sheet in (COUNTIES, SENDERS) if not rows[sheet]]
    if faults:
        return None, faults
    return Registry(
        counties=tuple(counties),
        enterprises=tuple(enterprises),
        senders=tuple(senders),
        targets=tuple(targets),
    ), []


def _targets(
    grid: Grid | None,
    entries: tuple[Sequence[County], Sequence[Enterprise], Sequence[Sender]],
    definition: Definition,
    faults: list[Fault],
) -> list[Target]:
    """Return what the sheet of targets says, nothing where there is none or an empty one."""
    if grid is None or not any(any(grid.row(row)) for row in range(grid.height)):
        return []
    rows = _rows(TARGETS, grid, definition, faults)
    faults += _required(TARGETS, rows, definition)
    targets, wrong = read_targets(rows, *entries, definition)
    faults += wrong
    return targets


def _rows(sheet: str, grid: Grid | None, definition: Definition, faults: list[Fault]) -> list[_Row]:
    if grid is None:
        faults.append((sheet, f"缺少工作表“{sheet}”。名录应有工作表：{'、'.join(REGISTRY)}"))
        return []
    columns = sheets_of(definition)[sheet]
    header = next(
        (row for row in range(min(grid.height, 30)) if _matched(grid, row, columns)), None
    )
    if header is None:
        faults.append((sheet, f"没有找到表头。应有栏目：{'、'.join(c.header for c in columns)}"))
        return []
    at = _matched(grid, header, columns)
    missing = [c for c in columns if c.name not in at and c.required]
    faults += [(f"{sheet}!{address(header + 1, 0)}", f"缺少“{c.header}”栏") for c in missing]
    twice = [c for c in columns if _heads(grid, header).count(squeeze(c.header)) > 1]
    faults += [
        (f"{sheet}!{address(header + 1, at[c.name])}", f"“{c.header}”栏出现了两次") for c in twice
    ]
    if missing:
        return []
    return [
        row
        for number in range(header + 1, grid.height)
        if (row := _row(sheet, grid, number, at, columns, faults))
    ]


def _heads(grid: Grid, row: int) -> list[str]:
    return [header_key(v) if isinstance(v, str) else "" for v in grid.row(row)]


def _matched(grid: Grid, row: int, columns: Sequence[Column]) -> dict[str, int]:
    """Return each column's position in a header row; empty if the row lacks the first column."""
    heads = _heads(grid, row)
    found: dict[str, int] = {}
    for column in columns:
        known = (squeeze(text) for text in (column.header, *column.spellings))
        head = next((text for text in known if text in heads), None)
        if head is not None:
            found[column.name] = heads.index(head)
    return found if columns[0].name in found else {}


def _row(
    sheet: str,
    grid: Grid,
    number: int,
    at: Mapping[str, int],
    columns: Sequence[Column],
    faults: list[Fault],
) -> _Row | None:
    cells = grid.row(number)
    texts: dict[str, str] = {}
    places = {}
    for column in columns:
        places[column.name] = f"{sheet}!{address(number + 1, at.get(column.name, 0))}"
        value: Any = (
            cells[at[column.name]] if column.name in at and at[column.name] < len(cells) else None
        )
        if isinstance(value, CellError):
            faults.append(
                (places[column.name], f"“{column.header}”是没有结果的公式或错误值“{value.text}”")
            )
        texts[column.name] = " ".join(display_text(value).split())
    return _Row(texts, places) if any(texts.values()) else None


def _required(sheet: str, rows: Sequence[_Row], definition: Definition) -> list[Fault]:
    return [
        (row.at(c.name), f"“{c.header}”没有填写。应填{c.help}")
        for row in rows
        for c in sheets_of(definition)[sheet]
        if c.required and not row.texts[c.name]
    ]


def _repeated(sheet: str, rows: Sequence[_Row]) -> list[Fault]:
    """Return the faults of names, aliases and codes that stand for two entries."""
    faults: list[Fault] = []
    seen: dict[str, list[tuple[_Row, str]]] = {}
    for row in rows:
        for field, text in _spellings(row):
            place = _taken(seen, squeeze(text), row, field)
            if place:
                message = f"“{text}”已在 {place} 用过，一个名称或别名只能指一个单位"
                dated = "；同名而先后不同时的，请写清各自的起、止" if _is_dated(row) else ""
                faults.append((row.at(field), message + dated))
    for field in ("code", "uscc"):
        used: dict[str, list[tuple[_Row, str]]] = {}
        for row in rows:
            text = squeeze(row.texts.get(field, "")).upper()
            place = _taken(used, text, row, field)
            if place:
                faults.append((row.at(field), f"“{text}”已在 {place} 用过"))
    return faults


def _taken(seen: dict[str, list[tuple[_Row, str]]], key: str, row: _Row, field: str) -> str:
    """Return where another entry of the same time has a text already, empty if none has."""
    if not key:
        return ""
    others = [
        place
        for other, place in seen.setdefault(key, [])
        if other is not row and overlap(period_of(other), period_of(row))
    ]
    seen[key].append((row, row.at(field)))
    return others[0] if others else ""


def _is_dated(row: _Row) -> bool:
    return bool(row.texts["begins"] or row.texts["ends"])


def _period(row: _Row) -> dict[str, Any]:  # the fields of any entry of 名录
    begins, ends = period_of(row)
    return {"begins": begins, "ends": ends, "successor": row.texts["successor"] or None}


def _spellings(row: _Row) -> Iterator[tuple[str, str]]:
    yield "name", row.texts["name"]
    yield from (("aliases", alias) for alias in _split(row.texts["aliases"]))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for raw in re.split(f"[{SEPARATORS}]", text) if (part := raw.strip()))


def _county(row: _Row, faults: list[Fault]) -> County:
    return County(
        name=row.texts["name"],
        code=squeeze(row.texts["code"]),
        aliases=_split(row.texts["aliases"]),
        surveyed=_surveyed(row, faults),
        **_period(row),
    )


def _surveyed(row: _Row, faults: list[Fault]) -> int | None:
    """Return the number of retirees that were counted before the start, None if not given."""
    text = row.texts["surveyed"]
    number = squeeze(text).replace(",", "").removesuffix("人")
    if number and not re.fullmatch(r"[0-9]{1,9}", number):
        faults.append((row.at("surveyed"), f"摸底人数“{text}”不是整数。应填人数，如 320；可不填"))
        return None
    return int(number) if number else None


def _enterprise(row: _Row, definition: Definition, faults: list[Fault]) -> Enterprise | None:
    if AFFILIATION not in definition.columns_of("progress"):
        affiliation: str | None = ""
    else:
        listed = definition.choices(AFFILIATION)
        affiliation = listed.get(squeeze(row.texts[AFFILIATION]))
    if affiliation is None and row.texts[AFFILIATION]:
        header = definition.header_of("progress", AFFILIATION)
        given, choices = row.texts[AFFILIATION], "、".join(listed.values())
        faults.append((row.at(AFFILIATION), f"{header}“{given}”不在可选范围内。可选：{choices}"))
    uscc = squeeze(row.texts["uscc"]).upper()
    if uscc and (reason := uscc_fault(uscc)):
        faults.append((row.at("uscc"), RULES["uscc-invalid"].say(value=uscc, reason=reason)))
    surveyed = _surveyed(row, faults)
    if affiliation is None or not row.texts["name"]:
        return None
    return Enterprise(
        name=row.texts["name"],
        uscc=uscc,
        affiliation=affiliation,
        aliases=_split(row.texts["aliases"]),
        surveyed=surveyed,
        **_period(row),
    )


def _sender(row: _Row, counties: Mapping[str, str], faults: list[Fault]) -> Sender | None:
    name, kind, mail = row.texts["name"], squeeze(row.texts["type"]), row.texts["mail"]
    if kind and kind not in SENDER_TYPES:
        faults.append(
            (row.at("type"), f"类型“{kind}”不在可选范围内。可选：{'、'.join(SENDER_TYPES)}")
        )
    if mail and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", mail):
        faults.append((row.at("mail"), f"“{mail}”不是邮箱地址"))
    by_name = {squeeze(text): key for key, text in KIND_NAMES.items()}
    owed = [
        squeeze(part) for part in re.split(f"[{SEPARATORS}和及]", row.texts["owes"]) if part.strip()
    ]
    listed = "、".join(KIND_NAMES.values())
    faults += [
        (row.at("owes"), f"应报台账“{text}”不在可选范围内。可选：{listed}")
        for text in owed
        if text not in by_name
    ]
    county = counties.get(squeeze(name)) if kind == "县区" else None
    if kind == "县区" and name and county is None:
        faults.append((row.at("name"), f"类型是县区，但“县区”表中没有“{name}”"))
    if kind not in SENDER_TYPES or not name or not all(text in by_name for text in owed):
        return None
    owes: Any = tuple(key for key in KIND_NAMES if squeeze(KIND_NAMES[key]) in owed)
    return Sender(
        name=name,
        type=kind,  # type: ignore[arg-type]  # checked above
        aliases=_split(row.texts["aliases"]),
        mail=mail,
        contact=row.texts["contact"] or None,
        phone=row.texts["phone"] or None,
        owes=owes,
        county=county,
        **_period(row),
    )
