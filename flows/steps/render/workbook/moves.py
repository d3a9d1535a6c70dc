"""Where the rows of a template stand in a finished sheet, seen from any other of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

Path = tuple[int, ...]  # the turns of the loops around a row, the outermost first
Run = tuple[int, int]  # the first and the last of neighbouring rows


@dataclass(frozen=True)
class Printed:
    """A row of a finished sheet: the row of the template that it comes from, and its turns."""

    template: int
    path: Path = ()


@dataclass(frozen=True)
class Moves:
    """How the rows up to `last` of a template were printed; the rows after it follow as they are.

    `depths` are the numbers of the loops around the rows of the template, the outermost first.
    """

    rows: Sequence[Printed] = ()
    last: int = 0
    loops: Mapping[int, Path] = field(default_factory=dict)

    @property
    def shift(self) -> int:
        """Return by how many rows everything after the last one moves."""
        return len(self.rows) - self.last

    @cached_property
    def moved(self) -> bool:
        """Return whether any row stands elsewhere than in the template."""
        return [row.template for row in self.rows] != list(range(1, self.last + 1))

    @cached_property
    def _copies(self) -> Mapping[int, Sequence[tuple[int, Path]]]:
        """Return where each row of the template is printed, with the turns of its loops."""
        copies: dict[int, list[tuple[int, Path]]] = {}
        for number, row in enumerate(self.rows, 1):
            copies.setdefault(row.template, []).append((number, row.path))
        return copies

    @cached_property
    def _by_turns(self) -> dict[tuple[int, int], dict[Path, list[int]]]:
        """Return where rows are printed by their outer turns, for those asked for so far."""
        return {}

    def shared(self, row: int, other: int) -> int:
        """Return how many loops two rows of the template have in common."""
        count = 0
        for one, another in zip(self.loops.get(row, ()), self.loops.get(other, ()), strict=False):
            if one != another:
                break
            count += 1
        return count

    def seen(self, row: int, viewer: int = 0, path: Path = (), *, fixed: bool = False) -> list[int]:
        """Return where a row of the template is printed, as a printed row sees it.

        That row comes from `viewer` in the turns `path`: of the loops that both stand in it sees
        its own turn only, of the innermost one all turns if the row is `fixed` ($5).
        """
        if row > self.last:
            return [row + self.shift]
        common = self.shared(row, viewer)
        depth = max(common - 1, 0) if fixed else common
        if (row, depth) not in self._by_turns:
            found: dict[Path, list[int]] = {}
            for number, turns in self._copies.get(row, ()):
                found.setdefault(turns[:depth], []).append(number)
            self._by_turns[row, depth] = found
        return self._by_turns[row, depth].get(path[:depth], [])

    def seen_range(self, first: int, last: int, viewer: int = 0, path: Path = ()) -> list[Run]:
        """Return the runs of rows that a range of the template's rows is printed in."""
        inside = range(first, min(last, self.last) + 1)
        rows = sorted(n for row in inside for n in self.seen(row, viewer, path))
        return self._with_rest(runs(rows), first, last)

    def areas(self, first: int, last: int) -> list[list[Run]]:
        """Return the runs of printed rows of an area of the template, one list for each copy."""
        inside = range(first, min(last, self.last) + 1)
        depths = [self.shared(first, row) for row in inside] if last <= self.last else [0]
        groups: dict[Path, list[int]] = {} if last <= self.last else {(): []}
        for row in inside:
            for number, turns in self._copies.get(row, ()):
                groups.setdefault(turns[: min(depths)], []).append(number)
        found = [runs(sorted(group)) for group in groups.values()]
        return [self._with_rest(each, first, last) for each in found]

    def _with_rest(self, found: list[Run], first: int, last: int) -> list[Run]:
        """Return runs with the rows of a range that come after the last one that is printed."""
        if last <= self.last:
            return found
        rest = (max(first, self.last + 1) + self.shift, last + self.shift)
        if found and found[-1][1] + 1 == rest[0]:
            return [*found[:-1], (found[-1][0], rest[1])]
        return [*found, rest]


def runs(rows: Sequence[int]) -> list[Run]:
    """Return the runs of neighbouring numbers among sorted ones."""
    found: list[Run] = []
    for row in rows:
        if found and row <= found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
