"""What senders answered in the sheet 问题清单 of a returned copy (DESIGN §5)."""

from collections.abc import Iterator, Sequence

from flows.steps.model import display_text
from flows.steps.read.grid import Grid
from flows.steps.read.values.cells import is_empty
from schemas.problem_list import KEY, REASON, RESULT, TITLE, TRUE


def is_problem_list(grid: Grid) -> bool:
    """Return whether a sheet is the list of an earlier return, by its first cell."""
    return grid.height > 0 and display_text(next(iter(grid.row(0)), None)) == TITLE


def answers_in(grid: Grid) -> Iterator[tuple[str, str]]:
    """Yield the key and the reason of each fault whose value is said to be true, with a reason."""
    columns: dict[str, int] = {}
    for number in range(grid.height):
        texts = [display_text(value) for value in grid.row(number)]
        if KEY in texts:
            columns = {name: texts.index(name) for name in (KEY, RESULT, REASON) if name in texts}
        elif len(columns) == 3:
            key, result, reason = (_at(texts, columns[name]) for name in (KEY, RESULT, REASON))
            if key and result == TRUE and reason and not is_empty(reason):
                yield key, reason


def _at(texts: Sequence[str], column: int) -> str:
    return texts[column] if column < len(texts) else ""
