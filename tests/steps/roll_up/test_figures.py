"""The figures of every level (DESIGN §6): small lines in, whole figures out."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.export import figures_record, six_places
from flows.steps.measures import rates_of, stage_of
from flows.steps.model import Line
from flows.steps.months import Month
from flows.steps.roll_up import NotReconciledError, roll_up
from flows.steps.roll_up.figures import reconcile
from schemas.shipped import shipped
from tests.support.factories import COUNTIES, FIRMS, campaign, line
from tests.support.retirees import COUNTS

MAY = Month(2022, 5)
GROUPS = ("中省企业", "市属企业", "县属企业", "托管中心")


def counted(*values: int) -> dict[str, int]:
    return dict(zip(COUNTS, values, strict=True))


@pytest.mark.parametrize(
    ("counts", "rates", "stage"),
    [
        # retirees, agreement, archives_due, archives, party_members, party, functions
        ((100, 0, 100, 0, 20, 0, 0), ("0", "0", "0", "0"), "未启动"),
        ((100, 50, 100, 0, 20, 0, 0), ("1/2", "0", "0", "0"), "推进中"),
        ((100, 99, 100, 100, 20, 20, 100), ("99/100", "1", "1", "1"), "推进中"),
        ((100, 100, 100, 99, 20, 20, 100), ("1", "99/100", "1", "1"), "实质性阶段"),
        ((100, 100, 100, 104, 20, 20, 100), ("1", "1", "1", "1"), "已完成"),
        ((100, 100, 100, 100, 0, 0, 100), ("1", "1", None, "1"), "已完成"),
        ((100, 0, 0, 0, 0, 0, 0), ("0", None, None, "0"), "未启动"),
        ((0, 0, 0, 0, 0, 0, 0), (None, None, None, None), None),
    ],
)
def test_rates_and_stages(
    counts: tuple[int, ...], rates: tuple[str | None, ...], stage: str | None
) -> None:
    """A rate without a denominator is none and stands in nobody's way; archives above due are capped at 1."""
    assert [
        None if r is None else str(r) for r in rates_of(shipped(), counted(*counts)).values()
    ] == list(rates)
    assert stage_of(shipped(), counted(*counts)) == stage


def test_whole_figures() -> None:
    """Every level of a small month, with shares, ranks, stages and the cells that were counted."""
    lines = [
        line("东浥区", FIRMS[0][0], (100, 100, 102, 51, 20, 5, 0), "中省企业", row=5),
        line("东浥区", FIRMS[1][0], (50, 25, 50, 0, 10, 0, 0), "市属企业", row=6),
        line("西浥区", FIRMS[0][0], (50, 50, 50, 25, 0, 0, 0), "中省企业", row=5),
        line("西浥区", "示例供销社", (10, 0, 10, 0, 2, 0, 0), "托管中心", row=6),
    ]
    record = figures_record(roll_up(lines, [], campaign(), MAY), shipped())
    places = (("东浥区", 5), ("东浥区", 6), ("西浥区", 5), ("西浥区", 6))
    assert record["city"] == {
        "name": "示例市", "enterprises": 2, **counted(210, 175, 212, 76, 32, 5, 0),
        "rates": {"agreement": 0.833333, "archives": 0.358491, "party": 0.15625, "functions": 0.0},
        "stage": "推进中", "change": None,
        "sources": {
            "enterprises": {"cells": ["东浥区.xlsx!进度!C5", "东浥区.xlsx!进度!C6", "西浥区.xlsx!进度!C5"], "more": 0},
            **{name: {"cells": [f"{f}.xlsx!进度!{'EFGHIJK'[i]}{r}" for f, r in places], "more": 0} for i, name in enumerate(COUNTS)},
        },
    }  # fmt: skip
    assert [(e["name"], e["enterprises"], e["retirees"], e["stage"]) for e in record["groups"]] == [
        ("中省企业", 1, 150, "实质性阶段"), ("市属企业", 1, 50, "推进中"), ("县属企业", 0, 0, None), ("托管中心", 0, 10, "未启动"),
    ]  # fmt: skip
    assert [(e["name"], e["enterprises"], e["retirees"], e["share"], e["rank"]) for e in record["counties"]] == [
        ("东浥区", 2, 150, 0.714286, 2), ("西浥区", 1, 60, 0.285714, 1), ("南沚县", 0, 0, 0.0, None),
    ]  # fmt: skip
    assert [(e["name"], e["enterprises"], e["retirees"]) for e in record["enterprises"]] == [
        (FIRMS[0][0], 1, 150), (FIRMS[1][0], 1, 50), ("示例供销社", 0, 10),
    ]  # fmt: skip
    assert [(e["county"], e["enterprise"], e["enterprises"], e["retirees"]) for e in record["cells"]] == [
        ("东浥区", FIRMS[0][0], 1, 100), ("东浥区", FIRMS[1][0], 1, 50), ("西浥区", FIRMS[0][0], 1, 50), ("西浥区", "示例供销社", 0, 10),
    ]  # fmt: skip
    assert "rank" not in record["city"]
    assert "name" not in record["cells"][0]


