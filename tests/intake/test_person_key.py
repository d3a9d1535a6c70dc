"""The key of the persons in the store: missed when it is lost, told when it is another one, replaced without a figure moving."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.demo.city import Firm, Truth
from flows.demo.people import people_of, write_roster
from flows.intake import person_key as keys
from flows.intake.person_key import KEY_FILE, KEY_VARIABLE, NEXT_KEY, check_of
from flows.steps.check.person_hash import hasher, link
from flows.steps.months import Month
from flows.steps.store import Store
from flows.steps.store.keys import recorded_check
from schemas.registry import SENDERS
from tests.support.retirees import COUNTS
from tests.support.working import (
    EAST,
    MACHINES,
    REGISTERED,
    SETTINGS,
    UNASKED,
    WEST,
    Office,
    bulletin,
)

MONTH = "2022-05"
PERSONS = (60, 40, 60, 30, 10, 6, 9)
OTHER_KEY = "f" * 64


def write(folder: Path, sender: str, seed: int = 7, name: str = "花名册.xlsx") -> None:
    """Put a sender's roster into the month's folder; the same seed gives half of the persons again."""
    counts = dict(zip(COUNTS, PERSONS, strict=True))
    people = people_of(
        [Truth(sender, Firm(MACHINES, "", "市属", (sender,)), counts)], Month.parse(MONTH), seed
    )
    write_roster(folder / "ledgers" / MONTH / sender / name, people, "花名册", sender)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a working folder with an issued month, of which one county sent a roster."""
    folder = tmp_path_factory.mktemp("work")
    senders = [[name, "县区", "", "", "花名册"] for name in (EAST, WEST)]
    settings = SETTINGS + "bad_rows = { progress = 0.0, roster = 1.0 }\n" + UNASKED
    office = Office(folder, settings, {**REGISTERED, SENDERS: senders})
    write(folder, EAST)
    office.run(MONTH)
    assert bulletin(office, "issue", MONTH, "--yes")[0] == 0
    return folder


