"""What a sender's own form holds, and how its columns stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.policies import DoubtPolicy
from flows.steps.months import Month
from schemas.columns import CHECK_HEADER, PREVIOUS
from schemas.definition import Column, Definition
from schemas.spellings import ignored, labels


@dataclass(frozen=True)
class FormRow:
    """A row known already: whose it is, and last month's accepted counts (none for a new unit).

    Amounts are in their smallest unit.
    """

    county: str
    enterprise: str
    uscc: str
    affiliation: str
    before: Mapping[str, int]


@dataclass(frozen=True)
class OpenProblem:
    """A fault of last month's ledger that is still open: where, what, what to do, the answer."""

    place: str
    message: str
    remedy: str
    answer: str


@dataclass(frozen=True)
class OwnForm:
    """What a sender's own form holds; `choices` are the names to choose from, by column."""

    campaign: str
    definition: Definition
    sender: str
    month: Month
    rows: Sequence[FormRow]
    problems: Sequence[OpenProblem]
    choices: Mapping[str, Sequence[str]]
    doubt: DoubtPolicy


@dataclass(frozen=True)
class PlacedColumn:
    """A column of the sheet: its field, if any, and whether it holds last month's value."""

    field: str | None
    header: str
    before: bool = False
    hidden: bool = False


def places(definition: Definition) -> list[PlacedColumn]:
    """Return the sheet's columns in order; last month's bases stand hidden at the end."""
    number = next(iter(ignored().exact))
    places = [PlacedColumn(None, number)]
    bases = []
    for name, column in definition.columns_of("progress").items():
        if name in definition.progressing:
            places.append(PlacedColumn(name, PREVIOUS + column.header, before=True))
        elif column.is_number:
            bases.append(PlacedColumn(name, PREVIOUS + column.header, before=True, hidden=True))
        places.append(PlacedColumn(name, column.header))
    return [*places, PlacedColumn(None, CHECK_HEADER), *bases]


def choices(form: OwnForm, column: Column) -> Sequence[str]:
    """Return what may be chosen in a column, nothing if anything may be written."""
    listed = column.choices
    return form.choices.get(column.name, ()) or listed


def label_of(role: str) -> str:
    """Return the first spelling of the label that plays a role."""
    return next(text for text, played in labels().exact.items() if played == role)
