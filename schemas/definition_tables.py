"""From a definition's tables to a `Definition`, every fault with its sheet, line and column.

Nothing is guessed: what cannot be read is a fault with a remedy, and a definition with a fault is
none.
"""

from collections.abc import Iterator, Mapping, Sequence

from schemas.definition import (
    AFFILIATION,
    COUNTY,
    ENTERPRISE,
    NOTE,
    NUMBERS,
    USCC,
    Column,
    Definition,
    Group,
    Indicator,
    Kind,
    OwnCheck,
    Stage,
    Words,
)
from schemas.definition_columns import check_columns, columns_of_sheet
from schemas.definition_sheets import (
    CHECKS,
    CHOICES,
    COLUMNS,
    CONSEQUENCES,
    DIRECTIONS,
    GROUPS,
    INDICATORS,
    KIND_NAMES,
    MORE_WORDS,
    NEEDED,
    OPTIONAL,
    OUT_OF_SCOPE,
    SHEETS,
    STAGES,
    TYPES,
    UPWARD,
    WORD_FIELDS,
    WORDS,
    YES_NO,
    DefinitionFault,
    Reader,
    Tables,
    items_of,
    no_column,
)
from schemas.own_checks import CheckError, bound_check
from schemas.spellings import squeeze

WHOLE_GROUP = "全部"  # where the office makes no groups
STRUCTURAL = (COUNTY, ENTERPRISE, USCC, AFFILIATION, NOTE)  # of every ledger for the level above


def parse_definition(tables: Tables) -> Definition | list[DefinitionFault]:
    """Return the definition that tables make, or everything that is wrong with them."""
    reader = Reader(tables)
    _check_needed(reader)
    columns = {kind: columns_of_sheet(reader, kind) for kind in KIND_NAMES}
    if not reader.faults:
        check_columns(reader, columns)
    if reader.faults:
        return reader.faults
    progress, roster = columns["progress"], columns["roster"]
    heads = {squeeze(c.header): c.name for c in progress}
    indicators = tuple(_indicators(reader, heads, roster))
    definition = Definition(
        progress=progress,
        roster=roster,
        indicators=indicators,
        stages=tuple(_stages(reader, indicators)),
        groups=tuple(_groups(reader, progress)),
        words=_words(reader),
        checks=tuple(_checks(reader, columns)),
        upward=tuple(_upward(reader, progress)),
        choice_spellings=tuple(_choice_spellings(reader, columns)),
        covers=tuple(_covers(reader)),
        out_of_scope=tuple(_out_of_scope(reader)),
    )
    return reader.faults or definition


def _check_needed(reader: Reader) -> None:
    """Find missing sheets, lines without what they must have, and heads that no sheet has."""
    for sheet, heads in SHEETS.items():
        if sheet not in OPTIONAL and not reader.lines(sheet):
            reader.fault(sheet, None, None, f"没有“{sheet}”表，或表中没有内容。请补上")
        for line in reader.lines(sheet):
            for head in NEEDED[sheet]:
                if not line[head]:
                    reader.fault(sheet, line, head, f"没有填写“{head}”。请填写")
            unknown = [head for head in line.texts if head not in heads]
            for head in unknown[: 1 if line is reader.lines(sheet)[0] else 0]:
                listed = "、".join(heads)
                reader.fault(sheet, None, head, f"没有“{head}”这一栏。可用的栏：{listed}")


def _indicators(
    reader: Reader, heads: Mapping[str, str], roster: Sequence[Column]
) -> Iterator[Indicator]:
    dates = {squeeze(c.header): c.name for c in roster if c.type == "date"}
    numbers = {
        squeeze(x["栏目"])
        for x in reader.lines(COLUMNS)
        if TYPES.get(squeeze(x["类型"])) in NUMBERS
    }
    seen: set[str] = set()
    for line in reader.lines(INDICATORS):
        direction = reader.choice(INDICATORS, line, "方向", {**DIRECTIONS, "": "up"}, "up")
        done, whole, date = (squeeze(line[head]) for head in ("已办栏", "应办栏", "花名册日期栏"))
        for head, text in (("已办栏", done), ("应办栏", whole)):
            if text and text not in numbers:
                known = {name: heads[name] for name in numbers if name in heads}
                reader.fault(INDICATORS, line, head, no_column(line[head], known))
        if date and date not in dates:
            reader.fault(INDICATORS, line, "花名册日期栏", no_column(date, dates))
        if direction != "count" and not whole:
            message = "没有填写“应办栏”，算不出比率。请填写，或把方向改为“只计数”"
            reader.fault(INDICATORS, line, "应办栏", message)
        if done in seen:
            reader.fault(INDICATORS, line, "已办栏", f"“{done}”已经是另一个指标的已办栏。请改正")
        seen.add(done)
        yield Indicator(
            name=line["名称"],
            task=line["任务"],
            done=heads.get(done, done),
            whole=heads.get(whole) if whole and direction != "count" else None,
            date=dates.get(date) if date else None,
            direction=direction,
            reported=reader.choice(INDICATORS, line, "上简报", {**YES_NO, "": True}, True),
            place=reader.number(INDICATORS, line, "排名顺序", 99),
            short=squeeze(line["简称"]) or line["名称"].removesuffix("率"),
            verb=line["动作"] or "完成",
            heading=line["表头"] or line["任务"],
        )


