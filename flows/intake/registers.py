"""The registry that each month is made with: an issued month keeps that of its first issue."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TypeVar, cast

from flows.campaign.registry import read_registry
from flows.registered import Entry, Registry, Sender
from flows.settings import Campaign, digest_of
from flows.steps.months import Month
from flows.steps.store import Store, campaign_files, campaigns_recorded
from schemas.registry import FILE
from schemas.spellings import squeeze

E = TypeVar("E", bound=Entry)


class Registers:
    """The campaign as it is for each month of a store, as of now or of an earlier time.

    `campaign` is that of the folder or of any month.
    """

    def __init__(self, store: Store, campaign: Campaign, as_of: datetime | None = None) -> None:
        self.present = campaign.present
        self._store, self._as_of = store, as_of
        self._registries: dict[str, Registry | None] = {}
        self._in_months: dict[tuple[int, Month], Campaign] = {}
        self._by_digest: dict[tuple[str, bool], Campaign] = {}

    def current(self, month: Month) -> Campaign:
        """Return the campaign that a run makes a month with."""
        issued, _ = self._recorded
        digest = issued.get(str(month))
        whole = self.present if digest is None else self._derived(digest, issued=True)
        return self._in_month(whole, month)

    def past(self, month: Month) -> Campaign:
        """Return the campaign of a month that a later one is compared with.

        Entries that 名录 has lost since the month was made are still its own.
        """
        issued, made = self._recorded
        if str(month) in issued or str(month) not in made:
            return self.current(month)
        return self._in_month(self._derived(made[str(month)], issued=False), month)

    def _in_month(self, campaign: Campaign, month: Month) -> Campaign:
        key = id(campaign), month  # of campaigns that this object keeps
        if key not in self._in_months:
            self._in_months[key] = campaign.in_month(month)
        return self._in_months[key]

    @cached_property
    def _recorded(self) -> tuple[dict[str, str], dict[str, str]]:
        first, last = campaigns_recorded(self._store, self._as_of)
        return dict(first), dict(last)

    def _derived(self, digest: str, *, issued: bool) -> Campaign:
        key = digest, issued
        if key not in self._by_digest:
            registry = self._registry(digest)
            if registry is None:
                campaign = self.present
            elif issued:
                campaign = _as_issued(self.present, registry)
            else:
                campaign = _with_lost(self.present, registry)
            self._by_digest[key] = campaign
        return self._by_digest[key]

    def _registry(self, digest: str) -> Registry | None:
        """Return the registry that a run recorded, None if it is the present one."""
        if digest not in self._registries:
            data = campaign_files(self._store, digest, FILE).get(FILE)
            same = data is None or hashlib.sha256(data).hexdigest() == self.present.registry_file
            registry = None
            if data is not None and not same:
                registry = read_registry(data, self.present.definition)[0]
            self._registries[digest] = registry
        return self._registries[digest]


def _as_issued(present: Campaign, registry: Registry) -> Campaign:
    """Return the campaign with the registry of an issued month.

    What has been renamed since is recognised by its new name, too; letters go to where the sender
    has its mail now.
    """
    known = _by_spelling(present.senders)
    senders: list[Sender] = []
    for sender in _with_new_names(registry.senders, present.senders):
        now = known.get(squeeze(sender.name))
        senders.append(sender.model_copy(update={"mail": now.mail}) if now else sender)
    plain = _campaign(present, registry)
    named = Registry(
        counties=tuple(_with_new_names(registry.counties, present.counties)),
        enterprises=tuple(_with_new_names(registry.enterprises, present.enterprises)),
        senders=tuple(senders),
        targets=registry.targets,
    )
    return _campaign(present, named, digest=plain.digest, checked_by=plain.checks_digest)


def _with_lost(present: Campaign, registry: Registry) -> Campaign:
    """Return the campaign with the entries that its registry once had and has lost."""
    whole = Registry(
        counties=(*present.counties, *_lost(registry.counties, present.counties)),
        enterprises=(*present.enterprises, *_lost(registry.enterprises, present.enterprises)),
        senders=(*present.senders, *_lost(registry.senders, present.senders)),
        targets=present.targets,
    )
    same = whole == Registry(
        counties=present.counties,
        enterprises=present.enterprises,
        senders=present.senders,
        targets=present.targets,
    )
    return present if same else _campaign(present, whole)


def _campaign(
    present: Campaign, registry: Registry, *, digest: str = "", checked_by: str = ""
) -> Campaign:
    return present.changed(
        counties=registry.counties,
        enterprises=registry.enterprises,
        senders=registry.senders,
        targets=registry.targets,
        digest=digest
        or digest_of(present.settings, registry, present.definition.own, present.own_definition),
        folder=present,
        checked_by=checked_by,
    )


def _with_new_names(entries: Sequence[E], present: Sequence[E]) -> list[E]:
    """Return entries with the names by which 名录 has them now, where no other has them."""
    taken = {squeeze(text) for entry in entries for text in _spellings(entry)}
    known = _by_spelling(present)
    return [_with_names(e, _spellings(known.get(squeeze(e.name), e)), taken) for e in entries]


def _with_names(entry: E, names: Sequence[str], taken: Collection[str]) -> E:
    new = [name for name in names if squeeze(name) not in taken]
    return cast("E", entry.model_copy(update={"aliases": (*entry.aliases, *new)}) if new else entry)


def _spellings(entry: Entry) -> tuple[str, ...]:
    return entry.name, *entry.aliases


def _lost(entries: Sequence[E], present: Sequence[E]) -> Iterator[E]:
    known = _by_spelling(present)
    return (entry for entry in entries if squeeze(entry.name) not in known)


def _by_spelling(entries: Sequence[E]) -> dict[str, E]:
    """Return the entry of each name and alias; a name goes before another's alias."""
    by_alias = {squeeze(alias): entry for entry in entries for alias in entry.aliases}
    return by_alias | {squeeze(entry.name): entry for entry in entries}
