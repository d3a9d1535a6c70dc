"""A run says which stored ledgers count although their files have left the folder."""

from pathlib import Path

import pytest

from tests.support.working import CHEMICALS, EAST, MACHINES, WEST, Office, bulletin

GOOD, BAD, CORRECTED = (
    (100, 60, 102, 10, 20, 4, 0),
    (50, 60, 50, 0, 10, 0, 0),
    (50, 10, 50, 0, 10, 0, 0),
)
NOTHING: list[str] = []

# what happens to the files after the first run, the files named by the second
CASES = [
    ("nothing", NOTHING),
    ("delete", [f"{EAST}/台账.xlsx"]),
    ("rename", NOTHING),
    ("replace the returned one", NOTHING),
]


@pytest.mark.parametrize(("change", "named"), CASES)
def test_a_ledger_whose_file_is_gone_is_named(
    tmp_path: Path, change: str, named: list[str]
) -> None:
    """One that was moved inside the folder, or that never counted, is not."""
    office = Office(tmp_path)
    first = office.ledger("2022-05", EAST, [(CHEMICALS, GOOD)])
    second = office.ledger("2022-05", WEST, [(MACHINES, BAD)])
    assert list(office.run("2022-05").absent) == []
    if change == "delete":
        first.unlink()
    elif change == "rename":
        first.rename(first.with_name("五月.xlsx"))
    elif change == "replace the returned one":
        second.unlink()
        office.ledger("2022-05", WEST, [(MACHINES, CORRECTED)])
    assert list(office.run("2022-05").absent) == named
    said = bulletin(office, "run", "2022-05", "--issued", "2022-06-02", "--without-prefect")[1]
    expected = [f"  注意    {name}已不在台账文件夹中，数据已入库，仍然计入" for name in named]
    assert [line for line in said.splitlines() if line.startswith("  注意")] == expected