@pytest.mark.parametrize(
    ("counts", "ranks"),
    [
        (
            {
                "东浥区": (10, 10, 10, 5, 2, 1, 0),
                "西浥区": (20, 20, 20, 10, 0, 0, 0),
                "南沚县": (5, 4, 5, 5, 1, 1, 5),
            },
            (2, 1, 3),
        ),
        (
            {
                "东浥区": (10, 5, 10, 0, 2, 0, 0),
                "西浥区": (20, 10, 20, 0, 4, 0, 0),
                "南沚县": (5, 1, 5, 5, 1, 1, 5),
            },
            (1, 1, 3),
        ),
        (
            {
                "东浥区": (10, 1, 10, 0, 2, 0, 0),
                "西浥区": (20, 10, 20, 0, 4, 0, 0),
                "南沚县": (4, 2, 4, 0, 1, 0, 0),
            },
            (3, 1, 1),
        ),
        ({"东浥区": (0, 0, 0, 0, 0, 0, 0), "西浥区": (20, 0, 20, 0, 4, 0, 0)}, (None, 1, None)),
    ],
)
def test_ranks(counts: dict[str, tuple[int, ...]], ranks: tuple[int | None, ...]) -> None:
    """Competition ranking by the tuple of rates; a rate without a denominator equals 100 %, no retirees have no rank."""
    figures = roll_up(
        [line(county, FIRMS[1][0], values) for county, values in counts.items()],
        [],
        campaign(),
        MAY,
    )
    assert tuple(entry.rank for entry in figures.counties) == ranks


def test_ranking_follows_the_policy() -> None:
    """The office may rank by another order of indicators."""
    lines = [
        line("东浥区", FIRMS[1][0], (10, 10, 10, 0, 2, 0, 0)),
        line("西浥区", FIRMS[1][0], (10, 1, 10, 5, 2, 0, 0)),
    ]
    by_archives = roll_up(lines, [], campaign({"ranking": ["archives"]}), MAY)
    assert [entry.rank for entry in by_archives.counties] == [2, 1, None]


def test_change_against_last_month() -> None:
    """Differences in counts and in rates; what was not there last month has none."""
    before = roll_up(
        [line("东浥区", FIRMS[1][0], (100, 60, 100, 0, 20, 0, 0), month="2022-04")],
        [],
        campaign(),
        MAY.previous,
    )
    lines = [
        line("东浥区", FIRMS[1][0], (110, 88, 110, 0, 0, 0, 0)),
        line("东浥区", FIRMS[2][0], (10, 0, 10, 0, 0, 0, 0), "县属企业"),
    ]
    record = figures_record(roll_up(lines, [], campaign(), MAY, before), shipped())
    assert record["city"]["change"] == {
        "counts": counted(20, 28, 20, 0, -20, 0, 0),
        "rates": {"agreement": 0.133333, "archives": 0.0, "party": None, "functions": 0.0},
    }
    assert [(e["name"], e["change"] is None) for e in record["enterprises"]] == [
        (FIRMS[1][0], False),
        (FIRMS[2][0], True),
    ]
    assert record["counties"][2]["change"]["counts"] == counted(0, 0, 0, 0, 0, 0, 0)


