"""Values that a careful office doubts, against the last accepted month (DESIGN §5, months).

No doubt says that a value is wrong: it is a question, and the value waits for the answer.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from flows.policies import DoubtPolicy
from schemas.definition import Definition

Key = tuple[str, str]  # county, enterprise
Row = Mapping[str, int]
Rows = Mapping[Key, Row]

FACTORS = (10, 100, 1_000, 10_000)
TOLERANCE = Fraction(1, 20)  # a month's progress beside an exact factor
FEWEST = 5  # a count below it says nothing of its order of magnitude
SWAP_CLOSENESS = Fraction(3, 10)  # of the difference is left if columns are exchanged back


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question about one row, or about a whole ledger where `key` is None.

    `fields` are the counts in question, the first being the cell to mark; `now` and `then` are
    its values, `weight` is the greatest share of a city total that the row would move.
    """

    code: str
    key: Key | None
    fields: tuple[str, ...]
    now: int = 0
    then: int = 0
    factor: Fraction = Fraction(1)
    points: Fraction = Fraction(0)
    weight: Fraction = Fraction(0)


def doubts_of(
    rows: Rows, before: Rows, city: Row, policy: DoubtPolicy, definition: Definition
) -> list[Doubt]:
    """Return the doubts about a ledger's rows, the weightiest first.

    `before` are the rows of the last accepted month, `city` the city's totals of that month.
    """
    swaps = list(_columns_swapped(rows, before, policy, definition))
    exchanged = {name for doubt in swaps for name in doubt.fields}
    doubts = list(swaps)
    for key, row in rows.items():
        if key in before:
            doubts += _row_doubts(key, row, before[key], city, exchanged, policy, definition)
    return sorted(doubts, key=lambda doubt: (doubt.key is not None, -doubt.weight))


def vanished(
    rows: Collection[Key],
    before: Rows,
    elsewhere: Collection[Key],
    city: Row,
    definition: Definition,
) -> list[Doubt]:
    """Return the rows of the last accepted month that this month's ledgers of all senders lack."""
    doubts = []
    for key, then in before.items():
        if key in rows or key in elsewhere or not any(then.values()):
            continue
        weight = max(_share(then.get(name) or 0, city.get(name, 0)) for name in definition.counts)
        main = definition.main
        people = then.get(main, 0)
        doubts.append(Doubt("unit-vanished", key, (main,), 0, people, weight=weight))
    return sorted(doubts, key=lambda doubt: -doubt.weight)


def jumped(now: int, then: int, policy: DoubtPolicy, scale: int = 1) -> bool:
    """Return whether a base differs by more than the policy lets pass; `scale` is its column's."""
    difference = abs(now - then)
    return difference > policy.base_count * scale and difference > policy.base_share * then


def _row_doubts(
    key: Key,
    row: Row,
    then: Row,
    city: Row,
    exchanged: set[str],
    policy: DoubtPolicy,
    definition: Definition,
) -> Iterator[Doubt]:
    counts = definition.counts
    names = [name for name in counts if name in row and name in then and name not in exchanged]
    weights = {name: _share(abs(row[name] - then[name]), city.get(name, 0)) for name in names}
    scales = {name: definition.column(name).scale for name in names}
    slipped = _slipped(row, then, names, scales)
    if slipped is not None:
        factor, fields = slipped
        weight = max(weights[name] for name in fields)
        first = fields[0]
        yield Doubt("scale-slip", key, fields, row[first], then[first], factor, weight)
        names = [name for name in names if name not in fields]
    for name in names:
        now, was, weight = row[name], then[name], weights[name]
        if name in definition.bases:
            if jumped(now, was, policy, scales[name]) and not _follows(
                name, row, then, policy, definition
            ):
                yield Doubt("base-jumped", key, (name,), now, was, weight=weight)
        elif _progress_jumped(name, row, then, city, policy, definition):
            points = 100 * _rate_change(name, definition.wholes[name], row, then)
            yield Doubt("progress-jumped", key, (name,), now, was, points=points, weight=weight)


