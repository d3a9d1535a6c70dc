"""A progress ledger against its sender's last accepted month: cumulative counts do not fall, bases do not change unseen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from flows.settings import Campaign
from flows.steps.model import Examined, Failure, Severity
from flows.steps.months import Month
from schemas.columns import COUNTS, CUMULATIVE, header_of
from schemas.rules import RULES

BASES = tuple(name for name in COUNTS if name not in CUMULATIVE)


@dataclass(frozen=True)
class Base:
    """A sender's last accepted month: its rows by county and enterprise."""

    month: Month
    rows: Mapping[tuple[str, str], Mapping[str, int]]


def compare(examined: Examined, base: Base, campaign: Campaign) -> None:
    """Add to a ledger's failures what fell or changed against the base, and take the rows that fell out of its good ones.

    A fall is only a note where 备注 explains it.
    """
    counts = examined.counts
    seen = set()
    for row in counts.to_dict("records"):
        key = (row["county"], row["enterprise"])
        seen.add(key)
        if key in base.rows:
            found = list(_differences(examined.file, row, base, campaign))
            examined.failures += found
            if any(f.severity == "row" for f in found) and row["good"]:
                counts.loc[(counts["county"] == key[0]) & (counts["enterprise"] == key[1]), "good"] = False
                examined.rejected += 1
    gone = [key for key in base.rows if key not in seen]
    examined.failures += [_gone(examined.file, base.month, *key) for key in gone]


def _differences(file: str, row: Mapping[str, Any], base: Base, campaign: Campaign) -> Iterator[Failure]:
    before = base.rows[row["county"], row["enterprise"]]
    for name in COUNTS:
        now, then = row[name], before.get(name)
        if pd.isna(now) or then is None or pd.isna(then) or now == then:
            continue
        now, then = int(now), int(then)
        if name in CUMULATIVE and now < then:
            facts = {"value": now, "month": base.month.label, "previous": then, "difference": then - now}
            severity: Severity = "row" if pd.isna(row["note"]) else "note"
            yield _failure("cumulative-fell", file, row, name, severity, campaign, **facts)
        elif name in BASES and not _defaulted(row, name):
            word = "增加" if now > then else "减少"
            unit = f"“{header_of('progress', name)}”由{base.month.label}的{then}变为{now}，{word}{abs(now - then)}"
            yield _failure("base-changed", file, row, name, "note", campaign, value=now, reason=unit)


def _defaulted(row: Mapping[str, Any], name: str) -> bool:
    """Return whether a base took its default: its change is then told where the default stands."""
    return name == "archives_due" and list(row[f"at_{name}"]) == list(row["at_retirees"])


def _failure(code: str, file: str, row: Mapping[str, Any], name: str, severity: Severity, campaign: Campaign,
             **facts: object) -> Failure:  # fmt: skip
    sheet, _, cell = (row[f"at_{name}"] or row["at_enterprise"])[0].rpartition("!")
    rule, header = RULES[code], header_of("progress", name)
    number = int("".join(c for c in cell if c.isdigit()))
    on_trial = code in campaign.settings.policy.trial_rules
    return Failure(file, sheet, cell, number, header, str(facts["value"]), code, "note" if on_trial else severity,
                   rule.say(header=header, **facts), rule.advise(**facts))  # fmt: skip


def _gone(file: str, month: Month, county: str, enterprise: str) -> Failure:
    rule = RULES["base-changed"]
    reason = f"{month.label}有“{county}{enterprise}”一行，本月没有"
    return Failure(file, None, None, None, None, None, rule.code, "note", rule.say(reason=reason), rule.advise())