def test_at_most_fifty_sources_a_count() -> None:
    """The first fifty cells are named, the others counted."""
    lines = [line("东浥区", f"示例{i}厂", (1, 1, 1, 1, 1, 1, 1), row=i + 5) for i in range(63)]
    sources = roll_up(lines, [], campaign(), MAY).city.sources
    assert {name: (len(cells), more) for name, (cells, more) in sources.items()} == dict.fromkeys(
        ("enterprises", *COUNTS), (50, 13)
    )


@pytest.mark.parametrize(
    ("month", "elapsed", "left"),
    [
        ("2021-12", 0.0, 212),
        ("2022-01", 0.10396, 181),
        ("2022-05", 0.69802, 61),
        ("2022-08", 1.0, -31),
    ],
)
def test_pace(month: str, elapsed: float, left: int) -> None:
    """The share of the time gone on the month's last day, between 0 and 1, and the days left."""
    pace = figures_record(roll_up([], [], campaign(), Month.parse(month)), shipped())["pace"]
    assert (pace["elapsed"], pace["days_left"]) == (elapsed, left)


@pytest.mark.parametrize(
    ("rate", "printed"),
    [(Fraction(4056, 8130), 0.498893), (Fraction(1, 3), 0.333333), (Fraction(2, 3), 0.666667), (Fraction(1, 2_000_000), 0.000001),
     (Fraction(-1, 3), -0.333333), (None, None)],
)  # fmt: skip
def test_six_places(rate: Fraction | None, printed: float | None) -> None:
    """Rates in files have six places, half up."""
    assert six_places(rate) == printed


def test_levels_that_do_not_add_up_stop_the_run() -> None:
    """A city that is not the sum of its parts is a fault of the program, not of the data."""
    lines = [line("东浥区", FIRMS[1][0], (10, 5, 10, 0, 2, 0, 0))]
    figures = roll_up(lines, [], campaign(), MAY)
    with pytest.raises(NotReconciledError):
        reconcile(figures, [*lines, *lines], shipped())


@st.composite
def some_lines(draw: st.DrawFn) -> list[Line]:
    """Lines of distinct county × enterprise with counts that keep the rules of the ledger."""
    keys = draw(
        st.lists(
            st.tuples(
                st.sampled_from(COUNTIES), st.sampled_from([f for f, _ in FIRMS] + ["某厂", "某社"])
            ),
            unique=True,
            max_size=12,
        )
    )
    lines = []
    for county, firm in keys:
        people = draw(st.integers(0, 50))
        members, due = draw(st.integers(0, people)), draw(st.integers(0, 60))
        values = (people, draw(st.integers(0, people)), due, draw(st.integers(0, 70)), members, draw(st.integers(0, members)),
                  draw(st.integers(0, people)))  # fmt: skip
        lines.append(line(county, firm, values, draw(st.sampled_from(GROUPS))))
    return lines


@given(some_lines())
def test_figures_keep_their_laws(lines: list[Line]) -> None:
    """Levels add up, rates lie between 0 and 1, ranks are a competition ranking, whatever the lines."""
    figures = roll_up(lines, [], campaign(), MAY)
    for name in COUNTS:
        assert (
            sum(e.counts[name] for e in figures.counties)
            == sum(e.counts[name] for e in figures.groups)
            == figures.city.counts[name]
        )
    entries = [
        figures.city,
        *figures.groups,
        *figures.counties,
        *figures.enterprises,
        *figures.cells,
    ]
    assert all(rate is None or 0 <= rate <= 1 for e in entries for rate in e.rates.values())
    assert all((e.stage is None) == (e.counts["retirees"] == 0) for e in entries)
    ranks = sorted(e.rank for e in figures.counties if e.rank is not None)
    assert all(rank == ranks.index(rank) + 1 for rank in ranks)
    ranked = sorted((e for e in figures.counties if e.rank), key=lambda e: e.rank or 0)
    assert all(
        (a.rates["agreement"] or 0) >= (b.rates["agreement"] or 0)
        for a, b in itertools.pairwise(ranked)
    )
