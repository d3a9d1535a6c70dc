"""All names that templates may use: the source of the office's field list and of the check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.steps.compose import compose
from flows.steps.compose.charts import chart_meanings
from flows.steps.compose.sample import sample_name, sample_report
from flows.steps.model import Bulletin, Record
from schemas.columns import Level
from schemas.definition import Definition

__all__ = ["LEVELS", "Listed", "chart_meanings", "fields_of", "level_titles", "sample_bulletin"]

LEVELS: tuple[Level, ...] = ("city", "county", "enterprise")


def level_titles(definition: Definition) -> Mapping[Level, str]:
    """Return what the bulletins of each level are called."""
    words = definition.words
    return {
        "city": f"{words.area}简报",
        "county": "县区简报",
        "enterprise": f"{words.unit}简报",
    }


@dataclass(frozen=True, slots=True)
class Listed:
    """A name of the field list: its heading, meaning, unit, and its value in the sample month.

    `inside` is the heading that lists the names of a record in it, empty for a plain value.
    """

    heading: str
    name: str
    meaning: str
    unit: str
    sample: Any  # whatever the field has
    inside: str = ""


def sample_bulletin(definition: Definition, level: Level) -> Bulletin:
    """Return the bulletin of a campaign's sample month on a level."""
    return compose(sample_report(definition), level, sample_name(definition, level))


def fields_of(heading: str, record: Record, known: dict[int, str]) -> Sequence[Listed]:
    """Return the names of a record and then of the records inside it.

    `known` maps the kinds of records listed so far to their headings; it is added to.
    """
    known[id(record.fields)] = heading
    names: list[Listed] = []
    new: list[tuple[str, Record]] = []
    for field in record.fields.values():
        value = record[field.name]
        one = _record_in(value)
        if one is not None and id(one.fields) not in known:
            known[id(one.fields)] = (
                f"“{field.name}”中每一个" if isinstance(value, tuple) else field.name
            )
            new.append((known[id(one.fields)], one))
        inside = "" if one is None else known[id(one.fields)]
        names.append(Listed(heading, field.name, field.meaning, field.unit, value, inside))
    for title, one in new:
        names += fields_of(title, one, known)
    return names


def _record_in(value: object) -> Record | None:
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, Record) else None
