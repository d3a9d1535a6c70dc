"""The machine-readable records of a month: figures, quality and manifest.json (DESIGN §7)."""

import itertools
import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from flows.steps.model import Change, Entry, Failure, Figures, LedgerReport
from schemas.amounts import in_decimals
from schemas.definition import Definition


def as_json(value: Any) -> bytes:
    """Return a value as JSON in UTF-8, indented, with a line break at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def figures_record(figures: Figures, definition: Definition) -> dict[str, Any]:
    """Return figures.json: the figures of every level, the roll-call, the calendar's pace.

    An amount is a text with its decimals, so that no program reads it as a binary fraction.
    """
    entry = partial(_entry, definition)
    return {
        "month": figures.month,
        "as_of": figures.as_of.isoformat(),
        "city": entry(figures.city),
        "groups": [entry(each) for each in figures.groups],
        "counties": [entry(each, county=True) for each in figures.counties],
        "enterprises": [entry(each) for each in figures.enterprises],
        "cells": [entry(each) for each in figures.cells],
        "coverage": [
            {"sender": c.sender, "kind": c.kind, "verdict": c.verdict, "used": c.used}
            for c in figures.coverage
        ],
        "pace": {
            "elapsed": six_places(figures.pace.elapsed),
            "days_left": figures.pace.days_left,
            "deadline": figures.pace.deadline.isoformat(),
        },
    }


def statement(figures: Figures, definition: Definition) -> dict[str, Any]:
    """Return what a month's bulletins state: figures.json without the source cells."""
    record = figures_record(figures, definition)
    nested = [record[key] for key in ("groups", "counties", "enterprises", "cells")]
    for entry in itertools.chain([record["city"]], *nested):
        entry.pop("sources")
    return record


def six_places(rate: Fraction | None) -> float | None:
    """Return a rate or a difference of rates to six places, half up; None stays None."""
    if rate is None:
        return None
    exact = Decimal(rate.numerator) / Decimal(rate.denominator)
    return float(exact.quantize(Decimal("0.000001"), ROUND_HALF_UP))


def stated(number: int, count: str, definition: Definition) -> int | str:
    """Return a count as figures.json has it: a number, or an amount's text with its decimals."""
    decimals = definition.decimals_of(count)
    return in_decimals(number, decimals) if decimals else number


def _entry(definition: Definition, entry: Entry, *, county: bool = False) -> dict[str, Any]:
    name = (
        {"name": entry.name}
        if entry.county is None
        else {"county": entry.county, "enterprise": entry.enterprise}
    )
    rates = {key: six_places(rate) for key, rate in entry.rates.items()}
    return {
        **name,
        **{name: stated(number, name, definition) for name, number in entry.counts.items()},
        "rates": rates,
        **({"share": six_places(entry.share)} if county else {}),
        "stage": entry.stage,
        **({"rank": entry.rank} if county else {}),
        "change": None if entry.change is None else _change(entry.change, definition),
        "sources": {
            key: {"cells": list(cells), "more": more}
            for key, (cells, more) in entry.sources.items()
        },
    }


def _change(change: Change, definition: Definition) -> dict[str, Any]:
    rates = {key: six_places(rate) for key, rate in change.rates.items()}
    counts = {
        name: None if number is None else stated(number, name, definition)
        for name, number in change.counts.items()
    }
    return {"counts": counts, "rates": rates}


def quality_record(ledgers: Sequence[LedgerReport], failures: Sequence[Failure]) -> dict[str, Any]:
    """Return quality.json: every ledger with its verdict, every failure, the office's asides too.

    The sender of an unreadable file is the one that its folder or name points to.
    """
    return {
        "ledgers": [
            {
                "file": x.file,
                "sender": x.likely if x.verdict == "unreadable" else x.sender,
                "kind": x.kind,
                "verdict": x.verdict,
                "rows": {"read": x.read, "accepted": x.accepted, "rejected": x.rejected},
                "lines": dict(x.lines),
            }
            for x in ledgers
        ],
        "failures": [
            {
                "file": f.file or None,
                "sheet": f.sheet,
                "cell": f.cell,
                "row": f.row,
                "header": f.header,
                "value": f.value,
                "code": f.code,
                "severity": f.severity,
                "message": f.message + (f"（{f.aside}）" if f.aside else ""),
                "remedy": f.remedy,
            }
            for f in failures
        ],
    }


def manifest_record(
    month: str, issued: str, versions: Mapping[str, str], inputs: Mapping[str, str]
) -> dict[str, Any]:
    """Return manifest.json without the outputs: the month, the versions, the inputs by sha256."""
    listed = [{"file": name, "sha256": digest} for name, digest in sorted(inputs.items())]
    return {"month": month, "issued": issued, **versions, "inputs": listed}
