"""Where each number of a month stands in 核对.html: the ids of its elements (issue 19)."""

from collections.abc import Mapping, Sequence

from flows.steps.model import Entry, Figures
from schemas.definition import Definition

FIGURES_PAGE = "核对.html"
CITY = "all"  # the whole area's place on the page


def levels_of(figures: Figures) -> list[list[tuple[str, Entry]]]:
    """Return the entries of each level with their places: the city, groups, counties, units."""
    of_levels: Sequence[tuple[str, Sequence[Entry]]] = (
        ("g", figures.groups),
        ("c", figures.counties),
        ("e", figures.enterprises),
    )
    numbered = [
        [(f"{letter}{number}", entry) for number, entry in enumerate(entries, 1)]
        for letter, entries in of_levels
    ]
    return [[(CITY, figures.city)], *numbered]


def places_by_identity(figures: Figures) -> Mapping[int, str]:
    """Return the place of each entry of a level by the entry's `id`; entries have no hash."""
    return {id(entry): place for level in levels_of(figures) for place, entry in level}


def count_place(place: str, count: str) -> str:
    """Return the id of a count of the entry at a place."""
    return f"{place}-{count}"


def rate_place(place: str, key: str) -> str:
    """Return the id of a rate of the entry at a place."""
    return f"{place}-rate-{key}"


def has_way(definition: Definition, key: str) -> bool:
    """Return whether a rate has a place: both numbers that it is made of are counted."""
    return key in definition.counts and definition.wholes[key] in definition.counts