def _follows(name: str, row: Row, then: Row, policy: DoubtPolicy, definition: Definition) -> bool:
    """Return whether a base is as large as the one it defaults to, which is asked about itself."""
    default = definition.column(name).default
    if default is None or row[name] != row[default]:
        return False
    return jumped(row[default], then[default], policy, definition.column(default).scale)


def _progress_jumped(
    name: str, row: Row, then: Row, city: Row, policy: DoubtPolicy, definition: Definition
) -> bool:
    """Return whether a done count moved its own rate and the city's more than a month explains."""
    whole = definition.wholes.get(name)
    if whole is None or not row.get(whole) or not then.get(whole):
        return False
    one = definition.column(definition.main).scale
    if row.get(definition.main) == then.get(definition.main) == one:
        return False  # a row that is a single thing, such as one quarter, is done at once
    moved = _rate_change(name, whole, row, then)
    noticed = abs(row[name] - then[name]) > policy.city_share * city.get(whole, 0)
    # in whole points: of few people one more or less is already part of a point
    return noticed and round(100 * moved) > policy.progress_points


def _rate_change(name: str, whole: str, row: Row, then: Row) -> Fraction:
    return abs(Fraction(row[name], row[whole]) - Fraction(then[name], then[whole]))


def _slipped(
    row: Row, then: Row, names: Sequence[str], scales: Mapping[str, int]
) -> tuple[Fraction, tuple[str, ...]] | None:
    """Return the factor by which several counts of a row, or a round one, have changed."""
    factors = [Fraction(f) for f in FACTORS] + [Fraction(1, f) for f in FACTORS]
    best: tuple[Fraction, tuple[str, ...]] | None = None
    for factor in factors:
        fields = tuple(n for n in names if _scaled(row[n], then[n], factor, scales[n]))
        alone = len(fields) == 1 and _typed_too_far(row[fields[0]], then[fields[0]], factor)
        enough = len(fields) >= 2 or alone
        if enough and (best is None or len(fields) > len(best[1])):
            best = factor, fields
    return best


def _scaled(now: int, then: int, factor: Fraction, scale: int) -> bool:
    """Return whether a value is what it was times a factor, give or take a month's progress."""
    fewest = FEWEST * scale
    if min(now, then) < fewest and factor < 1 and now == 0:
        return False
    expected = then * factor
    if then < fewest or expected < scale:
        return False
    room = max(expected * TOLERANCE, factor * scale, Fraction(scale))
    return abs(now - expected) <= room


def _typed_too_far(now: int, then: int, factor: Fraction) -> bool:
    """Return whether a count looks as it was with zeros added, give or take a month's work."""
    if factor <= 1:
        return False
    return now % int(factor) == 0 and then <= now // int(factor) <= then * (1 + TOLERANCE)


def _columns_swapped(
    rows: Rows, before: Rows, policy: DoubtPolicy, definition: Definition
) -> Iterator[Doubt]:
    """Yield each pair of columns that fits last month's values much better if exchanged."""
    shared = [key for key in rows if key in before]
    for one, other in combinations(definition.counts, 2):
        scale = definition.column(one).scale
        if scale != definition.column(other).scale:
            continue
        straight = crossed = 0
        for key in shared:
            now, then = rows[key], before[key]
            straight += abs(now[one] - then[one]) + abs(now[other] - then[other])
            crossed += abs(now[one] - then[other]) + abs(now[other] - then[one])
        total = sum(before[key][one] + before[key][other] for key in shared)
        much = straight > policy.base_count * scale and straight > policy.base_share * total
        if shared and much and crossed <= SWAP_CLOSENESS * straight:
            yield Doubt("columns-swapped", None, (one, other), weight=Fraction(1))


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(int(part > 0))
