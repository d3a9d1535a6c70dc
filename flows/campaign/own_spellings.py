"""Reading 写法.csv: the office's own spellings of headers and values, every fault located."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.campaign.office_csv import UNKNOWN_ENCODING, Fault, decoded, lines_under
from schemas.definition import Definition, Kind
from schemas.own_spellings import (
    HEADER,
    LIST,
    MEANING,
    NOT_READ,
    SPELLING,
    list_names,
)
from schemas.spellings import IGNORED, OwnSpellings, header_key, squeeze


@dataclass(frozen=True)
class _Line:
    """A line of the file: where it stands, and the list, the key and the meaning it gives."""

    number: int
    name: str
    spelling: str
    meaning: str


def read_own_spellings(data: bytes, definition: Definition) -> tuple[OwnSpellings, list[Fault]]:
    """Return the office's spellings, and each fault of the file with its line."""
    text = decoded(data)
    if text is None:
        return OwnSpellings(), [UNKNOWN_ENCODING]
    faults: list[Fault] = []
    lines = list(_lines(text, definition, faults))
    faults += _contradictions(lines, definition)
    return OwnSpellings(tuple((x.name, x.spelling, x.meaning) for x in lines)), faults


def _lines(text: str, definition: Definition, faults: list[Fault]) -> Iterator[_Line]:
    """Yield the good lines under the header; notes and empty lines are left out."""
    for number, cells in lines_under(HEADER, text, faults):
        read = _line(number, cells, definition, faults)
        if read is not None:
            yield read


def _line(
    number: int, cells: list[str], definition: Definition, faults: list[Fault]
) -> _Line | None:
    """Return a line's meaning; None, with its fault, if it has none."""
    place = f"第{number}行"
    if len(cells) != len(HEADER) or not all(cells):
        faults.append((place, f"应有{len(HEADER)}项：{'、'.join(HEADER)}，用英文逗号隔开，都要填"))
        return None
    spelling, _, listed = cells
    names = list_names(definition)
    name = names.get(listed)
    if name is None:
        choices = "、".join(names)
        faults.append((f"{place}“{LIST}”", f"没有“{listed}”。可以写：{choices}"))
        return None
    if "*" in spelling or "|" in spelling:
        faults.append((f"{place}“{SPELLING}”", "不能有“*”和“|”。请写台账里的原文，一行一种"))
        return None
    kind = next((kind for kind in definition.kinds if kind == name), None)
    if kind is None:
        return _value_line(number, cells, name, definition, faults)
    return _header_line(number, cells, kind, definition, faults)


def _header_line(
    number: int, cells: list[str], kind: Kind, definition: Definition, faults: list[Fault]
) -> _Line | None:
    spelling, meaning, listed = cells
    fields = {squeeze(column.header): column.name for column in definition.kinds[kind]}
    key = "/".join(header_key(level) for level in spelling.split("/"))
    if meaning == NOT_READ:
        return _Line(number, IGNORED, key, NOT_READ)
    field = fields.get(squeeze(meaning))
    if field is None:
        choices = "、".join(column.header for column in definition.kinds[kind])
        message = f"{listed}没有“{meaning}”栏。可以写：{choices}，或“{NOT_READ}”"
        faults.append((f"第{number}行“{MEANING}”", message))
        return None
    return _Line(number, kind, key, field)


def _value_line(
    number: int, cells: list[str], name: str, definition: Definition, faults: list[Fault]
) -> _Line | None:
    spelling, meaning, listed = cells
    options = {squeeze(value): value for value in definition.choices(name).values()}
    if squeeze(meaning) not in options:
        choices = "、".join(options.values())
        faults.append(
            (f"第{number}行“{MEANING}”", f"“{listed}”没有选项“{meaning}”。可以写：{choices}")
        )
        return None
    return _Line(number, name, squeeze(spelling), options[squeeze(meaning)])


def _contradictions(lines: list[_Line], definition: Definition) -> Iterator[Fault]:
    """Yield the lines whose spelling already means something else, in our lists or above."""
    seen: dict[tuple[str, str], _Line] = {}
    for line in lines:
        place = f"第{line.number}行“{SPELLING}”"
        ours = _our_meaning(line, definition)
        first = seen.setdefault((line.name, line.spelling), line)
        if ours is not None and ours != line.meaning:
            meant = _in_words(line.name, ours, definition)
            yield place, f"“{line.spelling}”程序已经认识，是“{meant}”"
        elif first.meaning != line.meaning:
            yield place, f"“{line.spelling}”在第{first.number}行已有另一个意思"


def _our_meaning(line: _Line, definition: Definition) -> str | None:
    """Return the field or the value that a spelling stands for without the file."""
    if line.name == IGNORED:
        return None
    kind = next((kind for kind in definition.kinds if kind == line.name), None)
    known = definition.choices(line.name) if kind is None else definition.headers(kind)
    return known.get(line.spelling)


def _in_words(name: str, meaning: str, definition: Definition) -> str:
    """Return the header of a field, or a value as it is."""
    kind = next((kind for kind in definition.kinds if kind == name), None)
    return meaning if kind is None else definition.header_of(kind, meaning)
