"""What units answered on the forms that went out with notices of supervision (督办反馈表)."""

from collections.abc import Iterator, Sequence

from flows.steps.model import display_text
from flows.steps.read.grid import Grid, OpenedWorkbook
from flows.steps.read.values.cells import is_empty
from schemas.columns import KIND_CELL, SENDER_CELL
from schemas.reply_form import KIND, NOTE, NUMBER, STATE

Reply = tuple[str, str, str]  # the unit that the form was sent to, an item's number, the answer


def replies_in(opened: OpenedWorkbook) -> Sequence[Reply] | None:
    """Return the answers on a reply form, empty ones too; None for any other workbook.

    Who fills it in is not read: nobody has a use for the name.
    """
    form = opened.form
    if form is None or _text(form, *KIND_CELL) != KIND:
        return None
    unit = _text(form, *SENDER_CELL)
    return [(unit, *answer) for grid in opened.grids for answer in _answers(grid, form)]


def _answers(grid: Grid, form: Grid) -> Iterator[tuple[str, str]]:
    columns: dict[str, int] = {}
    row_of_first = 0
    for row in range(grid.height):
        texts = [display_text(value).strip() for value in grid.row(row)]
        if NUMBER in texts and STATE in texts:
            columns = {name: texts.index(name) for name in (NUMBER, STATE, NOTE) if name in texts}
            row_of_first = row + 1
        elif columns:
            number, state, note = (_at(texts, columns.get(n)) for n in (NUMBER, STATE, NOTE))
            # a number that was wiped out stands on the hidden sheet
            number = number or _text(form, row - row_of_first, SENDER_CELL[1] + 1)
            if number:
                parts = [part for part in (state, note) if part and not is_empty(part)]
                yield number, "，".join(parts)


def _at(texts: Sequence[str], column: int | None) -> str:
    return texts[column] if column is not None and column < len(texts) else ""


def _text(grid: Grid, row: int, column: int) -> str:
    return display_text(grid.cell(row, column)).strip()
