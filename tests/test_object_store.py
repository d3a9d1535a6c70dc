"""The store on object storage by URI: the same month, the same bytes, the same refusals as in a folder."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pyarrow.fs as fs
import pytest
from moto.server import ThreadedMotoServer

from flows.month import run_month
from flows.shelf import examine_to_shelf
from flows.steps.model import OfficeError
from flows.steps.months import Month
from flows.steps.store import Store, StoreChangedError, files_of_store, recall, remember
from flows.steps.store.memory import Batch
from flows.steps.store.upkeep import forget, tidy
from flows.working import open_job
from tests.working import CHEMICALS, EAST, MACHINES, WEST, Office


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run an object store on this machine; yield the URI of a place in it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    for name, value in (("ENDPOINT_URL", endpoint), ("ACCESS_KEY_ID", "key"), ("SECRET_ACCESS_KEY", "secret"), ("REGION", "us-east-1"),
                        ("ALLOW_HTTP", "true")):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="ledgers")
    yield "s3://ledgers/store"
    server.stop()


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
    run_month(opened, lambda job, files: [examine_to_shelf(job, file) for file in files])
    assert office.digests("2022-05") == here
    store = Store(bucket)
    memory, version = recall(store, "2022-05")
    assert [(s.sender, s.verdict) for s in memory.of("2022-05")] == [(EAST, "accepted"), (WEST, "returned")]
    with pytest.raises(StoreChangedError):
        remember(store, Batch(submissions=list(memory.of("2022-05"))), since=version - 1)
    assert {done.table for done in tidy(store)} >= {"submissions", "progress", "failures", "runs"}
    assert forget(store, "2022-06") == {}
    system, root = files_of_store(store)
    left = system.get_file_info(fs.FileSelector(f"{root}/waiting", allow_not_found=True, recursive=True))
    assert [entry.path for entry in left if entry.is_file] == []


def test_a_place_that_is_none() -> None:
    """A scheme that is not supported is named, with those that are."""
    with pytest.raises(OfficeError, match="可以用本机文件夹，或 s3:// 开头的对象存储"):
        files_of_store(Store("ftp://somewhere/store"))
