"""The list of all names that templates may use, as a Word document for the office; generated from the vocabulary."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from flows.campaign.template_check import COMMON, NOTICE_NAME, chart_list, field_list
from flows.steps.compose.vocabulary import LEVEL_NAMES, Listed
from flows.steps.render.language import FILTERS
from flows.steps.wording.phrases import shown
from templates.build.document import PORTRAIT, Document
from templates.build.elements import TEXT_WIDTH, Cell, paragraph, row, section, table
from templates.build.prose import prose

WIDTHS = (2300, 3444, 800, 2300)


def build() -> bytes:
    """Return the field list."""
    document = Document("字段清单")
    formats = [(name, meaning) for name, (_, meaning) in FILTERS.items()]
    charts = [(alt, meaning, "、".join(names)) for alt, (meaning, names) in chart_list().items()]
    pieces = {
        "格式": _table(("写法", "含义"), (2800, 6044), formats),
        "图表": _table(("替换文字", "内容", "系列名"), (2300, 3744, 2800), charts),
        "名称": "".join(_names(field_list())),
    }
    document.body += [*prose("字段清单", {}, pieces), section(PORTRAIT)]
    return document.build()


def _names(listed: Sequence[Listed]) -> Iterator[str]:
    for heading, own in groupby(listed, lambda x: x.heading):
        yield paragraph("Heading2", heading)
        yield _table(
            ("名称", "含义", "单位", "示例"),
            WIDTHS,
            [(_written(x), x.meaning, x.unit, _sample(x)) for x in own],
        )


def _written(listed: Listed) -> str:
    """Return how a name is written: behind that of what has it, except for names at the top and those of a loop's item."""
    plain = (
        listed.heading in (COMMON, NOTICE_NAME, *LEVEL_NAMES.values())
        or "中每一个" in listed.heading
    )
    return listed.name if plain else f"{listed.heading}.{listed.name}"


def _sample(listed: Listed) -> str:
    value: Any = listed.sample
    if isinstance(value, tuple):
        return f"列表：{shown(value)}" + (
            f"；每一个见“{listed.inside}”"
            if listed.inside and "中每一个" not in listed.inside
            else ""
        )
    return f"下一级见“{listed.inside}”" if listed.inside else shown(value) or "（空）"


def _table(heads: Sequence[str], widths: Sequence[int], lines: Sequence[Sequence[str]]) -> str:
    assert sum(widths) == TEXT_WIDTH
    head = row([Cell(text, "TableHead") for text in heads], widths, head=True)
    return table(
        widths, [head, *(row([Cell(text, "TableLeft") for text in line], widths) for line in lines)]
    )
