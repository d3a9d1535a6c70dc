"""How many ledgers go back when clerks fill in blank forms, and when they fill in their own forms.

Run: python -m tests.bench.bench_clerks [CITIES]. Made-up cities of eight counties with 25 rows each.
A clerk makes the same slips on both forms, wherever that form has something to type: RATES a cell or
a row, drop-downs stop nothing (values are pasted). LibreOffice calculates the own form's column 检查;
of the slips that it names the clerk mends a share, by MENDS. The blank form shows wrong codes only.
Goal: at least 60 % fewer ledgers go back at the first of the shares.
"""

import io
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from flows.demo.names import credit_code
from flows.intake.job import Job, OpenedJob, open_job
from flows.pipeline.ingest import known_history
from flows.pipeline.own_forms import own_forms
from flows.steps.blank.form import blank_form
from flows.steps.blank.form_top import FIRST, HEADER, SUM
from flows.steps.model import SubmissionHistory
from flows.steps.months import Month
from schemas.columns import CHECK_HEADER, KIND_NAMES
from schemas.registry import COUNTIES, ENTERPRISES, SENDERS
from schemas.shipped import shipped
from tests.bench.bench_slips import COUNTED, MONTHS, put, verdict
from tests.support import slips
from tests.support.retirees import COUNTS, columns_of, header_of
from tests.support.working import SETTINGS, Office

CITIES = 6
MENDS = (0.8, 0.5)  # of the slips that a form names
# How often a slip is made: of cells with a number, of done counts, of rows.
RATES = {
    "number": {"错一位": 0.001, "写文字": 0.001, "漏填": 0.001},
    "done": {"大于总数": 0.001, "比上月少": 0.001},
    "row": {"错单位名称": 0.003, "错代码": 0.003, "漏行": 0.003},
}
BLANK_HEADER, BLANK_FIRST = 3, 5  # rows of the blank form
Cell = str | int | None


@dataclass(frozen=True)
class Slip:
    """A slip in a row: its kind, the field it is made in, what is typed there."""

    name: str
    key: slips.Key
    field: str
    typed: Cell


def codes_of_city() -> dict[str, str]:
    """Return each enterprise's credit code."""
    draw = random.Random(0)
    return {f"示例{n:02}厂": credit_code(draw) for n in range(slips.ENTERPRISES)}


def office_in(folder: Path, codes: Mapping[str, str]) -> Office:
    """Return a working folder whose register has every county and enterprise, with its code."""
    return Office(
        folder,
        SETTINGS,
        {
            COUNTIES: [[name, f"9901{i:02}", ""] for i, name in enumerate(slips.COUNTIES)],
            ENTERPRISES: [[name, code, "县属", ""] for name, code in codes.items()],
            SENDERS: [[name, "县区", "", "", "进度台账"] for name in slips.COUNTIES],
        },
    )


def slips_of(
    draw: random.Random, right: slips.Rows, before: slips.Rows, codes: Mapping[str, str]
) -> list[Slip]:
    """Return the slips of a county's clerk, at most one a cell, whatever the form."""
    made = []
    for key, row in right.items():
        for name, rate in RATES["row"].items():
            if draw.random() < rate:
                made.append(_of_row(name, key, codes))
        for field in COUNTS:
            rates = RATES["number"] | (RATES["done"] if field in shipped().cumulative else {})
            for name, rate in rates.items():
                if draw.random() < rate:
                    made.append(Slip(name, key, field, _typed(draw, name, field, row, before[key])))
                    break
    return [slip for slip in made if slip.typed != right[slip.key].get(slip.field, "")]


def _of_row(name: str, key: slips.Key, codes: Mapping[str, str]) -> Slip:
    if name == "错单位名称":
        return Slip(name, key, "enterprise", key[1].replace("厂", "场"))
    code = codes[key[1]]
    if name == "错代码":
        return Slip(name, key, "uscc", code[:-1] + ("0" if code[-1] != "0" else "1"))
    return Slip(name, key, "row", None)


