"""The list of all names that templates may use, as a Word document from the vocabulary."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from docx.document import Document

from flows.campaign.template_check import (
    COMMON,
    DOCUMENT_NAME,
    chart_list,
    field_list,
    letter_titles,
)
from flows.steps.compose.vocabulary import Listed, level_titles
from flows.steps.render.language import FILTERS
from flows.steps.wording.phrases import shown
from schemas.definition import Definition
from templates.build.document import new_document, saved
from templates.build.elements import Cell, Row, add_paragraph, add_table
from templates.build.prose import Pieces, add_prose

WIDTHS = (2300, 3444, 800, 2300)


def build(definition: Definition) -> bytes:
    """Return the field list of a campaign."""
    document = new_document("字段清单")
    formats = [(name, meaning) for name, (_, meaning) in FILTERS.items()]
    charts = [
        (alt, meaning, "、".join(names)) for alt, (meaning, names) in chart_list(definition).items()
    ]
    chart_heads = ("替换文字", "内容", "系列名")
    pieces: Pieces = {
        "格式": lambda d: _add_list(d, ("写法", "含义"), (2800, 6044), formats),
        "图表": lambda d: _add_list(d, chart_heads, (2300, 3744, 2800), charts),
        "名称": lambda d: _add_names(d, definition),
    }
    rates = (*definition.rate_names.values(), definition.count_name(definition.main))
    add_prose(document, "字段清单", {"比率": rates[0]}, pieces)
    return saved(document)


def _add_names(document: Document, definition: Definition) -> None:
    plain = (COMMON, *letter_titles().values(), DOCUMENT_NAME, *level_titles(definition).values())
    for heading, under in groupby(field_list(definition), lambda x: x.heading):
        add_paragraph(document, "Heading 2", heading)
        owner = "" if heading in plain or "中每一个" in heading else f"{heading}."
        lines = [(f"{owner}{x.name}", x.meaning, x.unit, _sample(x)) for x in under]
        _add_list(document, ("名称", "含义", "单位", "示例"), WIDTHS, lines)


def _sample(listed: Listed) -> str:
    """Return the sample value of a name in words."""
    value: Any = listed.sample  # whatever a template can print
    if isinstance(value, tuple):
        nested = bool(listed.inside) and "中每一个" not in listed.inside
        more = f"；每一个见“{listed.inside}”" if nested else ""
        return f"列表：{shown(value)}{more}"
    return f"下一级见“{listed.inside}”" if listed.inside else shown(value) or "（空）"


def _add_list(
    document: Document,
    heads: Sequence[str],
    widths: Sequence[int],
    lines: Sequence[Sequence[str]],
) -> None:
    """Add a table of texts."""
    rows = [Row([Cell(text, "表头") for text in heads], head=True)]
    rows += [Row([Cell(text, "表文左齐") for text in line]) for line in lines]
    add_table(document, widths, rows)
