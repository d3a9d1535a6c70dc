"""The lines of stored submissions, as figures are added up from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa

from flows.settings import Campaign
from flows.steps.model import LazyMapping, Line, Submission, UserError
from flows.steps.store import Store, counts_of
from schemas.spellings import squeeze

_FACTS = ("submission", "good", "county", "enterprise", "affiliation")
Cells = Mapping[str, tuple[Sequence[str], int]]  # by count: the cells listed, how many in all
_NOWHERE: tuple[Sequence[str], int] = ((), 0)


class StoredLines:
    """A function that returns the good lines of submissions and reads each submission once.

    Raises UserError for a row of a county that 名录 does not list any more.
    """

    def __init__(self, store: Store, campaign: Campaign, *, with_cells: bool = True) -> None:
        self._store, self._campaign, self._with_cells = store, campaign, with_cells
        self._by_submission: dict[str, list[Line]] = {}

    def __call__(self, submissions: Iterable[Submission]) -> list[Line]:
        """Return the lines of some submissions, in their order."""
        wanted = list(submissions)
        new = {s.id: s for s in wanted if s.id not in self._by_submission}
        if new:
            self._by_submission.update({key: [] for key in new})
            definition = self._campaign.definition
            columns = None if self._with_cells else (*_FACTS, *definition.counts)
            rows = counts_of(self._store, new.values(), definition, columns)
            for line in self._lines(rows, new):
                self._by_submission[line.submission].append(line)
        return [line for s in wanted for line in self._by_submission[s.id]]

    def _lines(self, table: pa.Table, submissions: Mapping[str, Submission]) -> Iterator[Line]:
        """Yield a line for each good row; its cells are looked up when they are asked for.

        Affiliations and names are those of the campaign's 名录, whenever the row was reported.
        """
        registered = self._campaign.affiliations
        counties: dict[str, str] = {}
        enterprises: dict[str, str] = {}
        definition = self._campaign.definition
        names = definition.counts
        columns = [table[name].to_pylist() for name in (*_FACTS, *names)]
        combined = table.combine_chunks() if self._with_cells else table
        without: Cells = dict.fromkeys(("enterprise", *names), _NOWHERE)
        groups, others = definition.group_of, definition.group_names[0]
        for number, row in enumerate(zip(*columns, strict=True)):
            key, good, county, enterprise, affiliation, *counts = row
            if not good:
                continue
            submission = submissions[key]
            if county not in counties:
                counties[county] = _county(county, self._campaign)
            if enterprise not in enterprises:
                enterprises[enterprise] = self._campaign.unit_now(enterprise)
            named = counties[county], enterprises[enterprise]
            original = None if named == (county, enterprise) else (county, enterprise)
            ended = self._campaign.ended(county, enterprise)
            until = max([str(former.until) for former in ended]) if ended else ""
            if submission.month <= until and any(former.name is None for former in ended):
                continue  # what has left counts in its own time only
            belonging = registered.get(named[1], affiliation)
            yield Line(
                submission=key,
                month=submission.month,
                sender=submission.sender or "",
                file=submission.file,
                county=named[0],
                enterprise=named[1],
                group=groups.get(belonging, others),
                counts={n: c for n, c in zip(names, counts, strict=True) if c is not None},
                cells=LazyMapping(_cells, combined, number, f"{submission.file}!", names)
                if self._with_cells
                else without,
                original=original,
                until=until,
                affiliation=belonging or "",
            )


def _county(text: str, campaign: Campaign) -> str:
    name = campaign.county_now(text)
    if squeeze(name) not in campaign.county_names and not campaign.ended(text, ""):
        raise UserError(
            f"名录中没有{campaign.definition.terms['middle']}“{text}”，但已入库的台账有它的数据。"
            "请在名录中补上；改了名的，把原名写进新名的别名；撤并的，写明起、止和并入"
        )
    return name


def _cells(table: pa.Table, row: int, prefix: str, names: Sequence[str]) -> Cells:
    return {
        name: (
            [prefix + cell for cell in table[f"at_{name}"][row].as_py() or ()],
            table[f"n_{name}"][row].as_py() or 0,
        )
        for name in ("enterprise", *names)
    }