def _typed(
    draw: random.Random, name: str, field: str, row: Mapping[str, int], before: Mapping[str, int]
) -> Cell:
    """Return what is typed in place of a count; the count itself where such a slip is impossible."""
    value, whole = row[field], columns_of("progress")[field].at_most
    if name == "错一位":
        digits = list(str(value))
        digits[draw.randrange(len(digits))] = draw.choice("0123456789")
        return int("".join(digits))
    if name == "大于总数":
        return value if whole is None else row[whole] + draw.randint(1, 9)
    if name == "比上月少":
        return max(0, before[field] - draw.randint(1, 9)) if before[field] else value
    return f"约{value}人" if name == "写文字" else None


def write_blank(job: Job, county: str, rows: slips.Rows, made: list[Slip], path: Path) -> None:
    """Write a county's blank form, filled in from top to bottom with the slips."""
    book = openpyxl.load_workbook(io.BytesIO(blank_form("progress", job.campaign)))
    sheet = book.worksheets[0]
    at = headers_in(sheet, BLANK_HEADER)
    sheet["C2"].value, sheet["F2"].value = county, job.month.label
    gone = {slip.key for slip in made if slip.field == "row"}
    codes = {enterprise.name: enterprise.uscc for enterprise in job.campaign.enterprises}
    lines = [key for key in rows if key not in gone]
    for number, key in enumerate(lines):
        texts = {
            "county": county,
            "enterprise": key[1],
            "uscc": codes[key[1]],
            "affiliation": "县属",
        }
        wrong = {slip.field: slip.typed for slip in made if slip.key == key}
        for field, value in {**texts, **rows[key], **wrong}.items():
            sheet.cell(BLANK_FIRST + number, at[header_of("progress", field)]).value = value
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def write_own(content: bytes, rows: slips.Rows, made: list[Slip], path: Path) -> list[Slip]:
    """Write a county's own form, done counts and changed bases typed; return the slips made in it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    at = headers_in(sheet, HEADER + 1)
    done: list[Slip] = []
    for key, number in lines_of(sheet, at).items():
        forgotten = [slip for slip in made if slip.key == key and slip.field == "row"]
        done += forgotten
        for field in () if forgotten else COUNTS:
            cell = sheet.cell(number, at[header_of("progress", field)])
            if field not in shipped().cumulative and cell.value == rows[key][field]:
                continue  # filled in already
            wrong = [slip for slip in made if (slip.key, slip.field) == (key, field)]
            cell.value = wrong[0].typed if wrong else rows[key][field]
            done += wrong
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return done


def headers_in(sheet: Worksheet, row: int) -> dict[str, int]:
    """Return the column of each header."""
    return {str(cell.value): cell.column or 0 for cell in sheet[row]}


def lines_of(sheet: Worksheet, at: Mapping[str, int]) -> dict[slips.Key, int]:
    """Return the row of each county and enterprise of an own form."""
    county, enterprise = (at[header_of("progress", name)] for name in ("county", "enterprise"))
    rows = {}
    for number in range(FIRST + 1, sheet.max_row + 1):
        if (name := sheet.cell(number, enterprise).value) is not None:
            rows[str(sheet.cell(number, county).value), str(name)] = number
    return rows


def named_by(path: Path, made: list[Slip]) -> list[Slip]:
    """Return the slips that a calculated own form names: in 检查 of the row, or of the whole sheet."""
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    at = headers_in(sheet, HEADER + 1)
    lines = lines_of(sheet, at)
    named = []
    for slip in made:
        number = SUM + 1 if slip.field == "row" else lines[slip.key]
        said = str(sheet.cell(number, at[CHECK_HEADER]).value or "")
        word = "没有填" if slip.field == "row" else header_of("progress", slip.field)
        named += [slip] if word in said else []
    return named


def calculate(program: str, paths: list[Path], folder: Path) -> None:
    """Let LibreOffice open, calculate and save workbooks into a folder."""
    home = f"-env:UserInstallation=file://{folder}/home"
    command = [program, "--headless", home, "--convert-to", "xlsx", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=600)


def unmended(seed: str, made: list[Slip], named: list[Slip], share: float) -> list[Slip]:
    """Return the slips that stay: of those that the form names the clerk mends a share."""
    draw = random.Random(seed)
    return [slip for slip in made if slip not in named or draw.random() >= share]


class City:
    """A city after April, whose clerks fill in May's forms."""

    def __init__(self, seed: int, folder: Path) -> None:
        draw = random.Random(seed)
        self.seed = seed
        self.codes = codes_of_city()
        self.before = slips.first_month(draw)
        self.rows = slips.next_month(draw, self.before)
        self.office = office_in(folder, self.codes)
        for county in slips.COUNTIES:
            put(self.office, MONTHS[0], county, slips.county_rows(self.before, county), "台账.xlsx")
        self.office.run(MONTHS[0])
        self.opened: OpenedJob = open_job(Month.parse(MONTHS[1]), folder / "campaign", None, None)
        self.history: SubmissionHistory = known_history(self.opened.job)
        self.slips = {
            county: slips_of(draw, self.county(county), self.before, self.codes)
            for county in slips.COUNTIES
        }

    def county(self, county: str) -> slips.Rows:
        """Return the right rows of a county."""
        return slips.county_rows(self.rows, county)

    def path(self, county: str, name: str) -> Path:
        """Return where a county's ledger lies."""
        return self.office.folder / "ledgers" / MONTHS[1] / county / name

    def goes_back(self, county: str, path: Path) -> bool:
        """Return whether a county's ledger is sent back or asked about."""
        return verdict(self.opened, self.history, path, county) not in COUNTED

    def blank(self, county: str, share: float) -> tuple[bool, int]:
        """Return whether the blank form goes back, and how many slips are in it."""
        made = self.slips[county]
        codes = [slip for slip in made if slip.field == "uscc"]
        kept = unmended(f"{self.seed} {county}", made, codes, share)
        path = self.path(county, f"空白{KIND_NAMES['progress']}.xlsx")
        write_blank(self.opened.job, county, self.county(county), kept, path)
        return self.goes_back(county, path), len(kept)

    def own(self, program: str) -> dict[float, list[tuple[bool, int]]]:
        """Return by share of each county whether its own form goes back, and its slips."""
        forms = {form.sender: form.make() for form in own_forms(self.opened.job)}
        paths = {county: self.path(county, f"{county}.xlsx") for county in forms}
        made = {
            county: write_own(forms[county], self.rows, self.slips[county], paths[county])
            for county in forms
        }
        calculated = self.office.folder / "calculated"
        calculate(program, list(paths.values()), calculated)
        results: dict[float, list[tuple[bool, int]]] = {share: [] for share in MENDS}
        for county, form in forms.items():
            named = named_by(calculated / f"{county}.xlsx", made[county])
            for share, of_share in results.items():
                kept = unmended(f"{self.seed} {county}", made[county], named, share)
                write_own(form, self.rows, kept, paths[county])
                of_share.append((self.goes_back(county, paths[county]), len(kept)))
        return results


