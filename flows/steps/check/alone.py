"""Checking a file by itself: sender, month, cells, rows and totals (DESIGN §5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from flows.settings import Campaign
from flows.steps.check.counts import counts_of, counts_of_people, people_of
from flows.steps.check.doubtful_rows import doubtful_rows
from flows.steps.check.facts import earliest_days
from flows.steps.check.masks import count_shown, scrub, scrub_name, scrubbed
from flows.steps.check.names import register
from flows.steps.check.report import FailureBuilder, Violation
from flows.steps.check.senders import Origin, recognise_sender, wrong_months
from flows.steps.check.totals import wrong_totals
from flows.steps.check.validate import SUM_CODE, unread_cells, validate
from flows.steps.failures import Place, failure
from flows.steps.model import CheckedLedger, Failure, Ledger, ParsedFile, address
from flows.steps.months import Month
from schemas.bindings import Context
from schemas.rules import RULES

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Asked:
    """What a file is checked for: campaign, month, day of issue, key for persons."""

    campaign: Campaign
    month: Month
    issued: date
    key: bytes


def check_alone(
    reading: ParsedFile,
    campaign: Campaign,
    month: Month,
    issued: date,
    key: bytes,
) -> list[CheckedLedger]:
    """Return each ledger of a file, checked; a file without one is a CheckedLedger without a kind.

    `key` is the secret behind the hashes that are stored in place of persons.
    """
    origin = recognise_sender(reading.file, reading.claims, campaign)
    if reading.replies is not None:
        replies = [(unit, number, scrub(answer)) for unit, number, answer in reading.replies]
        return [
            CheckedLedger(
                reading.file, reading.sha256, None, None, origin.likely, 0, 0, [], replies=replies
            )
        ]
    if not reading.ledgers:
        failures = [scrubbed(failure) for failure in reading.failures]
        return [
            CheckedLedger(reading.file, reading.sha256, None, None, origin.likely, 0, 0, failures)
        ]
    claimed = [*origin.failures, *wrong_months(reading.file, reading.claims, month)]
    trial_rules = campaign.settings.policy.trial_rules
    claimed = [replace(x, severity=RULES[x.code].costs(trial_rules)) for x in claimed]
    of_file = [scrubbed(failure) for failure in (*reading.failures, *claimed)]
    asked = _Asked(campaign, month, issued, key)
    return [_check(reading, ledger, origin, asked, of_file) for ledger in reading.ledgers]


def _check(
    reading: ParsedFile, ledger: Ledger, origin: Origin, asked: _Asked, of_file: Sequence[Failure]
) -> CheckedLedger:
    tables = [replace(table, sheet=scrub_name(table.sheet)) for table in ledger.tables]
    ledger = replace(ledger, tables=tables)
    sender = asked.campaign.sender.get(origin.sender or origin.likely or "")
    county = sender.county if sender is not None else None
    defaulted = register(ledger, county, asked.campaign)
    end = asked.month.last_day
    builder = FailureBuilder(reading.file, ledger, asked.campaign, asked.issued, end, defaulted)
    doubts = doubtful_rows(ledger, county, asked.campaign)
    findings = validate(ledger, _context(asked), builder, doubts)
    good = ~(findings.bad | findings.doubted)
    failures = [*of_file, *map(scrubbed, ledger.failures)]
    failures += [] if county else _county_column(ledger, builder)
    failures += [*findings.failures, *_totals(ledger, defaulted, builder, doubts)]
    failures += _zero_formulas(ledger, builder)
    definition = asked.campaign.definition
    people = people_of(ledger, good, asked.key, definition) if ledger.kind == "roster" else None
    counts = (
        counts_of(ledger, good, defaulted, definition)
        if people is None
        else counts_of_people(people, ledger.tables, end, definition)
    )
    return CheckedLedger(
        reading.file,
        reading.sha256,
        ledger.kind,
        origin.sender,
        origin.likely,
        read=len(good),
        rejected=int((~good).sum()),
        failures=failures,
        counts=counts,
        people=people,
        tables=ledger.tables,
        answers=reading.answers,
        doubted=int(findings.doubted.sum()),
        lines=ledger.lines,
    )


def _context(asked: _Asked) -> Context:
    end = asked.month.last_day
    handover, retirement = (np.datetime64(day, "s") for day in earliest_days(asked.campaign, end))
    return Context(
        asked.campaign.registered_counties,
        asked.campaign.registered_units,
        np.datetime64(asked.issued, "s"),
        end,
        handover,
        retirement,
    )


def _county_column(ledger: Ledger, builder: FailureBuilder) -> list[Failure]:
    """Return the faults of tables without a county column."""
    columns = builder.definition.columns_of(ledger.kind)
    return [
        failure(
            "missing-column",
            builder.file,
            Place(t.sheet, address(t.header_row, min(t.columns.values()))),
            header=columns["county"].header,
            severity=builder.severity("missing-column"),
            found="、".join(columns[name].header for name in t.columns),
            unused="",
            spelt=f"“{columns['county'].header}”",
        )
        for t in ledger.tables
        if "county" not in t.columns
    ]


def _zero_formulas(ledger: Ledger, builder: FailureBuilder) -> list[Failure]:
    """Return a query at each column whose formulas may not have been calculated."""
    return [
        failure(
            "zero-formulas",
            builder.file,
            Place(sheet, cell),
            header=builder.column(name).header,
            severity=builder.severity("zero-formulas"),
        )
        for name, sheet, cell in ledger.zeros
    ]


def _totals(
    ledger: Ledger,
    defaulted: Mapping[str, Flags],
    builder: FailureBuilder,
    doubts: Sequence[Violation],
) -> list[Failure]:
    failures = []
    unread = unread_cells(ledger)
    sums = np.zeros(len(ledger.frame), dtype=bool)
    for doubt in doubts:
        sums[doubt.rows] |= doubt.code == SUM_CODE
    campaign = builder.campaign
    for total, name, given, summed in wrong_totals(ledger, unread, defaulted, campaign, sums):
        table = ledger.tables[total.table]
        failures.append(
            failure(
                "control-total",
                builder.file,
                Place(table.sheet, address(total.row, table.columns[name])),
                header=builder.column(name).header,
                value=count_shown(given, builder.column(name)),
                severity=builder.severity("control-total"),
                label=scrub(total.label),
                total=count_shown(summed, builder.column(name)),
                difference=count_shown(abs(given - summed), builder.column(name)),
            )
        )
    return failures
