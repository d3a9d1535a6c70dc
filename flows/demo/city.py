"""The truth behind the made-up ledgers: counties, enterprises, retirees, and monthly progress."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from flows.demo import names
from flows.steps.months import Month
from schemas.definition import Kind
from schemas.shipped import shipped

AFFILIATIONS = ("中央", "省属", "市属", "市属", "县属", "县属", "县属")
# A county's agreement rates in the demo's months, and how fast the other indicators follow them.
PACES: Sequence[tuple[tuple[float, ...], float]] = (
    ((0.62, 0.88, 1.0), 0.5),
    ((0.55, 0.80, 1.0), 0.35),
    ((0.40, 0.66, 0.82), 0.3),
    ((1.0, 1.0, 1.0), 1.0),
    ((0.30, 0.48, 0.63), 0.2),
    ((0.25, 0.25, 0.25), 0.1),
    ((0.0, 0.0, 0.0), 0.0),
    ((0.72, 1.0, 1.0), 0.4),
    ((0.10, 0.35, 0.57), 0.2),
    ((0.0, 0.12, 0.31), 0.1),
    ((0.50, 0.71, 0.90), 0.6),
)


@dataclass(frozen=True)
class Firm:
    """An enterprise of the made-up city."""

    name: str
    uscc: str
    affiliation: str
    counties: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A sender of the made-up city; `firms` are those whose rows it reports, none for a county."""

    name: str
    type: str
    owes: tuple[Kind, ...]
    firms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Truth:
    """The counts of one firm in one county in one month."""

    county: str
    firm: Firm
    counts: Mapping[str, int]


@dataclass(frozen=True)
class City:
    """A made-up city; everything in it follows from the seed and the sizes."""

    seed: int
    counties: Sequence[str]
    firms: Sequence[Firm]
    units: Sequence[Unit]
    retirees: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def truth(
        self, month: int, wanted: Callable[[str, str], bool] = lambda county, name: True
    ) -> list[Truth]:
        """Return the counts of each wanted (county, firm) pair in month 0, 1, 2 … of the demo."""
        firms = {firm.name: firm for firm in self.firms}
        return [
            Truth(county, firms[name], self._counts(county, name, people, month))
            for (county, name), people in self.retirees.items()
            if wanted(county, name)
        ]

    def _counts(self, county: str, name: str, people: int, month: int) -> dict[str, int]:
        rng = random.Random(f"{self.seed}/{county}/{name}")
        shares, follow = PACES[self.counties.index(county) % len(PACES)]
        share = shares[min(month, len(shares) - 1)]
        members = int(people * rng.uniform(0.12, 0.28))
        due = people + rng.choice((0, 0, 0, 2, 5))
        lag, wobble = follow * min(month + 1, 3) / 3, rng.uniform(0.85, 1.0)

        def done(of: int, part: float) -> int:
            return of if part >= 1 else int(of * part * wobble)

        counts = {
            "retirees": people,
            "agreement": done(people, share),
            "archives_due": due,
            "archives": done(due, share * lag),
            "party_members": members,
            "party": done(members, share * lag * (0.7 if lag < 1 else 1)),
            "functions": done(people, share * lag * (0.4 if lag < 1 else 1)),
        }
        return {name: counts[name] for name in shipped().counts}


def make_city(seed: int = 2022, counties: int = 11, firms: int = 60, people: int = 900) -> City:
    """Return a made-up city; a firm has fewer than `people` retirees in a county."""
    rng = random.Random(seed)
    places = names.counties(counties)
    made: list[Firm] = []
    for name in islice(names.enterprises(rng), firms):
        affiliation = rng.choice(AFFILIATIONS)
        spread = 1 if affiliation == "县属" else rng.choice((1, 2, 3))
        made.append(
            Firm(
                name,
                names.credit_code(rng),
                affiliation,
                tuple(rng.sample(places, min(spread, len(places)))),
            )
        )
    retirees = {
        (county, firm.name): rng.randrange(12, people) for firm in made for county in firm.counties
    }
    with_firms = {county for county, _ in retirees}
    for county in places:
        if county not in with_firms:
            retirees[county, made[0].name] = rng.randrange(12, people)
    groups = [firm for firm in made if firm.affiliation in ("中央", "省属")][:2]
    units = [
        *(
            Unit(county, "县区", ("progress", "roster") if i == 3 else ("progress",))
            for i, county in enumerate(places)
        ),
        *(Unit(firm.name, "企业", ("progress",), (firm.name,)) for firm in groups),
        Unit(names.CENTRE, "托管中心", ("roster",)),
    ]
    order = {county: i for i, county in enumerate(places)}
    ordered = dict(sorted(retirees.items(), key=lambda item: order[item[0][0]]))
    return City(seed, places, made, units, ordered)


def rows_of(city: City, unit: Unit, month: int) -> list[Truth]:
    """Return the rows that a unit reports.

    A county reports all its firms but the groups that report for themselves; others report theirs.
    """
    reporting = {name for other in city.units if other.type == "企业" for name in other.firms}
    if unit.type == "县区":
        return city.truth(month, lambda county, name: county == unit.name and name not in reporting)
    return city.truth(month, lambda county, name: name in unit.firms)


def months_from(first: Month, count: int) -> Iterator[Month]:
    """Yield so many months, one after another."""
    return (first.shifted(i) for i in range(count))
