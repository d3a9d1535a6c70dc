"""Where the reason of an explained value stands in a month's folder, without anybody's number (domain.md §5)."""

from pathlib import Path

from lxml import html
from openpyxl import load_workbook

from tests.pipeline.test_decisions import BEFORE, BESIDE, JUMPED, office_beside
from tests.support.documents import prose_of
from tests.support.months_pages import table
from tests.support.working import CHEMICALS, EAST, MACHINES, WEST, bulletin

PHONE = "13812345678"
SAID = "退休人员总数由320变为600、党员人数由70变为140，并入，电话*******5678"


def test_a_reason_stands_wherever_its_value_is_printed(tmp_path: Path) -> None:
    """Under the city's and the county's tables, in 汇总表 and on the overview; no other county's bulletin has it."""
    office = office_beside(tmp_path)
    office.ledger("2022-04", EAST, [(CHEMICALS, BEFORE), (MACHINES, BESIDE)])
    office.run("2022-04")
    office.ledger("2022-05", EAST, [(CHEMICALS, JUMPED), (MACHINES, BESIDE)])
    office.run("2022-05")
    bulletin(office, "accept", "2022-05", EAST, "--reason", f"并入，电话{PHONE}。")
    office.run("2022-05")
    notes = {
        name: [
            line.text
            for line in prose_of(office.out("2022-05", "bulletins", f"{name}.docx").read_bytes())
            if line.text.startswith("核实说明")
        ]
        for name in ("全市", f"县区/{EAST}", f"县区/{WEST}")
    }
    assert notes == {
        "全市": [f"核实说明：{EAST}{CHEMICALS}{SAID}。"],
        f"县区/{EAST}": [f"核实说明：{CHEMICALS}{SAID}。"],
        f"县区/{WEST}": [],
    }
    sheet = load_workbook(office.out("2022-05", "汇总表.xlsx"))["核实说明"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [(row[0], *row[4:8]) for row in rows] == [
        (EAST, "党员人数", 70, 140, "并入，电话*******5678"),
        (EAST, "退休人员总数", 320, 600, "并入，电话*******5678"),
    ]
    page = html.document_fromstring(office.out("2022-05", "index.html").read_bytes())
    assert [row[2:] for row in table(page, "变动较大")[1:]] == [
        ["党员人数", "70", "140", "并入，电话*******5678", EAST],
        ["退休人员总数", "320", "600", "并入，电话*******5678", EAST],
    ]
    for path in office.out("2022-05").rglob("*"):
        assert not path.is_file() or PHONE.encode() not in path.read_bytes()
