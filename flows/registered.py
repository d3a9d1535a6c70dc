"""The entries of 名录.xlsx, and what they are in a month: who has begun, ended, merged."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from flows.steps.months import Month
from schemas.spellings import squeeze

SenderType = Literal["县区", "企业", "托管中心"]
AsMonth = Annotated[
    Month,
    BeforeValidator(lambda v: Month.parse(v) if isinstance(v, str) else v),
    PlainSerializer(str),
]


class Frozen(BaseModel):
    """A frozen value of the campaign folder."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class County(Frozen):
    """A registered county; `surveyed` are the retirees that were counted before the start."""

    name: str
    code: str = ""
    aliases: tuple[str, ...] = ()
    surveyed: int | None = None
    begins: AsMonth | None = None
    ends: AsMonth | None = None
    successor: str | None = None


class Enterprise(Frozen):
    """A registered enterprise; `surveyed` are its retirees in all counties before the start."""

    name: str
    uscc: str = ""
    affiliation: str
    aliases: tuple[str, ...] = ()
    surveyed: int | None = None
    begins: AsMonth | None = None
    ends: AsMonth | None = None
    successor: str | None = None


class Sender(Frozen):
    """A unit that owes ledgers; `county` is set where it is a registered county's own."""

    name: str
    type: SenderType
    aliases: tuple[str, ...] = ()
    mail: str = ""
    contact: str | None = None
    phone: str | None = None
    owes: tuple[Literal["progress", "roster"], ...]
    county: str | None = None
    begins: AsMonth | None = None
    ends: AsMonth | None = None
    successor: str | None = None


Entry = County | Enterprise | Sender
E = TypeVar("E", bound=Entry)


class Former(Frozen):
    """A unit that has ended: its name, its last month, its successor's name, None if it left."""

    original: str
    until: AsMonth
    name: str | None


class FormerUnits(Frozen):
    """The units that have ended before a month, by each of their squeezed spellings.

    `units` are enterprises and trusteeship centres.
    """

    counties: Mapping[str, Former] = {}
    units: Mapping[str, Former] = {}
    senders: Mapping[str, Former] = {}


class Merger(Frozen):
    """A county or an enterprise that is part of another from a month on."""

    kind: Literal["county", "enterprise"]
    name: str
    successor: str


TargetLevel = Literal["city", "county", "group", "enterprise"]


class Target(Frozen):
    """What a unit is to reach of an indicator by a day: a rate in percent, or a count.

    `unit` is empty for the city; `count` is in the smallest unit of the indicator's column.
    """

    level: TargetLevel
    unit: str
    indicator: str
    by: date
    percent: Decimal | None = None
    count: int | None = None
    source: str = ""


class Registry(Frozen):
    """The sheets of 名录.xlsx."""

    counties: tuple[County, ...]
    enterprises: tuple[Enterprise, ...]
    senders: tuple[Sender, ...]
    targets: tuple[Target, ...] = ()


class RegistryThen(Frozen):
    """The registry of a month: its entries, those that ended before, those that merge with it."""

    registry: Registry
    former: FormerUnits
    mergers: tuple[Merger, ...]


def registry_in_month(registry: Registry, month: Month) -> RegistryThen | None:
    """Return a registry as it is in a month, None if it has no months at all."""
    every: tuple[Entry, ...] = (*registry.counties, *registry.enterprises, *registry.senders)
    if all(entry.begins is None and entry.ends is None for entry in every):
        return None
    counties = _valid(registry.counties, month)
    present = {county.name for county in counties}
    senders = [_ending_with_its_county(s, registry) for s in registry.senders]
    centres = [sender for sender in senders if sender.type == "托管中心"]
    enterprises = registry.enterprises
    mergers = [Merger(kind="county", **each) for each in _merging(registry.counties, month)]
    mergers += [Merger(kind="enterprise", **each) for each in _merging(enterprises, month)]
    return RegistryThen(
        registry=Registry(
            counties=counties,
            enterprises=_valid(enterprises, month),
            senders=tuple(s for s in _valid(senders, month) if s.county in {None, *present}),
        ),
        former=FormerUnits(
            counties=_former(registry.counties, month),
            units=_former(enterprises, month) | _former(centres, month),
            senders=_former(senders, month),
        ),
        mergers=tuple(mergers),
    )


def name_in(names: Mapping[str, str], former: Mapping[str, Former], name: str) -> str:
    """Return the name of a unit or of its successor, the name given if it has none."""
    key = squeeze(name)
    if key in names or key not in former:
        return names.get(key, name)
    return former[key].name or name


def _is_valid(entry: Entry, month: Month) -> bool:
    begun = entry.begins is None or entry.begins <= month
    return begun and (entry.ends is None or month <= entry.ends)


def _valid(entries: Sequence[E], month: Month) -> tuple[E, ...]:
    return tuple(entry for entry in entries if _is_valid(entry, month))


def _spelled(entries: Iterable[E], name: str | None) -> list[E]:
    """Return the entries that are recognised by a name."""
    key = squeeze(name or "")
    return [e for e in entries if key in map(squeeze, (e.name, *e.aliases))]


def _former(entries: Sequence[E], month: Month) -> dict[str, Former]:
    """Return what has ended before a month, by each spelling that nothing has now."""
    valid = names_of(_valid(entries, month))
    ended = [(entry.ends, entry) for entry in entries if entry.ends and entry.ends < month]
    former = {}
    for until, entry in sorted(ended, key=lambda pair: pair[0]):
        name = _successor(entry, entries, month)
        each = Former(original=entry.name, until=until, name=name)
        former.update({squeeze(text): each for text in (entry.name, *entry.aliases)})
    return {text: each for text, each in former.items() if text not in valid}


def _successor(entry: E, entries: Sequence[E], month: Month) -> str | None:
    """Return the unit of a month that an ended one has become part of, by way of others."""
    following = _spelled(entries, entry.successor)
    for each in following:
        if _is_valid(each, month):
            return each.name
    later = [e for e in following if e.ends and entry.ends and e.ends > entry.ends]
    return _successor(later[-1], entries, month) if later else None


def _ending_with_its_county(sender: Sender, registry: Registry) -> Sender:
    """Return a county's own sender with the county's end, unless it has one of its own."""
    own = [county for county in registry.counties if county.name == sender.county]
    ended = [county for county in own if county.ends is not None]
    if sender.ends is not None or not own or len(ended) < len(own):
        return sender
    successors = [county.name for county in _spelled(registry.counties, ended[-1].successor)]
    heirs = [each.name for each in registry.senders if each.county in successors]
    successor = sender.successor or (heirs[0] if heirs else None)
    return sender.model_copy(update={"ends": ended[-1].ends, "successor": successor})


def _merging(entries: Sequence[E], month: Month) -> list[dict[str, str]]:
    """Return the entries that are part of another from a month on, each with that one's name."""
    return [
        {"name": entry.name, "successor": following[0].name}
        for entry in entries
        if entry.ends == month.previous and (following := _spelled(entries, entry.successor))
    ]


def names_of(entries: Sequence[Entry]) -> dict[str, str]:
    """Return the name of each squeezed name and alias; a name goes before another's alias."""
    found = {squeeze(alias): entry.name for entry in entries for alias in entry.aliases}
    return found | {squeeze(entry.name): entry.name for entry in entries}
