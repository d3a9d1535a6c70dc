"""Parsers of the command line's arguments; each raises BadParameter with a Chinese message."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Literal

import typer

from flows.steps.months import Month
from schemas.columns import LEVEL_NAMES, Level

if TYPE_CHECKING:  # the command line stays light: the definition comes with the campaign
    from schemas.definition import Definition

SupervisionStep = Literal["list", "issue", "reply", "extend", "close"]
SUPERVISION_STEPS: dict[SupervisionStep, str] = {
    "list": "列出",
    "issue": "下发",
    "reply": "反馈",
    "extend": "延期",
    "close": "销号",
}


def month_of(text: str) -> Month:
    """Return the month of a text such as 2022-05; raises BadParameter."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def day_of(text: str) -> date:
    """Return the day of a text such as 2022-06-02; raises BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"日期应写成 2022-06-02 的样子，现为“{text}”") from error


def moment_of(text: str) -> datetime:
    """Return the moment of a text, a day alone being its end; raises BadParameter.

    A text without a time zone is in the office's.
    """
    # here, since the store is slow to import
    from flows.intake.job import ZONE

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"时间应写成 2022-06-02 或 2022-06-02T18:00 的样子，现为“{text}”"
        ) from error
    if "T" not in text and ":" not in text:
        moment = datetime.combine(moment, time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def level_of(text: str) -> Level:
    """Return the level that a text names; raises BadParameter."""
    level = next((level for level in LEVEL_NAMES if level == text), None)
    if level is None:
        options = "、".join(f"{key}（{name}）" for key, name in LEVEL_NAMES.items())
        raise typer.BadParameter(f"没有级别“{text}”。可选：{options}")
    return level


def supervision_step_of(text: str) -> SupervisionStep:
    """Return what a text says to do about items, by key or in Chinese; raises BadParameter."""
    step = next((key for key, name in SUPERVISION_STEPS.items() if text in (key, name)), None)
    if step is None:
        choices = "、".join(f"{key}（{name}）" for key, name in SUPERVISION_STEPS.items())
        raise typer.BadParameter(f"没有操作“{text}”。可选：{choices}")
    return step


def kind_of(text: str) -> Literal["progress", "roster"]:
    """Return the kind of ledger that a text names by key or title; raises BadParameter."""
    from schemas.columns import KIND_NAMES

    kind = next((key for key, name in KIND_NAMES.items() if text in (key, name)), None)
    if kind is None:
        choices = "、".join(f"{key}（{name}）" for key, name in KIND_NAMES.items())
        raise typer.BadParameter(f"没有台账“{text}”。可选：{choices}")
    return kind


def definition_of(text: str) -> str:
    """Return the name of a shipped definition; raises BadParameter for any other."""
    from schemas.shipped import names

    if text not in names():
        raise typer.BadParameter(f"没有工作“{text}”。可选：{'、'.join(names())}")
    return text


def count_of(text: str, definition: "Definition") -> str:
    """Return a text that names a count, as it is; raises BadParameter for any other."""
    from flows.pipeline.trace import count_named
    from flows.steps.model import UserError

    try:
        count_named(text, definition)
    except UserError as error:
        raise typer.BadParameter(str(error)) from error
    return text
