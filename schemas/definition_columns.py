"""The columns of a definition, from its sheet 栏目 and what other sheets say of a column."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from schemas.definition import AFFILIATION, COUNTY, ENTERPRISE, NOTE, USCC, Column, Kind, Type
from schemas.definition_sheets import (
    COLUMNS,
    GROUPS,
    HEADS,
    KIND_NAMES,
    TYPES,
    YES_NO,
    Reader,
    TableLine,
    items_of,
    no_column,
)
from schemas.spellings import alternatives, squeeze

STRUCTURE: Mapping[Type, str] = {"county": COUNTY, "enterprise": ENTERPRISE, "uscc": USCC}
NOTE_HEAD = "备注"
_OF_PERSONS: Mapping[Type, str] = {"county": "县区", "enterprise": "单位", "id": "身份证号"}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CONDITION = re.compile(r"(.+?)[：:](.+)")
_TAKEN = frozenset(("enterprises", "good", "submission", "month", "row", "table", "rank", "share"))
_SUFFIXES = ("_last", "_expected")


def columns_of_sheet(reader: Reader, kind: Kind) -> tuple[Column, ...]:
    """Return the columns of a ledger kind in the order of the sheet."""
    lines = [x for x in reader.lines(COLUMNS) if squeeze(x["台账"]) == KIND_NAMES[kind]]
    if kind == "progress":
        for line in reader.lines(COLUMNS):
            names = {name: name for name in KIND_NAMES.values()}
            if line["台账"]:
                reader.choice(COLUMNS, line, "台账", names, "")
    named = [(line, _field_of(reader, line)) for line in lines]
    heads = {squeeze(line["栏目"]): name for line, name in named}
    return tuple(_column(reader, kind, line, name, heads) for line, name in named)


def _grouped_head(reader: Reader) -> str | None:
    """Return the head of the list column that the groups are made of, None if there is none."""
    wanted = {value for line in reader.lines(GROUPS) for value in items_of(line["选项"])}
    for line in reader.lines(COLUMNS):
        is_choice = TYPES.get(squeeze(line["类型"])) == "choice"
        if is_choice and wanted and wanted <= set(items_of(line["选项"])):
            return squeeze(line["栏目"])
    return None


def _fixed_field(reader: Reader, line: TableLine) -> str | None:
    """Return the field of a column of the structure, None for any other column."""
    kind, head = TYPES.get(squeeze(line["类型"])), squeeze(line["栏目"])
    if kind == "choice" and head == _grouped_head(reader):
        return AFFILIATION
    if kind == "text" and head == NOTE_HEAD:
        return NOTE
    return STRUCTURE.get(kind) if kind is not None else None


def _field_of(reader: Reader, line: TableLine) -> str:
    """Return a column's field: a fixed one of the structure, its 代号, or else its head."""
    fixed = _fixed_field(reader, line)
    code = line["代号"]
    if fixed is not None:
        if code not in ("", fixed):
            message = f"“{line['栏目']}”的代号固定为 {fixed}，写的是“{code}”。请改正或留空"
            reader.fault(COLUMNS, line, "代号", message)
        return fixed
    if not code:
        return squeeze(line["栏目"])
    fields = (*STRUCTURE.values(), AFFILIATION, NOTE)
    reserved = code in _TAKEN or code in fields or code.endswith(_SUFFIXES)
    if _CODE.fullmatch(code) is None or reserved:
        message = f"“{code}”不能作代号。请用小写英文字母、数字和下划线另取一个，或留空"
        reader.fault(COLUMNS, line, "代号", message)
    return code


def _column(
    reader: Reader, kind: Kind, line: TableLine, name: str, heads: Mapping[str, str]
) -> Column:
    type_ = reader.choice(COLUMNS, line, "类型", TYPES, "text")
    flags = {
        head: reader.choice(COLUMNS, line, head, YES_NO, False)
        for head in ("必填", "必有栏", "累计", "个人信息")
    }
    decimals = reader.number(COLUMNS, line, "小数位", 6) or 0
    if decimals and type_ != "amount":
        reader.fault(COLUMNS, line, "小数位", "只有“金额”可以有小数。请改类型，或不填小数位")
    example = line["示例"]
    return Column(
        name=name,
        header=line["栏目"],
        type=type_,
        help=line["说明"],
        example=int(example) if type_ == "count" and example.isdigit() else example,
        required=flags["必填"],
        expected=flags["必有栏"],
        unit=line["单位"],
        at_most=_reference(reader, line, "不大于", heads),
        default=_reference(reader, line, "默认取", heads),
        personal=flags["个人信息"],
        cumulative=flags["累计"],
        decimals=decimals,
        choices=items_of(line["选项"]),
        spellings=tuple(_header_spellings(reader, kind, line)),
        roster_where=_roster_where(reader, line),
    )


