"""All names that templates may use, together: what the field list of the office and the checker of templates are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.steps.compose import compose
from flows.steps.compose.charts import CHART_MEANINGS
from flows.steps.compose.sample import sample_name, sample_report
from flows.steps.model import Bulletin, Record
from schemas.columns import Level

__all__ = ["CHART_MEANINGS", "LEVEL_NAMES", "Listed", "fields_of", "sample_bulletin"]

LEVEL_NAMES: Mapping[Level, str] = {
    "city": "全市简报",
    "county": "县区简报",
    "enterprise": "企业简报",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A name of the field list: under which heading, what it means, its unit, and its value in the sample month.

    `inside` is the heading under which the names of what it holds are listed; empty for a plain value.
    """

    heading: str
    name: str
    meaning: str
    unit: str
    sample: Any
    inside: str = ""


def sample_bulletin(level: Level) -> Bulletin:
    """Return the bulletin of the sample month on a level."""
    return compose(sample_report(), level, sample_name(level))


def fields_of(heading: str, record: Record, known: dict[int, str]) -> Sequence[Listed]:
    """Return the names of a record and then of the records inside it; `known` holds the headings of the kinds listed so far."""
    known[id(record.fields)] = heading
    own: list[Listed] = []
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
        own.append(Listed(heading, field.name, field.meaning, field.unit, value, inside))
    return [*own, *(listed for title, one in new for listed in fields_of(title, one, known))]


def _record_in(value: Any) -> Record | None:
    found = value[0] if isinstance(value, tuple) and value else value
    return found if isinstance(found, Record) else None
