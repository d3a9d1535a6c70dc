"""A bulletin on demand is made in about a second because the command loads only what it needs (DESIGN §10)."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from flows.steps.read import factors
from tests.support.working import CEMENT, SOUTH, Office

# xlsxwriter is not among them: it writes the workbook behind a chart
HEAVY = ("pandas", "pandera", "prefect", "openpyxl", "pptx", "distributed")
LOADED = """
import sys
from flows import cli
sys.argv = ["bulletin", *{words!r}]
try:
    cli.main()
except SystemExit as end:
    print(end.code, *(name for name in {heavy!r} if name in sys.modules))
"""


@pytest.mark.parametrize(
    "words",
    [
        ("render", "2022-04", "--level", "county", "--name", SOUTH),
        ("status", "2022-04"),
        ("trace", "2022-04", SOUTH, "retirees"),
    ],
)
def test_nothing_heavy_is_loaded_to_answer(tmp_path: Path, words: tuple[str, ...]) -> None:
    """The store, 名录 and the templates are read without pandas, Prefect and the readers of workbooks."""
    office = Office(tmp_path)
    office.ledger("2022-04", SOUTH, [(CEMENT, (30, 0, 30, 0, 5, 0, 0))])
    office.run("2022-04")
    code = LOADED.format(words=words, heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1].split() in (["0"], ["3"]), done.stdout


def test_a_check_loads_nothing_for_what_it_does_not_make(tmp_path: Path) -> None:
    """Of a ledger in order no packet is made; pandera is loaded where the file is read, in another process."""
    office = Office(tmp_path)
    path = office.ledger("2022-04", SOUTH, [(CEMENT, (30, 0, 30, 0, 5, 0, 0))])
    office.run("2022-04")
    words = ("check", str(path), "--month", "2022-04")
    code = LOADED.format(words=words, heavy=("pandera", "docx", "jinja2", "xlsxwriter", "prefect"))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1].split() == ["0"], done.stdout


@given(arrays(np.int64, st.integers(0, 40), elements=st.integers(-3, 3)))
def test_few_and_many_values_are_numbered_alike(values: npt.NDArray[np.int64]) -> None:
    """Sorting gives what pandas' hash table gives: places and different values in order of appearance."""
    places, different = factors.factorize(values)
    expected_places, expected = pd.factorize(values)
    assert (places.tolist(), different.tolist()) == (expected_places.tolist(), expected.tolist())