def _reference(reader: Reader, line: TableLine, head: str, heads: Mapping[str, str]) -> str | None:
    """Return the field of the column that a text names, None for an empty text."""
    text = squeeze(line[head])
    if not text:
        return None
    if text not in heads:
        reader.fault(COLUMNS, line, head, no_column(line[head], heads))
    return heads.get(text)


def _header_spellings(reader: Reader, kind: Kind, line: TableLine) -> Iterator[str]:
    yield from (text for text in line["其他写法"].split("\n") if text.strip())
    for other in reader.lines(HEADS):
        same = squeeze(other["栏目"]) == squeeze(line["栏目"])
        if same and squeeze(other["台账"]) == KIND_NAMES[kind]:
            yield other["写法"]


def _roster_where(reader: Reader, line: TableLine) -> tuple[str, tuple[str, ...]] | None:
    """Return which persons of a roster a count counts; `政治面貌：中共党员、中共预备党员`."""
    text = line["花名册条件"]
    if not text:
        return None
    match = _CONDITION.fullmatch(text)
    roster = {
        squeeze(x["栏目"]): x
        for x in reader.lines(COLUMNS)
        if squeeze(x["台账"]) == KIND_NAMES["roster"]
    }
    if match is None or squeeze(match[1]) not in roster:
        message = f"“{text}”看不懂。请写成“花名册的选项栏：选项、选项”"
        reader.fault(COLUMNS, line, "花名册条件", message)
        return None
    column = roster[squeeze(match[1])]
    wanted, known = items_of(match[2]), items_of(column["选项"])
    for value in wanted:
        if value not in known:
            message = f"“{column['栏目']}”没有“{value}”这个选项。请照抄该栏的选项"
            reader.fault(COLUMNS, line, "花名册条件", message)
    return _field_of(reader, column), wanted


def check_columns(reader: Reader, columns: Mapping[Kind, Sequence[Column]]) -> None:
    """Find what a set of columns lacks or has twice."""
    progress = columns["progress"]
    for type_, what in (("county", "县区"), ("enterprise", "单位")):
        if sum(c.type == type_ for c in progress) != 1:
            reader.fault(COLUMNS, None, "类型", f"进度台账要有且只有一栏的类型是“{what}”")
    for type_, what in _OF_PERSONS.items():
        if columns["roster"] and sum(c.type == type_ for c in columns["roster"]) != 1:
            reader.fault(COLUMNS, None, "类型", f"花名册要有且只有一栏的类型是“{what}”")
    if not any(c.is_number for c in progress):
        reader.fault(COLUMNS, None, "类型", "进度台账至少要有一栏“数量”或“金额”")
    for kind, listed in columns.items():
        _check_doubles(reader, kind, listed)
        for column in listed:
            _check_column(reader, kind, column, {c.name: c for c in listed})


def _check_doubles(reader: Reader, kind: Kind, columns: Sequence[Column]) -> None:
    lines = [x for x in reader.lines(COLUMNS) if squeeze(x["台账"]) == KIND_NAMES[kind]]
    names: dict[str, Column] = {}
    spelt: dict[str, Column] = {}
    for line, column in zip(lines, columns, strict=True):
        if column.name in names:
            message = f"与“{names[column.name].header}”重复。请改名，或删去一行"
            reader.fault(COLUMNS, line, "代号" if line["代号"] else "栏目", message)
        names[column.name] = column
        spellings = chain.from_iterable(alternatives(x, levels=True) for x in column.spellings)
        for text in (squeeze(column.header), *spellings):
            other = spelt.setdefault(text, column)
            if other is not column:
                message = f"写法“{text}”也是“{other.header}”的写法。请只留一处"
                reader.fault(COLUMNS, line, "其他写法", message)


def _check_column(
    reader: Reader, kind: Kind, column: Column, columns: Mapping[str, Column]
) -> None:
    line = next(
        x
        for x in reader.lines(COLUMNS)
        if squeeze(x["台账"]) == KIND_NAMES[kind] and x["栏目"] == column.header
    )
    if column.type == "choice" and not column.choices:
        reader.fault(COLUMNS, line, "选项", "类型是“选项”，却没有写出各个选项。请用顿号隔开填写")
    for head, name in (("不大于", column.at_most), ("默认取", column.default)):
        other = columns.get(name) if name is not None else None
        if other is None:
            continue
        if not (column.is_number and other.is_number) or other is column:
            message = f"“{column.header}”和“{other.header}”不能这样比。请填另一个数字栏"
            reader.fault(COLUMNS, line, head, message)
        elif column.decimals != other.decimals:
            message = f"“{column.header}”和“{other.header}”的小数位不同。请改成相同的"
            reader.fault(COLUMNS, line, head, message)
    if column.cumulative and not column.is_number:
        reader.fault(COLUMNS, line, "累计", "只有“数量”和“金额”可以是累计数。请改为否")
