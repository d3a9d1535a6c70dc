"""The store on object storage by URI: the same month, the same bytes, the same refusals as in a folder."""

import contextlib
import json
import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pyarrow.fs as fs
import pytest

from flows.intake.discovery import survey
from flows.intake.job import open_job
from flows.intake.locations import UnreachableError, kind_of, open_location
from flows.intake.staging import examine_to_stage
from flows.pipeline.run import run_month
from flows.steps.model import UserError
from flows.steps.months import Month
from flows.steps.store import Store, StoreChangedError, append_batch, files_of_store, load_history
from flows.steps.store.memory import Batch
from flows.steps.store.upkeep import forget, tidy
from schemas.shipped import shipped
from tests.support.working import CHEMICALS, EAST, MACHINES, WEST, Office


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run an object store on this machine, in a process of its own; yield the URI of a place in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(port)
    for name, value in (("ENDPOINT_URL", endpoint), ("ACCESS_KEY_ID", "key"), ("SECRET_ACCESS_KEY", "secret"), ("REGION", "us-east-1"),
                        ("ALLOW_HTTP", "true")):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="ledgers")
    yield "s3://ledgers/store"
    server.terminate()
    server.wait()


def wait_for(port: int) -> None:
    """Wait until somebody listens at a port of this machine."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise AssertionError("the object store did not start")


def test_a_month_on_an_object_store(tmp_path: Path, bucket: str) -> None:
    """The outputs are the same bytes as with a folder; a second writer on an old version is refused; upkeep works."""
    office = Office(tmp_path)
    office.ledger("2022-05", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    office.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    office.run("2022-05")
    here = office.digests("2022-05")
    folder = office.folder
    opened = open_job(Month(2022, 5), folder / "campaign", folder / "ledgers" / "2022-05", folder / "outputs",
                      Month(2022, 6).first_day.replace(day=2), bucket, storing=True)  # fmt: skip
    office.out("2022-05").rename(folder / "kept")
    run_month(opened, lambda job, files: [examine_to_stage(job, file) for file in files])
    assert office.digests("2022-05") == here
    store = Store(bucket)
    memory = load_history(store, "2022-05")
    assert [(s.sender, s.verdict) for s in memory.of("2022-05")] == [
        (EAST, "accepted"),
        (WEST, "returned"),
    ]
    with pytest.raises(StoreChangedError):
        append_batch(
            store,
            Batch(submissions=list(memory.of("2022-05"))),
            since=memory.version - 1,
            definition=shipped(),
        )
    assert {done.table for done in tidy(store)} >= {"submissions", "progress", "failures", "runs"}
    assert forget(store, "2022-06") == {}
    system, root = files_of_store(store)
    left = system.get_file_info(
        fs.FileSelector(f"{root}/waiting", allow_not_found=True, recursive=True)
    )
    assert [entry.path for entry in left if entry.is_file] == []


def put(folder: Path, bucket_key: str) -> None:
    """Put the files of a folder into the object store, under their paths in it."""
    store = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    for path in (p for p in folder.rglob("*") if p.is_file()):
        store.upload_file(
            str(path), "ledgers", f"{bucket_key}/{path.relative_to(folder).as_posix()}"
        )


def test_ledgers_in_an_object_store(tmp_path: Path, bucket: str) -> None:
    """Ledgers named by a URI give the bytes that they give in a folder, what goes back to their senders too; lock files are left out."""
    office = Office(tmp_path)
    office.ledger("2022-05", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    office.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    (office.folder / "ledgers" / "2022-05" / "~$台账.xlsx").write_bytes(b"x")
    office.run("2022-05")
    here = office.digests("2022-05")
    office.out("2022-05").rename(tmp_path / "kept")
    put(office.folder / "ledgers" / "2022-05", "in/2022-05")
    command = [sys.executable, "-W", "ignore", "-m", "flows.cli"]
    options = ["--campaign", "campaign", "--outputs", "outputs", "--issued", "2022-06-02"]
    run = subprocess.run([*command, "run", "2022-05", *options, "--without-prefect", "--ledgers", "s3://ledgers/in/2022-05/", "--store", bucket],
                         cwd=office.folder, check=False, capture_output=True, text=True, encoding="utf-8")  # fmt: skip
    assert (run.returncode, run.stderr) == (3, "")
    assert office.digests("2022-05") == here
    assert any(name.startswith(f"returns/{WEST}/") for name in here)
    place = f"s3://ledgers/in/2022-05/{WEST}/台账.xlsx"
    check = subprocess.run([*command, "check", place, "--month", "2022-05", *options, "--json"],
                           cwd=office.folder, check=False, capture_output=True, text=True, encoding="utf-8")  # fmt: skip
    (ledger,) = json.loads(check.stdout)["ledgers"]
    assert (ledger["file"], ledger["sender"], ledger["verdict"], check.returncode) == (
        f"{WEST}/台账.xlsx",
        WEST,
        "returned",
        3,
    )


def test_a_place_of_ledgers_that_cannot_be_reached(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty place has no ledgers; a bucket that is not there and a store that does not answer are said, and worth another try."""
    assert survey("s3://ledgers/in/2022-09") == []
    assert (kind_of("s3://ledgers/empty"), kind_of("s3://ledgers")) == (None, "folder")
    for place in ("s3://nowhere/2022-05/a.xlsx", "s3://ledgers/a.xlsx"):
        sentence = f"^台账位置“{place}”读不出来（.+）。请检查该位置是否存在，以及访问密钥和网络$"
        with (
            pytest.raises(UnreachableError, match=sentence) as told,
            open_location(place).open("rb"),
        ):
            pass
        assert isinstance(told.value, OSError)
        again = pickle.loads(pickle.dumps(told.value))
        assert (type(again), str(again)) == (UnreachableError, str(told.value))


def test_a_place_that_is_none() -> None:
    """A scheme that is not supported is named, with those that are."""
    with pytest.raises(UserError, match="可以用本机文件夹，或 s3:// 开头的对象存储"):
        files_of_store(Store("ftp://somewhere/store"))
