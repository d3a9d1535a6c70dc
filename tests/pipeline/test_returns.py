"""What goes back to the senders of a month, with what is wrong in the office's own folder."""

from pathlib import Path

import docx

from flows.steps.overview.problems import problems_of
from tests.support.working import CHEMICALS, EAST, WEST, Office, bulletin

GOOD, WRONG = (100, 60, 102, 10, 20, 4, 0), (100, 600, 102, 10, 20, 4, 0)


def test_a_faulty_template_of_the_notice_costs_the_notices_only(tmp_path: Path) -> None:
    """Check and run write all the rest, say which template is wrong, and end as with ledgers returned."""
    office = Office(tmp_path)
    folder = tmp_path / "campaign" / "templates"
    folder.mkdir()
    faulty = docx.Document()
    faulty.add_paragraph("{{ 没有这个名称 }}")
    faulty.save(str(folder / "退回通知.docx"))
    for sender in (EAST, WEST):
        office.ledger("2022-04", sender, [(CHEMICALS, WRONG)])
    # command, its exit code, the words that it begins with
    for words, code, said in (
        (("check", "ledgers/2022-04", "--month", "2022-04"), 3, f"{EAST}/台账.xlsx"),
        (("run", "2022-04", "--without-prefect"), 1, "2022年4月没有一个可用的台账（2个"),
    ):
        result, output = bulletin(office, *words, "--campaign", "campaign")
        assert (result, said in output, "没有这个名称" in output) == (code, True, True), output
        returns = sorted(p.name for p in office.out("2022-04", "returns").glob("*/*"))
        assert returns == ["台账（已标注）.xlsx"] * 2


def test_what_is_corrected_is_no_longer_to_be_seen_to(tmp_path: Path) -> None:
    """Faults of a ledger that another has replaced are no problem of the month, but stay listed."""
    office = Office(tmp_path)
    office.ledger("2022-04", EAST, [(CHEMICALS, GOOD)])
    office.ledger("2022-04", WEST, [(CHEMICALS, WRONG)])
    before = office.run("2022-04").report
    office.ledger("2022-04", WEST, [(CHEMICALS, GOOD)], "更正.xlsx")
    after = office.run("2022-04").report
    codes = [[problem.code for problem in problems_of(one)] for one in (before, after)]
    assert codes == [["more-than-total", "not-submitted"], ["not-submitted"]]
    assert sorted(failure.code for failure in after.replaced) == ["more-than-total", "superseded"]
    assert set(after.replaced) < set(after.failures)
