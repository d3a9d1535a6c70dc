"""A sender's first month against 名录's 摸底人数: it has no earlier month to be compared with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from flows.settings import Campaign
from flows.steps.check.doubts import jumped
from flows.steps.check.masks import count_shown, harmless
from flows.steps.check.month_ledgers import MonthLedger, NewLedger, Retirees
from flows.steps.failures import WHOLE_FILE, Place, explained
from flows.steps.model import CheckedLedger, Failure, Frame
from schemas.definition import Column
from schemas.rules import RULES, SURVEYED, SURVEYED_REMEDY
from schemas.spellings import squeeze

RULE = RULES["base-jumped"]


@dataclass(frozen=True)
class _Surveys:
    """The 摸底人数 of a campaign; `complete` once each county that owes a ledger has sent one."""

    campaign: Campaign
    counties: Mapping[str, int]
    enterprises: Mapping[str, int]
    complete: bool

    @staticmethod
    def of(campaign: Campaign, senders: Collection[str | None]) -> "_Surveys":
        owing = {s.name for s in campaign.senders if s.county and "progress" in s.owes}
        scale = campaign.definition.column(campaign.definition.main).scale
        return _Surveys(
            campaign,
            {c.name: c.surveyed * scale for c in campaign.counties if c.surveyed is not None},
            {e.name: e.surveyed * scale for e in campaign.enterprises if e.surveyed is not None},
            owing <= set(senders),
        )

    @property
    def main(self) -> Column:
        """Return the column of what was surveyed."""
        return self.campaign.definition.column(self.campaign.definition.main)

    def far(self, total: int, surveyed: int) -> bool:
        """Return whether two numbers differ by more than the policy lets pass."""
        return jumped(total, surveyed, self.campaign.settings.policy.doubt, self.main.scale)

    def exceeds(self, enterprise: str, total: int) -> bool:
        """Return whether an enterprise has far more retirees than were surveyed."""
        surveyed = self.enterprises[enterprise]
        return total > surveyed and self.far(total, surveyed)

    def asks(self, enterprise: str, ledger: NewLedger, others: Sequence[MonthLedger]) -> int | None:
        """Return an enterprise's sum over the month's ledgers if a ledger is asked about it.

        Fewer than surveyed are asked about only if no county is to come; a ledger is not asked
        about an excess that another one has by itself.
        """
        own = _of(enterprise, ledger.retirees)
        elsewhere = [_of(enterprise, other.retirees) for other in others]
        rows = {key: count for each in [*elsewhere, own] for key, count in each.items()}
        total = _sum(rows.values())
        if total is None or not self.far(total, self.enterprises[enterprise]):
            return None
        if self.exceeds(enterprise, total):
            alone = self.exceeds(enterprise, _sum(own.values()) or 0)
            other = any(self.exceeds(enterprise, _sum(x.values()) or 0) for x in elsewhere)
            return total if alone or not other else None
        by_itself = self.campaign.enterprise_names.get(squeeze(ledger.sender or "")) == enterprise
        return total if self.complete or by_itself else None


def against_surveys(
    new: Sequence[NewLedger],
    ledgers: Sequence[MonthLedger],
    compared: Collection[str],
    campaign: Campaign,
) -> list[NewLedger]:
    """Return new ledgers, those of senders in their first month compared with 摸底人数.

    `ledgers` are the month's, the new ones last; `compared` are the senders with an earlier month.
    """
    surveys = _Surveys.of(campaign, {x.sender for x in ledgers if x.kind == "progress"})
    if not surveys.counties and not surveys.enterprises:
        return list(new)
    result = []
    for ledger in new:
        first = ledger.sender is not None and ledger.sender not in compared
        if first and ledger.kind == "progress":
            others = [x for x in ledgers if x is not ledger and not _same_rows(x, ledger)]
            ledger = replace(ledger, checked=_asked(ledger, others, surveys))
        result.append(ledger)
    return result


def _asked(ledger: NewLedger, others: Sequence[MonthLedger], surveys: _Surveys) -> CheckedLedger:
    checked, asked = ledger.checked, {}
    for enterprise in dict.fromkeys(enterprise for _, enterprise in ledger.retirees):
        if enterprise not in surveys.enterprises:
            continue
        total = surveys.asks(enterprise, ledger, others)
        if total is not None:
            checked = _row_asked(checked, enterprise, total, surveys)
            asked[enterprise] = surveys.enterprises[enterprise], total
    county = surveys.campaign.sender[ledger.sender or ""].county
    if county is None or county not in surveys.counties:
        return checked
    beside = [other.retirees for other in others if other.sender == ledger.sender]
    rows = {key: count for each in [*beside, ledger.retirees] for key, count in each.items()}
    return _county_asked(checked, county, _without_asked(rows, asked), surveys)


def _same_rows(other: MonthLedger, ledger: NewLedger) -> bool:
    """Return whether one of two ledgers of a sender corrects the other."""
    return other.sender == ledger.sender and bool(other.keys & ledger.keys)


def _without_asked(rows: Retirees, asked: Mapping[str, tuple[int, int]]) -> Retirees:
    """Return rows with those that are asked about as they were surveyed, so as not to ask twice."""
    expected = dict(rows)
    for key, count in rows.items():
        if key[1] in asked and count is not None:
            surveyed, total = asked[key[1]]
            expected[key] = count * surveyed // max(total, 1)
    return expected


def _row_asked(
    checked: CheckedLedger, enterprise: str, total: int, surveys: _Surveys
) -> CheckedLedger:
    """Return a ledger with the query at the enterprise's largest row, which does not count."""
    counts: Frame = checked.counts
    main = surveys.main.name
    numbers = counts[main].where(counts["enterprise"] == enterprise).fillna(-1)
    row = int(np.argmax(numbers.to_numpy(dtype=np.int64)))
    values = counts.iloc[row]
    cells = values[f"at_{main}"] or values["at_enterprise"]
    sheet, _, cell = cells[0].rpartition("!")
    several = total != values[main]
    middle = surveys.campaign.definition.words.middle
    fault = _question(
        checked.file,
        Place(sheet, cell),
        harmless(values["county"]) + harmless(enterprise),
        int(values[main]),
        (f"{harmless(enterprise)}各{middle}合计，" if several else "", total),
        surveys.enterprises[enterprise],
        surveys,
    )
    note = values["note"]
    if isinstance(note, str) and note:
        fault = explained(fault, harmless(note))
    held = fault.severity == "query"
    good = counts["good"].to_numpy().copy()
    good[row] &= not held
    return replace(
        checked,
        failures=[*checked.failures, fault],
        rejected=checked.rejected + held,
        doubted=checked.doubted + held,
        counts=counts.assign(good=good),
    )