@pytest.fixture
def office(issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return an office with a copy of that folder."""
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    shutil.copytree(issued, tmp_path / "work")
    office = Office.__new__(Office)  # its files are there already
    office.folder = tmp_path / "work"
    return office


def key_file(office: Office) -> Path:
    """Return the path of an office's key."""
    return office.folder / "campaign" / KEY_FILE


def store_of(office: Office) -> Store:
    """Return an office's store."""
    return Store(str(office.folder / "campaign" / "store"))


def persons(office: Office) -> list[bytes | None]:
    """Return the persons' hashes in the store, in order."""
    column = store_of(office).read("roster", columns=["person"])["person"].to_pylist()
    return sorted(column, key=lambda value: value or b"")


def documents(office: Office) -> dict[str, str]:
    """Return the digests of the month's files, but of the manifest, which lists what the month was made from."""
    return {name: x for name, x in office.digests(MONTH).items() if name != "manifest.json"}


def state(office: Office) -> dict[str, bytes]:
    """Return every file of the store and the outputs, lock files left out."""
    folders = (office.folder / "campaign" / "store", office.folder / "outputs")
    paths = (path for folder in folders for path in folder.rglob("*"))
    return {str(p): p.read_bytes() for p in paths if p.is_file() and p.suffix != ".lock"}


def _lost(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    key_file(office).unlink()


def _another_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    key_file(office).write_text(OTHER_KEY)


def _another_variable(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, OTHER_KEY)


def _lost_by_an_older_program(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(office.folder / "campaign" / "store" / "keys")
    key_file(office).unlink()


Harm = Callable[[Office, pytest.MonkeyPatch], None]
MISSED: list[tuple[Harm, str]] = [
    # what happened to the key         what is told
    (_lost,                     "没有了，数据存储里有 60 行人员是用它处理的"),
    (_lost_by_an_older_program, "没有了，数据存储里有 60 行人员是用它处理的"),
    (_another_file,             "花名册密钥（文件 person.key）与数据存储里人员所用的不是同一个"),
    (_another_variable,         "花名册密钥（环境变量 BULLETIN_PERSON_KEY）与数据存储里人员所用的不是同一个"),
]  # fmt: skip


@pytest.mark.parametrize(("harm", "told"), MISSED)
def test_a_key_that_is_lost_or_another_one_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch, harm: Harm, told: str
) -> None:
    """Neither a run nor a check begins, no key is made, nothing in store and outputs changes; reading goes on."""
    harm(office, monkeypatch)
    before, there = state(office), key_file(office).exists()
    write(office.folder, WEST)
    for words in (
        ("run", MONTH, "--without-prefect"),
        ("check", str(office.folder / "ledgers" / MONTH), "--month", MONTH),
    ):
        code, said = bulletin(office, *words)
        assert (code, told in said, "bulletin store rekey --lost" in said) == (1, True, True), said
    assert (state(office), key_file(office).exists()) == (before, there)
    assert bulletin(office, "status", MONTH)[0] == 0
    assert any(told in x for x in bulletin(office, "doctor")[1].splitlines() if x.startswith("✗"))


def test_a_store_without_persons_gets_a_key_anew(tmp_path: Path) -> None:
    """Where no roster was ever stored nothing is lost."""
    office = Office(tmp_path)
    office.ledger(MONTH, EAST, [(MACHINES, PERSONS)])
    office.run(MONTH)
    first = key_file(office).read_text()
    key_file(office).unlink()
    office.run(MONTH)
    assert key_file(office).read_text() != first
    assert recorded_check(store_of(office)) is None


def test_a_store_of_an_older_program_takes_the_key_that_is_there(office: Office) -> None:
    """A store without a check value records it at its first use."""
    shutil.rmtree(office.folder / "campaign" / "store" / "keys")
    office.run(MONTH)
    assert recorded_check(store_of(office)) == check_of(key_file(office).read_bytes())


def test_a_key_is_replaced_and_nothing_else_changes(office: Office) -> None:
    """Each hash is another one, made of the old by the new line; figures, documents and the comparison of persons stay."""
    old, hashes, printed = key_file(office).read_bytes(), persons(office), documents(office)
    code, said = bulletin(office, "store", "rekey")
    assert (code, "密钥已换，60 行人员的标识已改写" in said) == (0, True), said
    new = key_file(office).read_bytes()
    assert (new.startswith(old + b"\n"), key_file(office).stat().st_mode & 0o777) == (True, 0o600)
    assert not set(hashes) & set(persons(office))
    assert [
        name for name, data in state(office).items() if any(x in data for x in hashes if x)
    ] == []
    assert bulletin(office, "store", "verify")[0] == 0
    office.out(MONTH, "manifest.json").unlink()
    office.run(MONTH)
    assert documents(office) == printed
    write(office.folder, WEST)
    assert "duplicate-person-across" in {x.code for x in office.run(MONTH).report.failures}
    assert hasher(new)("x") != hasher(old)("x")


def test_a_roster_sent_again_after_a_replacement_replaces_the_old_one(office: Office) -> None:
    assert bulletin(office, "store", "rekey")[0] == 0
    write(office.folder, EAST, name="更正.xlsx")
    (office.folder / "ledgers" / MONTH / EAST / "花名册.xlsx").unlink()
    outcome = office.run(MONTH)
    assert outcome.report.figures.city.counts["retirees"] == PERSONS[0]


def test_a_new_start_says_what_is_given_up(office: Office) -> None:
    """The old hashes are gone; a roster sent again replaces the old one; one that still lies in its folder is compared again."""
    key_file(office).unlink()
    hashes = persons(office)
    code, said = bulletin(office, "store", "rekey", "--lost")
    assert code == 0, said
    assert "60 行人员原来的标识已删除" in said
    assert "以前各月的花名册不能再逐人比对" in said
    assert set(persons(office)) == {None}
    assert [
        name for name, data in state(office).items() if any(x in data for x in hashes if x)
    ] == []
    assert bulletin(office, "store", "verify")[0] == 0
    write(office.folder, WEST)
    report = office.run(MONTH).report
    twice = [
        x for x in report.failures if x.code == "duplicate-person-across" and x.severity == "row"
    ]
    assert len(twice) > 5
    assert report.figures.city.counts["retirees"] == 2 * PERSONS[0] - len(twice)


REFUSED = [
    (("store", "rekey", "--lost"), {}, "密钥没有丢失，没有换"),
    (("store", "rekey"), {KEY_VARIABLE: OTHER_KEY}, f"密钥由环境变量 {KEY_VARIABLE} 给出，程序换不了"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "given", "told"), REFUSED)
def test_what_is_not_replaced(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    given: dict[str, str],
    told: str,
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    before = state(office), key_file(office).read_bytes()
    code, said = bulletin(office, *words)
    assert (code, told in said) == (1, True), said
    assert (state(office), key_file(office).read_bytes()) == before


def test_another_stores_key_is_kept_beside_the_new_one(office: Office) -> None:
    key_file(office).write_text(OTHER_KEY)
    assert bulletin(office, "store", "rekey", "--lost")[0] == 0
    aside = [p.read_text() for p in key_file(office).parent.glob(f"{KEY_FILE}.*")]
    assert aside == [OTHER_KEY]


class Killed(BaseException):
    """The process ends here."""


STEPS = ("rewrite_persons", "record_check", "discard_stale", "erase", "replace")


def ending(real: Callable[..., object], *, after: bool) -> Callable[..., object]:
    """Return a function that ends the process before or after it does its work."""

    def run(*args: object, **named: object) -> object:
        if after:
            real(*args, **named)
        raise Killed

    return run


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_replacement_that_is_killed_is_finished_or_undone(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, lost: bool
) -> None:
    """The next command finds one key and hashes of that key, and no trace of the other."""
    old, hashes, printed = key_file(office).read_bytes(), persons(office), documents(office)
    if lost:
        key_file(office).unlink()
    place = Path if step == "replace" else keys
    with monkeypatch.context() as patched:
        patched.setattr(place, step, ending(getattr(place, step), after=after))
        with pytest.raises(Killed):
            keys.rekey(office.folder / "campaign", store_of(office), [MONTH], lost=lost)
    undone = (step, after) == ("rewrite_persons", False)
    if undone and lost:
        assert "没有了" in bulletin(office, "check", str(office.folder), "--month", MONTH)[1]
        key_file(office).write_bytes(old)
    key = keys.person_key(office.folder / "campaign", store_of(office))
    assert not (key_file(office).parent / NEXT_KEY).exists()
    assert (key == key_file(office).read_bytes(), key == old) == (True, undone)
    left = [name for name, data in state(office).items() if any(x in data for x in hashes if x)]
    assert undone or left == []
    assert set(persons(office)) == (
        set(hashes) if undone else {None} if lost else chained(hashes, key)
    )
    if (step, after) == ("erase", False):
        office.run(MONTH)
        assert bulletin(office, "store", "verify")[0] == 0
        assert documents(office) == printed


def chained(hashes: Sequence[bytes | None], key: bytes) -> set[bytes | None]:
    """Return hashes as the last line of a key follows on them."""
    follow = link(key.splitlines()[-1])
    return {follow(value) for value in hashes if value}


def test_every_file_of_the_roster_is_of_the_new_key(office: Office) -> None:
    """What Parquet compresses is looked at, too."""
    hashes = set(persons(office))
    assert bulletin(office, "store", "rekey")[0] == 0
    files = list((office.folder / "campaign" / "store" / "roster").rglob("*.parquet"))
    found = {value for path in files if "_delta_log" not in path.parts
             for value in pq.ParquetFile(path).read(columns=["person"])["person"].to_pylist()}  # fmt: skip
    assert (len(found), found & hashes) == (len(hashes), set())
