"""Places inside merged areas, where only the first cell shows."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from flows.steps.feedback.workbook.package import UnmarkableError

Place = tuple[int, int]  # row and column, from 1
Area = tuple[int, int, int, int]  # first row, first column, last row, last column
_MOST_CHECKS = 5_000_000


def first_cells(places: Sequence[Place], areas: Iterator[Area]) -> dict[Place, Place]:
    """Return the first cell of the merged area that a place lies in, by place."""
    ordered, checks = sorted(places), 0
    firsts: dict[Place, Place] = {}
    for top, left, bottom, right in areas:
        start, end = bisect_left(ordered, (top, 0)), bisect_right(ordered, (bottom, 1 << 20))
        checks += end - start
        if checks > _MOST_CHECKS:
            raise UnmarkableError("合并单元格过多")
        firsts |= {place: (top, left) for place in ordered[start:end] if left <= place[1] <= right}
    return firsts
