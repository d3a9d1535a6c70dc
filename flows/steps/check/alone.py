"""Checking a file by itself: sender, month, cells, rows and totals (DESIGN §5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.settings import Campaign
from flows.steps.check.counts import counts_of, counts_of_people, people_of
from flows.steps.check.masks import count_shown, scrub, scrubbed
from flows.steps.check.names import known_enterprises, register
from flows.steps.check.report import FailureBuilder
from flows.steps.check.senders import Origin, check_month, recognise_sender
from flows.steps.check.totals import wrong_totals
from flows.steps.check.validate import unread_cells, validate
from flows.steps.model import CheckedLedger, Failure, Ledger, ParsedFile, address
from flows.steps.months import Month
from schemas.bindings import Context
from schemas.columns import columns_of
from schemas.rules import RULES

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Asked:
    """What a file is checked for: the campaign, the month, the day of issue, how a cell is shown, the key for persons."""

    campaign: Campaign
    month: Month
    issued: date
    written: Callable[[Any], str]
    key: bytes


def check_alone(
    reading: ParsedFile,
    campaign: Campaign,
    month: Month,
    issued: date,
    written: Callable[[Any], str],
    key: bytes,
) -> list[CheckedLedger]:
    """Return each ledger of a file with its faults and its rows; a file without one is one CheckedLedger without a kind.

    `written` says what a cell shows, `key` is the secret that stands between a person and the hash that is stored.
    """
    said: list[Failure] = []

    def say(
        code: str, *, sheet: str | None = None, cell: str | None = None, **facts: object
    ) -> None:
        said.append(_of_file(reading.file, campaign, code, sheet, cell, facts))

    origin = recognise_sender(reading.file, reading.claims, campaign, say)
    if not reading.ledgers:
        failures = [scrubbed(failure) for failure in reading.failures]
        return [
            CheckedLedger(reading.file, reading.sha256, None, None, origin.likely, 0, 0, failures)
        ]
    check_month(reading.claims, month, say)
    of_file = [scrubbed(failure) for failure in (*reading.failures, *said)]
    asked = _Asked(campaign, month, issued, written, key)
    return [_check(reading, ledger, origin, asked, of_file) for ledger in reading.ledgers]


def _of_file(
    file: str,
    campaign: Campaign,
    code: str,
    sheet: str | None,
    cell: str | None,
    facts: Mapping[str, object],
) -> Failure:
    rule, value = RULES[code], facts.get("value")
    row = int("".join(c for c in cell if c.isdigit())) if cell else None
    return Failure(
        file,
        sheet,
        cell,
        row,
        None,
        None if value is None else str(value),
        code,
        rule.costs(campaign.settings.policy.trial_rules),
        rule.say(**facts),
        rule.advise(**facts),
    )


def _check(
    reading: ParsedFile, ledger: Ledger, origin: Origin, asked: _Asked, of_file: Sequence[Failure]
) -> CheckedLedger:
    ledger = replace(
        ledger, tables=[replace(table, sheet=scrub(table.sheet)) for table in ledger.tables]
    )
    sender = asked.campaign.sender.get(origin.sender or origin.likely or "")
    county = sender.county if sender is not None else None
    defaulted = register(ledger, county, asked.campaign)
    end = asked.month.last_day
    reporter = FailureBuilder(
        reading.file, ledger, asked.campaign, asked.issued, asked.written, end, defaulted
    )
    found = validate(ledger, _context(asked), reporter)
    failures = [*of_file, *map(scrubbed, ledger.failures)]
    failures += [] if county else _county_column(ledger, reporter)
    failures += [*found.failures, *_totals(ledger, defaulted, reporter)]
    people = people_of(ledger, ~found.bad, asked.key) if ledger.kind == "roster" else None
    counts = (
        counts_of(ledger, ~found.bad, defaulted)
        if people is None
        else counts_of_people(people, ledger.tables, end)
    )
    return CheckedLedger(
        reading.file,
        reading.sha256,
        ledger.kind,
        origin.sender,
        origin.likely,
        len(found.bad),
        int(found.bad.sum()),
        failures,
        counts,
        people,
        ledger.tables,
    )


def _context(asked: _Asked) -> Context:
    counties = frozenset(county.name for county in asked.campaign.counties)
    return Context(
        counties,
        known_enterprises(asked.campaign),
        np.datetime64(asked.issued, "s"),
        asked.month.last_day,
    )


def _county_column(ledger: Ledger, reporter: FailureBuilder) -> list[Failure]:
    """Return the faults of tables without a county column; a county's own ledger may leave it out."""
    columns = columns_of(ledger.kind)
    return [
        reporter.of_ledger(
            "missing-column",
            t.sheet,
            address(t.header_row, min(t.columns.values())),
            header=columns["county"].header,
            found="、".join(columns[name].header for name in t.columns),
        )
        for t in ledger.tables
        if "county" not in t.columns
    ]


def _totals(
    ledger: Ledger, defaulted: Mapping[str, Flags], reporter: FailureBuilder
) -> list[Failure]:
    failures = []
    for total, name, said, summed in wrong_totals(
        ledger, unread_cells(ledger), defaulted, reporter.campaign
    ):
        table = ledger.tables[total.table]
        numbers = {"value": said, "total": summed, "difference": abs(said - summed)}
        failures.append(
            reporter.of_ledger(
                "control-total",
                table.sheet,
                address(total.row, table.columns[name]),
                label=scrub(total.label),
                header=columns_of(ledger.kind)[name].header,
                **{name: count_shown(number) for name, number in numbers.items()},
            )
        )
    return failures