def main() -> None:
    """Print how many ledgers go back, and by how many fewer."""
    program = shutil.which("soffice")
    if program is None:
        sys.exit("LibreOffice (soffice) is not installed: no live check can be calculated")
    cities = int(sys.argv[1]) if len(sys.argv) > 1 else CITIES
    back, made = Counter[tuple[str, float]](), Counter[tuple[str, float]]()
    for seed in range(cities):
        with tempfile.TemporaryDirectory() as folder:
            city = City(seed, Path(folder))
            results = {("own", share): found for share, found in city.own(program).items()}
            for share in MENDS:
                results["blank", share] = [city.blank(c, share) for c in slips.COUNTIES]
        for key, of_form in results.items():
            back[key] += sum(goes for goes, _ in of_form)
            made[key] += sum(count for _, count in of_form)
    ledgers = cities * len(slips.COUNTIES)
    for share in MENDS:
        print(f"of the slips that a form names {share:.0%} are mended, of {ledgers} ledgers:")
        for form in ("blank", "own"):
            print(
                f"  {form:5} forms: {back[form, share]} go back, {made[form, share]} slips in them"
            )
        fewer = 1 - back["own", share] / max(back["blank", share], 1)
        print(f"  {fewer:.0%} fewer go back" + (" (goal: at least 60 %)" * (share == MENDS[0])))


if __name__ == "__main__":
    main()
