"""The boxes of a sender's own form, 本月无变动 and 零报告, and what its hidden sheet says of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.steps.failures import Place, failure
from flows.steps.model import Claims, Failure, FormFacts, display_text
from flows.steps.months import Month
from flows.steps.read.grid import Grid
from schemas.columns import (
    KIND_CELL,
    MONTH_CELL,
    NO_CHANGE,
    NOTHING,
    OPEN_BOX,
    SENDER_CELL,
    TICKED_BOX,
)
from schemas.spellings import labels, squeeze, values

_LONGEST = 12  # characters of a box that are quoted
_MONTH = len("2022-05")  # a program may have made a day of it


@dataclass(frozen=True)
class Ticks:
    """Whether a file is a sender's own form, and which of its boxes are ticked."""

    own_form: bool = False
    no_change: bool = False
    nothing: bool = False


NO_TICKS = Ticks()


def form_facts(grid: Grid | None) -> FormFacts | None:
    """Return what a form's hidden sheet says, None if it is no sender's own form."""
    if grid is None:
        return None
    kind, month, sender = (
        display_text(grid.cell(*cell)).strip() for cell in (KIND_CELL, MONTH_CELL, SENDER_CELL)
    )
    if kind != "progress" or not sender:
        return None
    try:
        return FormFacts(Month.parse(month[:_MONTH]), sender)
    except ValueError:
        return None


def ticks_of(claims: Claims) -> Ticks:
    """Return what a file's boxes say: nothing, unless it is a sender's own form."""
    if claims.form is None:
        return NO_TICKS
    ticked = {role for role, text, _, _ in claims.boxes if _meaning(text) == TICKED_BOX}
    return Ticks(own_form=True, no_change=NO_CHANGE in ticked, nothing=NOTHING in ticked)


def box_faults(file: str, claims: Claims, rows: int) -> Iterator[Failure]:
    """Yield what is wrong with a file's boxes; `rows` is how many rows its ledger has."""
    ticks = ticks_of(claims)
    for role, text, sheet, cell in claims.boxes:
        meaning, label, at = _meaning(text), _label(role), Place(sheet, cell)
        if meaning is None:
            reason = f"填的是“{text[:_LONGEST]}”，看不出是否选中"
            yield failure("box-ignored", file, at, label=label, reason=reason)
        elif meaning == TICKED_BOX and not ticks.own_form:
            reason = "本文件不是办公室发给本单位的填报表"
            yield failure("box-ignored", file, at, label=label, reason=reason)
        elif ticks.nothing and meaning == TICKED_BOX:
            yield from _conflict(file, role, at, ticks, rows)


def _conflict(file: str, role: str, at: Place, ticks: Ticks, rows: int) -> Iterator[Failure]:
    """Yield what contradicts a ticked 零报告: 本月无变动 ticked too, or rows filled in."""
    if role == NO_CHANGE:
        reason = f"“{_label(NO_CHANGE)}”和“{_label(NOTHING)}”同时选了"
        yield failure("box-conflict", file, at, reason=reason)
    elif rows:
        reason = f"选了“{_label(NOTHING)}”，表内却填有{rows}行数据"
        yield failure("box-conflict", file, at, reason=reason)


def _meaning(text: str) -> str | None:
    """Return what stands in a box, ticked or open; None for a text that says neither."""
    return values("box").get(squeeze(text)) if text else OPEN_BOX


def _label(role: str) -> str:
    return next(text for text, played in labels().exact.items() if played == role)
