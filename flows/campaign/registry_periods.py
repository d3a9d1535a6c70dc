"""When the entries of 名录 begin, end and whom they merge into: each fault with its cell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from flows.steps.months import Month
from schemas.registry import SEPARATORS
from schemas.spellings import squeeze

Fault = tuple[str, str]  # place, message
Period = tuple[Month | None, Month | None]  # first and last month, None for open
_MONTH = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:月|(?:-|/)\d{1,2})?")
_SPLIT = re.compile(f"[{SEPARATORS}]")


class RegistryRow(Protocol):
    """A row of a sheet of 名录: the texts of its fields, and the cell of each."""

    @property
    def texts(self) -> Mapping[str, str]:
        """Return the text of each field."""

    def at(self, name: str) -> str:
        """Return the cell of a field."""


def period_of(row: RegistryRow) -> Period:
    """Return the months in which an entry begins and ends, None where they are not given."""
    return _month(row.texts["begins"]), _month(row.texts["ends"])


def overlap(one: Period, other: Period) -> bool:
    """Return whether two periods have a month in common."""

    def ends_before(first: Period, second: Period) -> bool:
        return first[1] is not None and second[0] is not None and first[1] < second[0]

    return not (ends_before(one, other) or ends_before(other, one))


def _month(text: str) -> Month | None:
    match = _MONTH.fullmatch(squeeze(text))
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    return Month(int(match[1]), int(match[2]))


def period_faults(sheet: str, rows: Sequence[RegistryRow]) -> Iterator[Fault]:
    """Yield what is wrong with the months and the successors of a sheet's rows."""
    by_name: dict[str, list[RegistryRow]] = {}
    for row in rows:
        for name in (row.texts["name"], *_SPLIT.split(row.texts["aliases"])):
            if squeeze(name):
                by_name.setdefault(squeeze(name), []).append(row)
    for row in rows:
        yield from _month_faults(row)
        yield from _successor_faults(sheet, row, by_name)


def _month_faults(row: RegistryRow) -> Iterator[Fault]:
    for field, word in (("begins", "起"), ("ends", "止")):
        text = row.texts[field]
        if text and _month(text) is None:
            yield row.at(field), f"“{word}”应写月份，如 2022-03，现为“{text}”"
    begins, ends = period_of(row)
    if begins is not None and ends is not None and ends < begins:
        yield row.at("ends"), f"止（{ends}）早于起（{begins}），请核对"
    if row.texts["successor"] and not row.texts["ends"]:
        yield row.at("successor"), "写了“并入”，没有写“止”。请在“止”填最后一个单独统计的月份"


def _successor_faults(
    sheet: str, row: RegistryRow, by_name: Mapping[str, Sequence[RegistryRow]]
) -> Iterator[Fault]:
    successor, ends = row.texts["successor"], _month(row.texts["ends"])
    if not successor:
        return
    place, following = row.at("successor"), by_name.get(squeeze(successor), ())
    if not following:
        yield place, f"“{sheet}”表中没有“{successor}”，请填并入单位的规范名称"
    elif any(other is row for other in _chain(row, by_name)):
        yield place, f"“{row.texts['name']}”并来并去，又并入了自己，请核对“并入”"
    elif ends is not None:
        after = ends.shifted(1)
        if not any(overlap(period_of(other), (after, after)) for other in following):
            yield place, f"“{successor}”在{after.label}不在名录中，请核对两家的起、止"


def _chain(row: RegistryRow, by_name: Mapping[str, Sequence[RegistryRow]]) -> Iterator[RegistryRow]:
    """Yield those that a row merges into, one after another, each once."""
    seen: list[RegistryRow] = []
    while row.texts["successor"]:
        following = by_name.get(squeeze(row.texts["successor"]), ())
        if not following or following[-1] in seen:
            return
        row = following[-1]
        seen.append(row)
        yield row
