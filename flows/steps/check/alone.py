"""Checking a file by itself: sender, month, cells, rows and totals (DESIGN §5)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flows.settings import Campaign
from flows.steps.check.counts import counts_of, counts_of_people, people_of
from flows.steps.check.report import Reporter
from flows.steps.check.senders import Origin, check_month, recognise_sender
from flows.steps.check.totals import wrong_totals
from flows.steps.check.validate import validate
from flows.steps.model import Examined, Failure, Ledger, Reading, address
from flows.steps.months import Month
from schemas.bindings import Context
from schemas.columns import columns_of
from schemas.rules import RULES
from schemas.spellings import squeeze

Flags = npt.NDArray[np.bool_]


def check_alone(reading: Reading, campaign: Campaign, month: Month, issued: date, written: Callable[[Any], str],
                key: bytes) -> list[Examined]:  # fmt: skip
    """Return each ledger of a file with its faults and its rows; a file without one is one Examined without a kind.

    `written` says what a cell shows, `key` is the secret that stands between a person and the hash that is stored.
    """
    of_file: list[Failure] = list(reading.failures)

    def say(code: str, *, sheet: str | None = None, cell: str | None = None, **facts: object) -> None:
        rule = RULES[code]
        row = int("".join(c for c in cell if c.isdigit())) if cell else None
        value = facts.get("value")
        of_file.append(Failure(reading.file, sheet, cell, row, None, None if value is None else str(value), code, rule.severity,
                               rule.say(**facts), rule.advise(**facts)))  # fmt: skip

    if not reading.ledgers:
        likely = recognise_sender(reading.file, reading.claims, campaign, lambda *a, **k: None).likely
        return [Examined(reading.file, reading.sha256, None, None, likely, 0, 0, of_file)]
    origin = recognise_sender(reading.file, reading.claims, campaign, say)
    check_month(reading.claims, month, say)
    examined = []
    for ledger in reading.ledgers:
        reporter = Reporter(reading.file, ledger, campaign, issued, written, month.last_day)
        examined.append(_check(reading, ledger, origin, reporter, month, key, of_file))
    return examined


def _check(reading: Reading, ledger: Ledger, origin: Origin, reporter: Reporter, month: Month, key: bytes,
           of_file: list[Failure]) -> Examined:  # fmt: skip
    campaign = reporter.campaign
    failures = of_file + ledger.failures + _county_column(ledger, origin, reporter)
    defaulted = _registered(ledger, origin, campaign)
    context = Context(
        counties=frozenset(c.name for c in campaign.counties),
        enterprises=_known_enterprises(campaign),
        issued=np.datetime64(reporter.issued, "s"),
        month_end=month.last_day,
    )
    found = validate(ledger, context, reporter)
    failures += [failure for _, failure in found] + _totals(ledger, defaulted, reporter)
    good = np.ones(len(ledger.frame), dtype=bool)
    good[[row for row, failure in found if failure.severity == "row"]] = False
    people = people_of(ledger, good, key) if ledger.kind == "roster" else None
    counts = counts_of(ledger, good, defaulted) if people is None else counts_of_people(people, ledger.tables, month.last_day)
    return Examined(reading.file, reading.sha256, ledger.kind, origin.sender, origin.likely, len(good), int((~good).sum()),
                    failures, counts, people, ledger.tables)  # fmt: skip


def _county_column(ledger: Ledger, origin: Origin, reporter: Reporter) -> list[Failure]:
    """Return the faults of tables without a county column; a county's own ledger may leave it out."""
    sender = reporter.campaign.sender.get(origin.sender or origin.likely or "")
    if sender is not None and sender.county is not None:
        return []
    header = columns_of(ledger.kind)["county"].header
    return [
        reporter.of_ledger("missing-column", t.sheet, address(t.header_row, min(t.columns.values())), header=header,
                           found="、".join(columns_of(ledger.kind)[name].header for name in t.columns))
        for t in ledger.tables if "county" not in t.columns
    ]  # fmt: skip


def _known_enterprises(campaign: Campaign) -> frozenset[str]:
    centres = {sender.name for sender in campaign.senders if sender.type == "托管中心"}
    return frozenset(e.name for e in campaign.enterprises) | centres


def _registered(ledger: Ledger, origin: Origin, campaign: Campaign) -> Mapping[str, Flags]:
    """Put the registered names and the defaults into the frame; return where a default was taken, by field."""
    frame = ledger.frame
    sender = campaign.sender.get(origin.sender or origin.likely or "")
    county = _translated(frame["county"], lambda text: campaign.county_names.get(text, text))
    frame["county"] = county.fillna(sender.county) if sender is not None and sender.county else county
    names = campaign.enterprise_names | {k: v for k, v in campaign.sender_names.items() if campaign.sender[v].type == "托管中心"}
    display = _displayed(ledger)
    frame["enterprise"] = _translated(frame["enterprise"], lambda text: names.get(text) or display.get(text, text))
    frame["affiliation_expected"] = _translated(frame["enterprise"], campaign.affiliations.get)
    if ledger.kind != "progress":
        return {}
    unread = _unread(ledger)
    default = columns_of("progress")["archives_due"].default
    taken = frame["archives_due"].isna().to_numpy() & ~unread.get("archives_due", np.zeros(len(frame), dtype=bool))
    frame["archives_due"] = frame["archives_due"].mask(taken, frame[default])
    return {"archives_due": taken}


def _translated(texts: Any, translate: Callable[[str], str | None]) -> Any:
    codes, different = pd.factorize(texts)
    values = pd.array([*map(translate, different), None], dtype="str")
    return pd.Series(values.take(codes), index=texts.index)


def _displayed(ledger: Ledger) -> dict[str, str]:
    """Return how an enterprise's name was written first, without blanks, for each squeezed name: （） stays （）."""
    names: dict[str, str] = {}
    for value in ledger.written["enterprise"].values:
        if isinstance(value, str):
            names.setdefault(squeeze(value), "".join(value.split()))
    return names


def _unread(ledger: Ledger) -> dict[str, Flags]:
    """Return for each field where its cell could not be read."""
    flags: dict[str, Flags] = {}
    for conversion in ledger.conversions:
        if conversion.code != "date-ambiguous":
            flags.setdefault(conversion.name, np.zeros(len(ledger.frame), dtype=bool))[conversion.rows] = True
    return flags


def _totals(ledger: Ledger, defaulted: Mapping[str, Flags], reporter: Reporter) -> list[Failure]:
    failures = []
    for total, name, said, summed in wrong_totals(ledger, _unread(ledger), defaulted, reporter.campaign):
        table = ledger.tables[total.table]
        cell = address(total.row, table.columns[name])
        facts = {"label": total.label, "header": columns_of(ledger.kind)[name].header, "value": said, "total": summed}
        failures.append(reporter.of_ledger("control-total", table.sheet, cell, **facts, difference=abs(said - summed)))
    return failures
