"""The short form of the benchmarks: each runs on a little data, and what is concluded from figures is right. No speed is judged here.

Left to `make bench`: those that take longest even so (store, mark, start, history, page, flow, scale).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import __main__ as whole
from tests.bench.apart import RESULTS, ROOT, Figure

# benchmark and its words, what it measures
SHORT = {
    ("bench_read", "300"): ["read a roster of 300 rows", "read a roster of 300 rows: memory"],
    ("bench_check", "300"): ["check a roster of 300 rows, 1 % faulty"],
    ("bench_render", "3"): ["3 bulletins of one page"],
    ("bench_month", "2"): ["a month of 2 small ledgers, 4 bulletins, two processors"],
}


@pytest.mark.parametrize(("words", "measured"), SHORT.items(), ids=[" ".join(w) for w in SHORT])
def test_a_benchmark_runs(words: tuple[str, str], measured: list[str], tmp_path: Path) -> None:
    """A benchmark ends well and hands on its figures, each of them above nothing."""
    results = tmp_path / "results"
    results.touch()
    module, number = words
    command = [sys.executable, "-W", "ignore", "-m", f"tests.bench.{module}", number]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, RESULTS: str(results)}, check=False, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = [Figure(**json.loads(line)) for line in results.read_text("utf-8").splitlines()]
    assert [figure.work for figure in found] == measured
    assert all(value > 0 for figure in found for value in figure.found)


# measured, goal, the figure, whether it is met
FIGURES = [
    ([1.0], 2.0, 1.0, True),
    ([2.1], 2.0, 2.1, False),
    ([1.8, 1.9, 2.6], 2.0, 1.9, True),
    ([1.9, 2.1, 2.2, 2.3], 2.0, 2.15, True),  # one of four pairs meets it: noise
    ([2.1, 2.2, 2.3, 2.4], 2.0, 2.25, False),
]


def test_a_goal_is_missed_only_beyond_noise(capsys: pytest.CaptureFixture[str]) -> None:
    """The median is what is printed; a goal counts as missed if three of four pairs miss it, and then all ends with 1."""
    for found, most, measured, met in FIGURES:
        figure = Figure("work", "reference", found, most)
        assert abs(figure.measured - measured) < 1e-9, found
        assert figure.met is met, found
        assert whole._conclude([figure], []) == int(not met)
        assert f"{int(met)} of 1 goals met" in capsys.readouterr().out
    good = Figure("work", "reference", [1.0], 2.0)
    assert whole._conclude([good], ["bench_that_failed"]) == 1
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "| bench_that_failed | – | did not run | – |",
        "",
        "1 of 2 goals met",
    ]
