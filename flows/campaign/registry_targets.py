"""The sheet 目标 of 名录.xlsx: what each unit is to reach by when, each fault with its cell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from flows.campaign.registry_periods import Fault, RegistryRow
from flows.registered import County, Enterprise, Entry, Sender, Target, TargetLevel
from schemas.definition import Definition, Indicator
from schemas.spellings import squeeze

Unit = tuple[TargetLevel, str]  # its name is empty for the city
_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?(\D*)")
PERCENT = 100  # a smaller number without a unit may be a percentage


def read_targets(
    rows: Sequence[RegistryRow],
    counties: Sequence[County],
    enterprises: Sequence[Enterprise],
    senders: Sequence[Sender],
    definition: Definition,
) -> tuple[list[Target], list[Fault]]:
    """Return the targets of a sheet's rows, and what is wrong with them."""
    units = _units(counties, enterprises, senders, definition)
    indicators = {squeeze(i.name): i for i in definition.indicators}
    faults: list[Fault] = []
    targets: list[tuple[RegistryRow, Target]] = []
    for row in rows:
        unit = units.get(squeeze(row.texts["unit"]))
        indicator = indicators.get(squeeze(row.texts["indicator"]))
        by = _day(row.texts["by"])
        wrong = list(_row_faults(row, unit, indicator, by, definition))
        faults += wrong
        if unit is None or indicator is None or by is None:
            continue
        target = _target(row, unit, indicator, by, definition, faults)
        if target is not None:
            targets.append((row, target))
    faults += _order_faults(targets, definition)
    return [target for _, target in targets], faults


def _units(
    counties: Sequence[County],
    enterprises: Sequence[Enterprise],
    senders: Sequence[Sender],
    definition: Definition,
) -> Mapping[str, Unit]:
    """Return the units that targets may name, by their squeezed spellings."""
    centres = [sender for sender in senders if sender.type == "托管中心"]
    units: dict[str, Unit] = {}
    levels: tuple[tuple[TargetLevel, Sequence[Entry]], ...] = (
        ("enterprise", (*enterprises, *centres)),
        ("county", counties),
    )
    for level, entries in levels:
        for entry in entries:
            for text in (entry.name, *entry.aliases):
                units[squeeze(text)] = level, entry.name
    for name in definition.group_names:
        units[squeeze(name)] = "group", name
    return {**units, squeeze(definition.words.area): ("city", "")}


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(squeeze(text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _row_faults(
    row: RegistryRow,
    unit: Unit | None,
    indicator: Indicator | None,
    by: date | None,
    definition: Definition,
) -> Iterator[Fault]:
    """Yield what of a row is not known; what is not filled in is a fault already."""
    words, texts = definition.words, row.texts
    if texts["unit"] and unit is None:
        yield (
            row.at("unit"),
            f"“{texts['unit']}”不在名录中。应填{words.area}、{words.middle}、分组或{words.unit}的名称",
        )
    if texts["indicator"] and indicator is None:
        known = "、".join(i.name for i in definition.indicators)
        yield row.at("indicator"), f"没有“{texts['indicator']}”这个指标。可填：{known}"
    if texts["by"] and by is None:
        yield row.at("by"), f"“{texts['by']}”不是日期。应写成 2022-06-30"


def _target(
    row: RegistryRow,
    unit: Unit,
    indicator: Indicator,
    by: date,
    definition: Definition,
    faults: list[Fault],
) -> Target | None:
    text = squeeze(row.texts["goal"]).replace(",", "")
    if not text:
        return None
    percent, count, wrong = _goal(text, indicator, definition)
    if wrong:
        faults.append((row.at("goal"), wrong))
        return None
    level, name = unit
    return Target(
        level=level,
        unit=name,
        indicator=indicator.key,
        by=by,
        percent=percent,
        count=count,
        source=row.texts["source"],
    )


def _goal(
    text: str, indicator: Indicator, definition: Definition
) -> tuple[Decimal | None, int | None, str]:
    """Return a target as a percentage or a count, and what is wrong with it."""
    column = definition.column(indicator.done)
    match = _NUMBER.fullmatch(text)
    example = f"{'85% 或 ' if indicator.rated else ''}1200{column.unit}"
    if match is None or match[3] not in ("", "%", column.unit):
        return None, None, f"“{text}”不是目标。应写成 {example}"
    number = Decimal(f"{match[1]}.{match[2] or 0}")
    if match[3] == "%":
        if not indicator.rated:
            return None, None, f"{indicator.name}只计数，没有比率。请写数量，如 1200{column.unit}"
        over = number > PERCENT
        return number, None, f"目标 {text} 大于 100%，请核对" if over else ""
    if indicator.rated and not match[3] and number <= PERCENT:
        said = f"分不清“{text}”是比率还是数量。请写明 {text}% 或 {text}{column.unit}"
        return None, None, said
    if len((match[2] or "").rstrip("0")) > column.decimals:
        places = f"最多{column.decimals}位小数" if column.decimals else "没有小数"
        return None, None, f"{column.header}{places}，现为“{text}”。是比率的请写百分号"
    return None, int(number.scaleb(column.decimals)), ""


def _order_faults(
    targets: Sequence[tuple[RegistryRow, Target]], definition: Definition
) -> Iterator[Fault]:
    """Yield where the targets of one unit and indicator are out of order, or fall back."""
    lines: dict[tuple[str, str, str], list[tuple[RegistryRow, Target]]] = {}
    for row, target in targets:
        key = target.level, target.unit, target.indicator
        lines.setdefault(key, []).append((row, target))
    for (_, _, indicator), line in lines.items():
        down = definition.indicator[indicator].direction == "down"
        for (_, before), (row, after) in pairwise(line):
            yield from _step_faults(row, before, after, down=down)


def _step_faults(row: RegistryRow, before: Target, after: Target, *, down: bool) -> Iterator[Fault]:
    if after.by <= before.by:
        yield (
            row.at("by"),
            f"截止日应由早到晚，一天一行：{after.by} 不晚于上一步的 {before.by}，请核对",
        )
    if (before.percent is None) != (after.percent is None):
        yield row.at("goal"), "同一单位同一指标的目标，要么都写比率，要么都写数量"
        return
    earlier, later = (t.count if t.percent is None else t.percent for t in (before, after))
    assert earlier is not None  # a target has one of the two
    assert later is not None
    if later > earlier if down else later < earlier:
        yield (
            row.at("goal"),
            f"目标比上一步{'高' if down else '低'}了，越往后应当越{'低' if down else '高'}，请核对",
        )
