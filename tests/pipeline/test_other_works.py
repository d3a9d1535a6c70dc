"""Campaigns that are only tables: from 工作定义.xlsx and ledgers with faults to an issued bulletin (issue 17)."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from flows.campaign.definition_book import FILE, definition_book
from flows.campaign.document_table import shipped_documents
from flows.campaign.folder import load_campaign
from flows.demo.city import months_from
from flows.demo.work_folder import write_mended, write_work, write_work_month
from flows.demo.works import Work, make_work
from flows.demo.write import FIRST_MONTH
from schemas.definition import Definition
from schemas.definition_sheets import Tables
from schemas.shipped import shipped, tables_of
from tests.support.definitions import ODD, parsed
from tests.support.definitions import tables_of as tables_of_texts
from tests.support.documents import as_text
from tests.support.working import Office, bulletin

COUNTIES = 5
# One indicator in 公里 with three decimals, no roster, no groups, no credit code, four stages.
FOURTH: Mapping[str, str] = {
    **ODD,
    "阶段": "名称,须完成的指标\n未动工,\n动工,\n合龙,修堤率\n通过验收,修堤率\n",
}


def worked(folder: Path, work: Work, tables: Tables, months: int) -> Office:
    """Return an office whose first months are made up and run, mended ledgers included."""
    office = Office(folder)
    write_work(folder / "campaign", work)
    (folder / "campaign" / FILE).write_bytes(definition_book(tables))
    assert load_campaign(folder / "campaign").definition == work.definition
    for index, month in enumerate(months_from(FIRST_MONTH, months)):
        ledgers = folder / "ledgers" / str(month)
        write_work_month(ledgers, work, index, month)
        office.run(str(month))
        if write_mended(ledgers, work, index, month):
            office.run(str(month))
    return office


def verdicts(office: Office, month: str) -> dict[str, str]:
    """Return the verdict of each ledger of a month by its file's name."""
    record = json.loads(office.out(month, "quality.json").read_text(encoding="utf-8"))
    return {Path(ledger["file"]).name: ledger["verdict"] for ledger in record["ledgers"]}


def codes(office: Office, month: str) -> set[str]:
    """Return the codes of a month's faults that ask for something."""
    record = json.loads(office.out(month, "quality.json").read_text(encoding="utf-8"))
    return {fault["code"] for fault in record["failures"] if fault["severity"] != "note"}


@pytest.mark.parametrize("name", ["老旧小区改造", "根治拖欠工资"])
def test_a_shipped_work_from_its_ledgers_to_its_issued_bulletin(tmp_path: Path, name: str) -> None:
    """A clean first month adds up to what was made up; the faults of the second are found, what is mended counts."""
    work = make_work(name, shipped(name), counties=COUNTIES)
    office = worked(tmp_path, work, tables_of(name), 2)
    definition, short = work.definition, work.definition.words.short
    assert set(verdicts(office, "2022-03").values()) == {"accepted"}
    figures = json.loads(office.out("2022-03", "figures.json").read_text(encoding="utf-8"))
    rows = [row for county in work.counties for row in work.rows(county, 0)]
    for count in definition.counts:
        made = sum(value for row in rows if isinstance(value := row[count], int))
        assert float(figures["city"][count]) * definition.column(count).scale == pytest.approx(made)
    ours = {"more-than-total", "not-a-number", "scale-slip", "unknown-enterprise", "own-check"}
    assert ours <= codes(office, "2022-04")
    mended = f"{work.counties[4]}4月{short}进度台账（更正）.xlsx"
    assert verdicts(office, "2022-04")[mended] == "accepted"
    text = as_text(office.out("2022-04", "bulletins", "全市.docx").read_bytes())
    assert [word for word in ("退休", "企业", "{{", "None") if word in text] == []
    assert all(indicator.name in text for indicator in definition.spoken)
    for line in shipped_documents():
        code, said = bulletin(office, "render", "2022-04", "--document", line.name, "--all", "--as-of", "2099-01-01")  # fmt: skip
        assert code == 0, (line.name, said)
    code, said = bulletin(office, "issue", "2022-04", "--yes")
    assert (code, "已登记印发" in said) == (0, True), said
    traced = bulletin(office, "trace", "2022-04", work.counties[0], definition.main)
    assert (traced[0], f"4月{short}进度台账" in traced[1]) == (0, True), traced[1]


def test_a_fourth_work_from_a_table_alone(tmp_path: Path) -> None:
    """One count in 公里: its ledgers run, its form is made, its bulletin is issued; no code knows of it."""
    definition = parsed(FOURTH)
    assert isinstance(definition, Definition), definition
    work = make_work("堤防整修", definition, counties=COUNTIES)
    office = worked(tmp_path, work, tables_of_texts(FOURTH), 1)
    assert set(verdicts(office, "2022-03").values()) == {"accepted"}
    due = sum(row["应修堤长"] for county in work.counties for row in work.rows(county, 0))  # type: ignore[misc]  # a made-up count
    text = as_text(office.out("2022-03", "bulletins", "全市.docx").read_bytes())
    assert f"应修堤长{due / 1000:.3f}公里" in text
    assert bulletin(office, "forms", "2022-04")[0] == 0
    assert len([*office.out("2022-04", "forms").rglob("*.xlsx")]) == COUNTIES
    assert bulletin(office, "issue", "2022-03", "--yes")[0] == 0