def _stages(reader: Reader, indicators: Sequence[Indicator]) -> Iterator[Stage]:
    names = {squeeze(i.name): i.key for i in indicators if i.direction != "count"}
    for line in reader.lines(STAGES):
        wanted = items_of(line["须完成的指标"])
        for name in wanted:
            if name not in names:
                listed = "、".join(names)
                message = f"没有“{name}”这个有比率的指标。可用的指标：{listed}"
                reader.fault(STAGES, line, "须完成的指标", message)
        yield Stage(line["名称"], tuple(names[name] for name in wanted if name in names))


def _groups(reader: Reader, progress: Sequence[Column]) -> Iterator[Group]:
    choices = next((c.choices for c in progress if c.name == AFFILIATION), ())
    seen: set[str] = set()
    for line in reader.lines(GROUPS):
        values = items_of(line["选项"])
        for value in values:
            if value not in choices:
                message = f"分组所用的选项栏没有“{value}”。可用的选项：{'、'.join(choices)}"
                reader.fault(GROUPS, line, "选项", message)
            if value in seen:
                reader.fault(GROUPS, line, "选项", f"“{value}”已经在另一个分组里。请只放在一个里")
            seen.add(value)
        households = reader.choice(GROUPS, line, "计户", {**YES_NO, "": True}, True)
        yield Group(line["名称"], values, households)
    if not seen:
        yield Group(WHOLE_GROUP, (), True)
    left = [choice for choice in choices if choice not in seen]
    if left and seen:
        reader.fault(GROUPS, None, "选项", f"“{'、'.join(left)}”不在任何分组里。请放进一个分组")


def _words(reader: Reader) -> Words:
    words: dict[str, str] = {}
    for line in reader.lines(WORDS):
        name = reader.choice(WORDS, line, "用处", {**WORD_FIELDS, **MORE_WORDS}, "")
        if name:
            words[name] = line["说法"]
    for use, name in WORD_FIELDS.items():
        if name not in words:
            reader.fault(WORDS, None, "用处", f"没有“{use}”一行。请补上")
    return Words(**dict.fromkeys(WORD_FIELDS.values(), "") | words)


def _checks(reader: Reader, columns: Mapping[Kind, Sequence[Column]]) -> Iterator[OwnCheck]:
    kinds: Mapping[str, Kind] = {name: kind for kind, name in KIND_NAMES.items()}
    for line in reader.lines(CHECKS):
        check = OwnCheck(
            name=line["名称"],
            kind=reader.choice(CHECKS, line, "台账", kinds, "progress"),
            condition=line["条件"],
            severity=reader.choice(CHECKS, line, "后果", CONSEQUENCES, "note"),
            problem=line["问题"],
            remedy=line["怎么改"],
        )
        try:
            bound_check(check, columns[check.kind])
        except CheckError as fault:
            reader.fault(CHECKS, line, "条件", f"“{line['条件']}”看不懂，{fault}")
        yield check


def _upward(reader: Reader, columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    by_head = {squeeze(c.header): c for c in columns}
    seen: set[str] = set()
    for line in reader.lines(UPWARD):
        column = by_head.get(squeeze(line["栏目"]))
        if column is None:
            heads = {head: c.name for head, c in by_head.items()}
            reader.fault(UPWARD, line, "栏目", no_column(line["栏目"], heads))
            continue
        if not column.is_number and column.name not in STRUCTURAL:
            message = f"“{column.header}”不是数字栏，各行不能相加。请删去这一行"
            reader.fault(UPWARD, line, "栏目", message)
        above = line["上级栏目"] or column.header
        for head, text in (("栏目", column.header), ("上级栏目", above)):
            if f"{head}{squeeze(text)}" in seen:
                reader.fault(UPWARD, line, head, f"“{text}”已经有了。请只留一行")
            seen.add(f"{head}{squeeze(text)}")
        yield column.name, above


def _choice_spellings(
    reader: Reader, columns: Mapping[Kind, Sequence[Column]]
) -> Iterator[tuple[str, str, str]]:
    listed = {squeeze(c.header): c for each in columns.values() for c in each if c.choices}
    for line in reader.lines(CHOICES):
        head, choice = squeeze(line["栏目"]), squeeze(line["选项"])
        if head == OUT_OF_SCOPE:
            continue
        if head not in listed:
            names = {c.header: c.name for c in listed.values()}
            reader.fault(CHOICES, line, "栏目", no_column(line["栏目"], names))
        elif choice not in listed[head].choices:
            message = f"“{line['栏目']}”没有“{choice}”这个选项。请照抄该栏的选项"
            reader.fault(CHOICES, line, "选项", message)
        elif line["写法"]:
            yield listed[head].name, choice, line["写法"]


def _covers(reader: Reader) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in reader.lines(CHOICES):
        if line["包括"]:
            yield squeeze(line["选项"]), items_of(line["包括"])


def _out_of_scope(reader: Reader) -> Iterator[str]:
    for line in reader.lines(CHOICES):
        if squeeze(line["栏目"]) == OUT_OF_SCOPE:
            yield from (squeeze(text) for text in (line["写法"] or line["选项"]).split("|"))