def _county_asked(
    checked: CheckedLedger, county: str, rows: Retirees, surveys: _Surveys
) -> CheckedLedger:
    """Return a ledger with the query about the sum of its county, if there is one."""
    total = _sum([count for key, count in rows.items() if key[0] == county])
    if total is None or not surveys.far(total, surveys.counties[county]):
        return checked
    said = f"{harmless(county)}各行合计，", total
    fault = _question(
        checked.file, WHOLE_FILE, harmless(county), total, said, surveys.counties[county], surveys
    )
    return replace(checked, failures=[*checked.failures, fault])


def _question(
    file: str,
    place: Place,
    unit: str,
    value: int,
    total: tuple[str, int],
    surveyed: int,
    surveys: _Surveys,
) -> Failure:
    """Return the query about a sum, with what it is the sum of."""
    of, number = total
    header, main = surveys.main.header, surveys.main
    message = SURVEYED.format(
        of=of,
        header=header,
        value=count_shown(number, main),
        surveyed=count_shown(surveyed, main),
        word="多" if number > surveyed else "少",
        difference=count_shown(abs(number - surveyed), main),
    )
    return Failure(
        file,
        place.sheet,
        place.cell,
        place.row,
        header,
        count_shown(value, main),
        RULE.code,
        RULE.costs(surveys.campaign.settings.policy.trial_rules),
        message,
        SURVEYED_REMEDY,
        unit=unit,
    )


def _of(enterprise: str, rows: Retirees) -> Retirees:
    return {key: count for key, count in rows.items() if key[1] == enterprise}


def _sum(counts: Iterable[int | None]) -> int | None:
    """Return the sum of some rows' counts, None if one of them has a fault of its own."""
    known = list(counts)
    return None if None in known else sum(count for count in known if count is not None)
