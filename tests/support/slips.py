"""A made-up city's progress over some months, and the slips that clerks make in it."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schemas.shipped import shipped
from tests.support.retirees import COUNTS

CUMULATIVE, WHOLES = shipped().cumulative, shipped().wholes

Key = tuple[str, str]
Rows = dict[Key, dict[str, int]]

COUNTIES = ("甲县", "乙县", "丙县", "丁县", "戊县", "己县", "庚县", "辛县")
ENTERPRISES = 60


@dataclass(frozen=True)
class Slip:
    """A ledger's rows as they should be and as they were sent, and what was done to them."""

    name: str
    county: str
    right: Rows
    sent: Rows

    def moves(self, city: Mapping[str, int]) -> float:
        """Return the greatest share of a city total by which the slip moves it."""
        shares = []
        for name in COUNTS:
            right = sum(row[name] for row in self.right.values())
            sent = sum(row[name] for row in self.sent.values())
            shares.append(abs(sent - right) / max(city[name], 1))
        return max(shares)


def first_month(draw: random.Random) -> Rows:
    """Return a city's rows: sizes from a dozen to some thousands, every stage of progress."""
    rows: Rows = {}
    for county in COUNTIES:
        for number in draw.sample(range(ENTERPRISES), 25):
            retirees = max(12, int(draw.lognormvariate(5.2, 1.0)))
            due = retirees + draw.choice((0, 0, 0, 1, 2, 5))
            party = int(retirees * draw.uniform(0.1, 0.3))
            row = {"retirees": retirees, "archives_due": due, "party_members": party}
            for name in CUMULATIVE:
                done = draw.choice((0.0, draw.random() * 0.6, draw.random(), 1.0))
                row[name] = int(row[WHOLES[name]] * done)
            rows[county, f"示例{number:02}厂"] = {name: row[name] for name in COUNTS}
    return rows


def next_month(draw: random.Random, rows: Rows) -> Rows:
    """Return the rows a month later: bases drift a little, work goes on, now and then all of it at once."""
    following: Rows = {}
    for key, row in rows.items():
        now = dict(row)
        if draw.random() < 0.3:
            drift = draw.randint(-1, 3) * max(1, row["retirees"] // 150)
            done = max(row["agreement"], row["functions"], row["party_members"])
            now["retirees"] = max(done, row["retirees"] + drift)
            now["archives_due"] = max(row["archives"], row["archives_due"] + drift)
        for name in CUMULATIVE:
            whole = now[WHOLES[name]]
            left = max(0, whole - row[name])
            share = 1.0 if draw.random() < 0.005 else draw.choice((0, 0, draw.random() * 0.35))
            now[name] = row[name] + int(left * share)
        following[key] = now
    return following


def county_rows(rows: Rows, county: str) -> Rows:
    """Return a copy of one county's rows: its ledger."""
    return {key: dict(row) for key, row in rows.items() if key[0] == county}


def totals(rows: Mapping[Key, Mapping[str, int]]) -> dict[str, int]:
    """Return the city's totals."""
    return {name: sum(row[name] for row in rows.values()) for name in COUNTS}


def _times(factor: int) -> Callable[[random.Random, Rows], None]:
    def slip(draw: random.Random, rows: Rows) -> None:
        row = rows[draw.choice(list(rows))]
        names = draw.choice((list(COUNTS), [draw.choice([n for n in COUNTS if row[n] > 4])]))
        for name in names:
            row[name] *= factor

    return slip


def _divided(draw: random.Random, rows: Rows) -> None:
    row = rows[draw.choice([key for key, row in rows.items() if row["retirees"] >= 100])]
    for name in draw.choice((list(COUNTS), ["retirees"])):
        row[name] //= 10


def _ten_thousands(draw: random.Random, rows: Rows) -> None:
    """The whole ledger in 人 under a head that says 万人: every count ten thousand times too large."""
    for row in rows.values():
        for name in COUNTS:
            row[name] *= 10_000


def _columns(draw: random.Random, rows: Rows) -> None:
    one, other = draw.sample(CUMULATIVE, 2)
    for row in rows.values():
        row[one], row[other] = row[other], row[one]


def _rows_missing(draw: random.Random, rows: Rows) -> None:
    for key in draw.sample(list(rows), 3):
        del rows[key]


def _unit_vanished(draw: random.Random, rows: Rows) -> None:
    del rows[draw.choice(list(rows))]


def _pasted_over(draw: random.Random, rows: Rows) -> None:
    one, other = draw.sample(list(rows), 2)
    rows[one] = dict(rows[other])


SLIPS: Mapping[str, Callable[[random.Random, Rows], None]] = {
    "×10": _times(10),
    "×100": _times(100),
    "÷10": _divided,
    "万当人": _ten_thousands,
    "栏目对调": _columns,
    "缺行": _rows_missing,
    "单位消失": _unit_vanished,
    "贴错行": _pasted_over,
}


def slipped(draw: random.Random, rows: Rows, name: str) -> Slip:
    """Return a slip of a kind in the ledger of a county drawn from all; one that changes nothing is drawn again."""
    while True:
        county = draw.choice(COUNTIES)
        right = county_rows(rows, county)
        sent = county_rows(rows, county)
        SLIPS[name](draw, sent)
        if sent != right:
            return Slip(name, county, right, sent)
