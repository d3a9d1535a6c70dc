"""Which rules hold for which fields of a ledger kind, beyond types and required cells.

A binding names the rule, the field whose cell is to be mended, and the predicate's parameters:
`given` are fixed, `context` names those that the run brings along (Context). All follow from the
definition: from a column's type, its list, what it may not exceed, and from the office's checks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from schemas.conditions import Condition
from schemas.definition import AFFILIATION, NOTE, USCC, Column, Definition, Kind, OwnCheck
from schemas.own_checks import BoundCheck, bound_check
from schemas.spellings import is_of_today

SEXES = ("男", "女")
AGE = "age-implausible"


@dataclass(frozen=True)
class Context:
    """What a run knows and a schema cannot: registered names, day of issue, month's last day."""

    counties: frozenset[str]
    enterprises: frozenset[str]
    issued: object
    month_end: object
    earliest_handover: object
    earliest_retirement: object


@dataclass(frozen=True)
class Binding:
    """A rule bound to a field: its cell is the one to mend; `check` is the office's own."""

    code: str
    at: str
    given: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    check: OwnCheck | None = None

    @property
    def name(self) -> str:
        """Return what the check is called in pandera's report."""
        other = self.given.get("total") or self.given.get("after") or ""
        if isinstance(condition := self.given.get("condition"), Condition):
            other = condition.text
        return f"{self.code}@{self.at}@{other}"

    def parameters(self, context: Context) -> dict[str, object]:
        """Return the predicate's keyword arguments."""
        return {
            "at": self.at,
            **self.given,
            **{key: getattr(context, name) for key, name in self.context.items()},
        }


@cache
def bindings_of(definition: Definition, kind: Kind) -> tuple[Binding, ...]:
    """Return the bindings of a ledger kind in the order in which its faults are looked for."""
    columns = definition.kinds[kind]
    numbers = [c for c in columns if c.is_number]
    found = [*_common(definition, kind), *_lists(definition, kind)]
    if kind == "progress":
        found.append(Binding("duplicate-row", "enterprise", {"key": ("county", "enterprise")}))
    else:
        found += _persons(definition)
    found += [Binding("phone-invalid", c.name) for c in columns if c.type == "phone"]
    found += _memberships(definition) if kind == "roster" else []
    found += _dates(definition, columns)
    found += [Binding("negative", c.name) for c in numbers]
    found += [
        Binding("more-than-total", c.name, {"total": c.at_most}) for c in numbers if c.at_most
    ]
    found += _own(definition, kind)
    return tuple({binding.name: binding for binding in found}.values())


def _common(definition: Definition, kind: Kind) -> Iterator[Binding]:
    names = definition.columns_of(kind)
    if "county" in names:
        yield Binding("unknown-county", "county", context={"values": "counties"})
    if USCC in names:
        yield Binding("uscc-invalid", USCC)
    if definition.out_of_scope:
        for at in (AFFILIATION, NOTE):
            if at in names:
                yield Binding("out-of-scope", at, {"words": definition.out_of_scope})


def _lists(definition: Definition, kind: Kind) -> Iterator[Binding]:
    """Yield what concerns lists and registered names, the list of the groups first."""
    columns = [c for c in definition.kinds[kind] if c.type == "choice"]
    for column in sorted(columns, key=lambda column: column.name != AFFILIATION):
        yield Binding("not-in-list", column.name, {"values": column.choices})
    yield Binding(
        "unknown-enterprise",
        "enterprise",
        {"exempt": _without_households(definition)},
        {"values": "enterprises"},
    )
    listed = definition.columns_of(kind).get(AFFILIATION)
    if listed is not None:
        given = {
            "expected": "affiliation_expected",
            "listed": listed.choices,
            "covers": definition.covers,
        }
        yield Binding("affiliation-mismatch", AFFILIATION, given)


def _without_households(definition: Definition) -> frozenset[str]:
    """Return the values of the groups whose units are not counted: their rows name no unit."""
    return frozenset(
        value
        for value, group in definition.group_of.items()
        if group in definition.without_households
    )


def _persons(definition: Definition) -> Iterator[Binding]:
    number = definition.identity
    yield Binding("id-invalid", number)
    yield Binding("id-15", number)
    yield Binding("duplicate-person", number, {"key": (number,)})
    for column in definition.roster:
        if column.type == "choice" and set(column.choices) == set(SEXES):
            yield Binding("sex-mismatch", column.name, {"number": number})
    for check, bound in _bound(definition, "roster"):
        if bound.code == AGE:
            yield Binding(bound.code, bound.at, bound.given, {"at_day": "month_end"}, check)


def _memberships(definition: Definition) -> Iterator[Binding]:
    """Yield that only those have the date of an indicator whom its whole counts."""
    for indicator in definition.indicators:
        whole = definition.column(indicator.whole) if indicator.whole else None
        if indicator.date is None or whole is None or whole.roster_where is None:
            continue
        field_, inside = whole.roster_where
        others = [x for x in definition.columns_of("roster")[field_].choices if x not in inside]
        given = {"field": field_, "others": tuple(others), "whole": whole.name}
        yield Binding("party-without-membership", indicator.date, given)


def _dates(definition: Definition, columns: tuple[Column, ...]) -> Iterator[Binding]:
    """Yield the plausible times of dates; one that is planned may lie in the future."""
    dates = [c for c in columns if c.type == "date"]
    handovers = set(definition.handovers.values())
    for column in sorted(dates, key=lambda column: column.name not in handovers):
        earliest = "earliest_handover" if column.name in handovers else "earliest_retirement"
        yield Binding("date-implausible", column.name, context={"earliest": earliest})
    for column in dates:
        if is_of_today(column.header):
            yield Binding("date-in-future", column.name, context={"issued": "issued"})


def _own(definition: Definition, kind: Kind) -> Iterator[Binding]:
    """Yield the office's own checks of a kind, but for the age, which stands beside the number."""
    for check, bound in _bound(definition, kind):
        if bound.code != AGE:
            yield Binding(bound.code, bound.at, bound.given, check=check)


def _bound(definition: Definition, kind: Kind) -> Iterator[tuple[OwnCheck, BoundCheck]]:
    for check in definition.checks:
        if check.kind == kind:
            yield check, bound_check(check, definition.kinds[kind])
