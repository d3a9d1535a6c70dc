"""What `bulletin spellings` proposes for a ledger's unknown headers and values."""

import pytest

from flows.campaign.own_spellings import read_own_spellings
from flows.campaign.spelling_proposals import proposals
from flows.steps.failures import Place, failure
from flows.steps.model import Failure
from schemas.own_spellings import HEADER
from schemas.shipped import shipped


def missing(header: str) -> Failure:
    """Return the fault of missing columns."""
    return failure(
        "missing-column",
        "甲.xlsx",
        Place("进度", "A3"),
        header=header,
        found="",
        unused="",
        spelt="",
    )


def unknown(text: str) -> Failure:
    """Return the note of a column that is not known."""
    return failure("unknown-column", "甲.xlsx", Place("进度", "C3"), value=text, expected="")


def unlisted(header: str, value: str) -> Failure:
    """Return the fault of a value that is not in its list."""
    return failure(
        "not-in-list", "甲.xlsx", Place("进度", "C4"), header=header, value=value, expected=""
    )


# the ledger's faults, the proposed lines
CASES = [
    ([], []),
    ([missing("党员人数"), unknown("中共党员数")], ["中共党员数,党员人数,进度台账"]),
    ([missing("隶属关系"), unknown("单位性质"), unknown("性质")], ["单位性质,隶属关系,进度台账", "性质,不读,进度台账"]),
    ([missing("隶属关系、党员人数"), unknown("归口"), unknown("党员数,人")], [
        "# 归口,隶属关系或党员人数或不读,进度台账", '"党员数,人",党员人数,进度台账']),
    ([unknown("负责人手机")], ["负责人手机,不读,进度台账"]),
    ([unlisted("隶属关系", "市属重点"), unlisted("隶属关系", "市属重点")], ["市属重点,市属,隶属关系"]),
    ([unlisted("隶属关系", "国资委")], ["# 国资委,中央或省属或中省或市属或县属或托管中心,隶属关系"]),
]  # fmt: skip


@pytest.mark.parametrize(("failures", "lines"), CASES)
def test_the_lines_that_are_proposed(failures: list[Failure], lines: list[str]) -> None:
    """What is sure is a line to take as it is, and is taken; the rest is a question behind `#`, each spelling once."""
    proposed = [str(line) for line in proposals("progress", failures, shipped())]
    assert proposed == lines
    sure = [line for line in lines if not line.startswith("#")]
    own, faults = read_own_spellings("\n".join([",".join(HEADER), *lines]).encode(), shipped())
    assert (len(own.lines), faults) == (len(sure), [])
