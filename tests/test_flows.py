"""The three flows on a real Prefect server: the same results as without it, artifacts without a person, retries on I/O only."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from ast import literal_eval
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.campaign.document_table import shipped_documents
from flows.demo.city import make_city
from flows.demo.people import people_of, write_roster
from flows.demo.write import centre_rows, write_campaign, write_month
from flows.prefect_support.workdays import number_of_workday
from flows.steps.months import Month
from tests.support.paths import ROOT
from tests.support.working import CENTRE, CHEMICALS, EAST, MACHINES, REGISTERED, WEST, Office


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


PORT = free_port()


# Every process that the flows start writes down where it connects to and whose address it asks for.
WITNESS = """
import os, sys
def note(event, given):
    if event in ("socket.connect", "socket.getaddrinfo"):
        with open(os.environ["CONNECTIONS"], "a", encoding="utf-8") as file:
            file.write(f"{given[1] if event == 'socket.connect' else given[:2]!r}\\n")
sys.addaudithook(note)
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of every process of these tests: a fresh home, and the witness of connections."""
    folder = tmp_path_factory.mktemp("witness")
    (folder / "sitecustomize.py").write_text(WITNESS, encoding="utf-8")
    (folder / "connections").touch()
    home = tmp_path_factory.mktemp("prefect")
    own = {"PREFECT_HOME": str(home), "CONNECTIONS": str(folder / "connections"),
           "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
           "PREFECT_RUNNER_POLL_FREQUENCY": "2", "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2"}  # fmt: skip
    return {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")} | own


@pytest.fixture(scope="module")
def server(office: Office, environment: dict[str, str]) -> Iterator[Path]:
    """Serve the deployments as `make serve` does, in the office's folder; yield the folder of the server's database.

    In the end the command is stopped: it ends well, and nothing listens any more.
    """
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "flows.serve",
        "--folder",
        str(office.folder),
        "--port",
        str(PORT),
    ]
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    try:
        for _ in range(240):
            with suppress(OSError):
                if len(api("/deployments/filter", {})) == 3:
                    break
            time.sleep(0.5)
        yield Path(environment["PREFECT_HOME"])
    finally:
        process.terminate()
        said = process.communicate(timeout=60)[0]
    assert (process.returncode, said.splitlines()[-1]) == (0, "已停止。")
    with pytest.raises(OSError, match="refused"):
        api("/health")


def api(path: str, body: object = None, method: str | None = None) -> Any:
    """Return what the server answers; SQLite that is busy is asked again, as Prefect's own client does."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/api{path}", data, headers, method=method
    )
    for wait in (1, 2, 4, 8, 16, 0):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            gone = (
                method == "DELETE" and error.code == 404
            )  # the first try, answered with 503, may have done it
            if gone:
                return None
            if error.code != 503 or not wait:
                raise
            error.close()
            time.sleep(wait)
    raise AssertionError


def deployment(flow: str) -> Any:
    """Return a flow's deployment."""
    return api("/deployments/filter", {"flows": {"name": {"any_": [flow]}}})[0]


def ended(run: str) -> Any:
    """Wait for the end of a run and return it."""
    for _ in range(240):
        found = api(f"/flow_runs/{run}")
        if found["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            return found
        time.sleep(0.5)
    raise AssertionError("the run does not end")


def fired_runs(**states: object) -> list[Any]:
    """Return the runs that a schedule made and whose time has come, by a filter of states."""
    found = api(
        "/flow_runs/filter", {"flow_runs": {"state": states}, "sort": "EXPECTED_START_TIME_ASC"}
    )
    return [run for run in found if run["auto_scheduled"] and run["state"]["name"] != "Scheduled"]


RUN = """
import json, sys, warnings
from pathlib import Path
from flows.prefect_support.forms import BulletinForm, MonthlyForm, QualityForm
from flows import bulletin, monthly, quality
warnings.simplefilter("ignore")
form = {"monthly": MonthlyForm, "bulletin": BulletinForm, "quality": QualityForm}[sys.argv[1]]
flow = {"monthly": monthly.monthly, "bulletin": bulletin.bulletin, "quality": quality.quality}[sys.argv[1]]
state = flow(form(**json.loads(sys.argv[2])), return_state=True)
print(json.dumps({"name": state.name, "type": state.type.value, "message": state.message}))
"""


def run_flow(server: Path, office: Office, flow: str, **fields: Any) -> dict[str, str]:
    """Run a flow in a process of its own, in the working folder, on the server; return its state."""
    environment = {**office.environment, "PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api"}  # type: ignore[attr-defined]  # set by the fixture
    done = subprocess.run([sys.executable, "-c", RUN, flow, json.dumps(fields)], cwd=office.folder, env=environment, check=False,
                          capture_output=True, text=True, encoding="utf-8")  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    state: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return state


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Office:
    """Return an office with a month of four ledgers, one of them a roster with faults."""
    senders = [*REGISTERED["报送单位"], [CENTRE, "托管中心", "", "", "花名册"]]
    place = Office(
        tmp_path_factory.mktemp("office"), registered={**REGISTERED, "报送单位": senders}
    )
    place.ledger(
        "2022-05",
        EAST,
        [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0)), (MACHINES, (40, 40, 40, 0, 0, 0, 0))],
    )
    place.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    people = people_of(centre_rows(make_city(counties=3, firms=3), 1)[:1], Month(2022, 5), 7)
    for line in people:
        line["county"] = EAST
    people[0]["id"] = people[0]["id"][:-1] + ("1" if people[0]["id"][-1] != "1" else "2")
    people[1]["phone"] = "13977553"
    write_roster(
        place.folder / "ledgers" / "2022-05" / CENTRE / "花名册.xlsx",
        people,
        "2022年5月花名册",
        CENTRE,
    )
    place.people = people  # type: ignore[attr-defined]  # for the search for persons
    place.environment = environment  # type: ignore[attr-defined]  # for runs in processes of their own
    return place


def test_the_monthly_flow_makes_what_the_functions_make(server: Path, office: Office) -> None:
    """The same bytes with Prefect as without it; state and artifacts tell the month."""
    fields = {"month": "2022-05", "issued": "2022-06-02"}
    state = run_flow(server, office, "monthly", **fields, outputs="outputs")
    assert state == {
        "name": "有退回",
        "type": "COMPLETED",
        "message": "2022年5月：台账通过1个，部分通过1个，退回1个；未报送1家",
    }
    with_prefect = office.digests("2022-05")
    office.out("2022-05").rename(office.folder / "kept")
    office.run("2022-05", "2022-06-02")
    assert office.digests("2022-05") == with_prefect
    assert sorted(artifact_keys(server)) == [
        "counties-2022-05",
        "faults-2022-05",
        "month-2022-05",
        "quality-2022-05",
    ]


def test_a_bulletin_from_the_form(server: Path, office: Office) -> None:
    """A county's bulletin, by document and name."""
    form = {"month": "2022-05", "document": "县区简报", "name": EAST, "outputs": "single"}
    state = run_flow(server, office, "bulletin", **form)
    assert state == {
        "name": "Completed",
        "type": "COMPLETED",
        "message": f"2022年5月县区简报：{EAST}.docx",
    }
    single = office.folder / "single" / "2022-05" / "bulletins" / "县区" / f"{EAST}.docx"
    assert (
        single.read_bytes()
        == office.out("2022-05", "bulletins", "县区", f"{EAST}.docx").read_bytes()
    )


def test_a_run_from_its_form(server: Path, office: Office) -> None:
    """What the web page sends gives the bulletin; the form offers the campaign's months and names, the help beside them is Chinese."""
    own = deployment("bulletin")
    form = own["parameter_openapi_schema"]["definitions"]["BulletinForm"]
    assert list(form["properties"]) == ["month", "document", "name", "campaign", "outputs", "store"]
    offered = [form["properties"][name]["enum"] for name in ("month", "document", "name")]
    assert (offered[0][:2], offered[1], offered[2][:2]) == (
        ["2022-04", "2022-05"],
        [line.name for line in shipped_documents()],
        ["全市", EAST],
    )
    shown = form["description"] + "".join(field["title"] for field in form["properties"].values())
    assert not any(letter.isascii() for letter in shown)
    asked = {
        "month": "2022-05",
        "document": "企业简报",
        "name": MACHINES,
        "campaign": "",
        "outputs": "asked",
        "store": "",
    }
    run = ended(
        api(f"/deployments/{own['id']}/create_flow_run", {"parameters": {"form": asked}})["id"]
    )
    assert (run["name"], run["state"]["type"], run["state"]["message"]) == (
        f"2022-05 企业简报 {MACHINES}", "COMPLETED", f"2022年5月企业简报：{MACHINES}.docx",
    )  # fmt: skip
    assert (
        office.folder / "asked" / "2022-05" / "bulletins" / "企业" / f"{MACHINES}.docx"
    ).is_file()


def test_a_schedule_fires(server: Path, office: Office) -> None:
    """A cron that is near starts a run by itself; the guard lets it through on its working day only, and it takes the month before."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    number = number_of_workday(today)
    last = Month.of(today).previous
    (office.folder / "ledgers" / str(last)).mkdir(parents=True, exist_ok=True)
    office.ledger(str(last), EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    own = deployment("monthly")
    assert [
        (s["schedule"]["cron"], s["schedule"]["timezone"], s["parameters"], s["active"])
        for s in own["schedules"]
    ] == [("0 9 * * *", "Asia/Shanghai", {"form": {"workday": 5}}, True)]
    near = {
        "schedule": {"cron": "* * * * * */5", "timezone": "Asia/Shanghai"},
        "active": True,
        "parameters": {"form": {"workday": number or 1}},
    }
    (made,) = api(f"/deployments/{own['id']}/schedules", [near])
    try:
        for _ in range(120):
            runs = fired_runs(type={"not_any_": ["SCHEDULED"]})
            if runs:
                break
            time.sleep(0.5)
    finally:
        api(f"/deployments/{own['id']}/schedules/{made['id']}", method="DELETE")
    state = ended(runs[0]["id"])["state"]
    for _ in range(
        240
    ):  # a run that came due before the schedule was gone would write into the next test
        if not fired_runs(type={"any_": ["SCHEDULED", "PENDING", "RUNNING"]}):
            break
        time.sleep(0.5)
    if number is None:
        assert (state["name"], "不是工作日" in state["message"]) == ("未到日期", True)
    else:
        assert (state["type"], state["message"].partition("：")[0]) == ("COMPLETED", last.label)


def test_the_quality_flow_checks_and_stores_nothing(server: Path, office: Office) -> None:
    """Verdicts and packets for a folder of ledgers; the store is as it was."""
    store = office.folder / "campaign" / "store" / "submissions" / "_delta_log"
    before = sorted(p.name for p in store.glob("*.json"))
    state = run_flow(
        server, office, "quality", month="2022-05", issued="2022-06-02", outputs="checked"
    )
    assert state == {
        "name": "有退回",
        "type": "COMPLETED",
        "message": "2022年5月：检查台账3个，退回1个",
    }
    written = sorted(
        p.relative_to(office.folder / "checked" / "2022-05").as_posix()
        for p in (office.folder / "checked").rglob("*")
        if p.is_file()
    )
    assert written == ["quality.json", f"returns/{CENTRE}/花名册（已标注）.xlsx", f"returns/{CENTRE}/退回通知.docx",
                       f"returns/{WEST}/台账（已标注）.xlsx", f"returns/{WEST}/退回通知.docx"]  # fmt: skip
    assert sorted(p.name for p in store.glob("*.json")) == before
    assert not list((office.folder / "campaign" / "store").glob("waiting/*"))


def test_a_day_that_is_none_to_run_on(server: Path, office: Office) -> None:
    """The guard of the daily schedule ends the run with the reason."""
    today = datetime.now(UTC).date()
    state = run_flow(server, office, "monthly", month="2022-05", workday=23)
    assert state["name"] == "未到日期" or today.day > 30
    assert "本任务定在每月第23个工作日运行" in state["message"] or today.day > 30


def test_a_month_without_ledgers_fails_with_the_reason(server: Path, office: Office) -> None:
    """No usable ledger is a failed run whose message is the sentence."""
    state = run_flow(server, office, "monthly", month="2022-09")
    assert (state["type"], "没有2022年9月的台账" in state["message"]) == ("FAILED", True)


def run_command(
    office: Office, home: Path, address: str, *words: str
) -> "subprocess.CompletedProcess[str]":
    """Return what the command says in an office's folder, with a Prefect home and the address of a server, if it has any."""
    own = {"PREFECT_HOME": str(home), "PYTHONPATH": str(ROOT)} | (
        {"PREFECT_API_URL": address} if address else {}
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")} | own
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *words],
        cwd=office.folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_the_command_says_it_in_one_sentence(server: Path, office: Office) -> None:
    """What the office can mend is a sentence at the command line, without Prefect's account of it, and the exit code is 1."""
    done = run_command(office, server, f"http://127.0.0.1:{PORT}/api", "run", "2022-09")
    told = "没有文件夹“ledgers/2022-09”，也就没有2022年9月的台账，未编制简报。请把台账放进去，或用 --ledgers 指明文件夹。\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_a_server_that_does_not_answer_is_told(office: Office, tmp_path: Path) -> None:
    """Without the server that is set the command says what to do; no month is made."""
    address, outputs = f"http://127.0.0.1:{free_port()}/api", tmp_path / "outputs"
    done = run_command(office, tmp_path, address, "run", "2022-05", "--outputs", str(outputs))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Prefect 服务没有回答，不知道2022年5月编完没有。请再运行一次")
    assert "Traceback" not in done.stderr
    assert not (outputs / "2022-05").exists()


def test_a_cluster_needs_a_server_that_all_reach(server: Path, office: Office) -> None:
    """A temporary server would be another one on each machine: the command says what to set and makes nothing."""
    done = run_command(office, server, "", "run", "2022-05", "--dask", "tcp://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("在 Dask 集群上运行，需要一个各台机器都能访问的 Prefect 服务。")


def test_no_person_in_prefects_database(server: Path, office: Office) -> None:
    """After runs with a faulty roster the database holds no name, no ID number and no phone of it."""
    time.sleep(2)
    raw = b"".join(path.read_bytes() for path in sorted(server.rglob("*")) if path.is_file())
    people: list[dict[str, Any]] = office.people  # type: ignore[attr-defined]  # set by the fixture
    assert b"month-2022-05" in raw
    found = [
        value for line in people for value in (line["id"], line["phone"]) if value.encode() in raw
    ]
    names = [
        line["person"]
        for line in people
        if line["person"].encode() in raw or line["person"].encode("unicode_escape") in raw
    ]
    assert (found, names) == ([], [])


def test_no_connection_beyond_this_machine(server: Path, environment: dict[str, str]) -> None:
    """All that the server, the runner and the runs of these tests connected to is this machine; a connection elsewhere would have shown."""
    witness = Path(environment["CONNECTIONS"])
    outside = (
        "import socket; s = socket.socket(); s.setblocking(False); s.connect_ex(('192.0.2.1', 9))"
    )
    places = set(witness.read_text(encoding="utf-8").splitlines())
    subprocess.run([sys.executable, "-c", outside], env=environment, check=True)
    assert set(witness.read_text(encoding="utf-8").splitlines()) - places == {"('192.0.2.1', 9)"}
    hosts = {
        str(place[0]) if isinstance(place, tuple) else "a file"
        for place in map(literal_eval, places)
    }
    assert "127.0.0.1" in hosts
    assert hosts <= {"127.0.0.1", "::1", "localhost", "0.0.0.0", "None", "a file"}, hosts


def artifact_keys(server: Path) -> set[str]:
    """Return the keys of the artifacts in the server's database."""
    with sqlite3.connect(server / "prefect.db") as database:
        return {row[0] for row in database.execute("select distinct key from artifact")}


def test_only_reading_and_writing_is_tried_again() -> None:
    """An OSError is worth another try, also behind a sentence of ours; wrong code and wrong data are not."""
    from prefect.states import Failed

    from flows.monthly import on_io_only
    from flows.steps.store import StoreError

    behind = StoreError("x")
    behind.__cause__ = OSError("disk")
    tries: list[tuple[BaseException, bool]] = [
        (OSError("disk"), True),
        (behind, True),
        (StoreError("x"), False),
        (KeyError("bug"), False),
    ]
    for error, again in tries:
        assert asyncio.run(on_io_only(None, None, Failed(data=error))) is again  # type: ignore[arg-type]  # it looks at the state only


def test_a_cluster_needs_its_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without prefect-dask a cluster is refused in one plain sentence; a run without a cluster needs none of it."""
    from flows import monthly  # here, since Prefect reads its settings as it is imported
    from flows.steps.model import UserError

    monkeypatch.setitem(sys.modules, "prefect_dask.task_runners", None)
    with pytest.raises(UserError, match=r"没有安装 Dask 组件.*ledger-bulletin\[cluster\]"):
        monthly.runner_at("tcp://127.0.0.1:8786")
    assert monthly.runner_at("") is not None


def test_the_schedule_is_the_fifth_working_day_at_nine() -> None:
    """The deployment runs every day at nine in Asia/Shanghai, guarded by the working day, one run at a time."""
    from flows import bulletin, monthly, quality

    scheduled = monthly.deployment()
    (schedule,) = scheduled.schedules
    assert (schedule.schedule.cron, schedule.schedule.timezone, schedule.parameters, scheduled.parameters) == (
        "0 9 * * *", "Asia/Shanghai", {"form": {"workday": 5}}, {},
    )  # fmt: skip
    assert scheduled.concurrency_limit == 1
    assert [f"{d.flow_name}/{d.name}" for d in (scheduled, bulletin.deployment(), quality.deployment())] == [
        "monthly/scheduled", "bulletin/on-demand", "quality/on-demand",
    ]  # fmt: skip


def test_on_a_cluster_the_bytes_are_the_same(
    server: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    """Sixty ledgers are read by two worker processes of a Dask cluster, one of which is killed: what the month leaves is the same."""
    from distributed import LocalCluster

    city = make_city(counties=60, firms=80)
    write_campaign(tmp_path / "campaign", city)
    write_month(tmp_path / "ledgers" / "2022-05", city, 2, Month(2022, 5))
    office = Office.__new__(Office)  # its campaign folder is the city's
    office.folder, office.environment = tmp_path, environment  # type: ignore[attr-defined]  # for runs in processes of their own
    office.run("2022-05", "2022-06-02")
    here = office.digests("2022-05")
    shelf = tmp_path / "cluster-store" / "waiting"
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:  # type: ignore[no-untyped-call]  # distributed has no types
        killed: list[int] = []

        def kill_one() -> None:
            while len(list(shelf.glob("*-*/ledgers.json"))) < 3:
                time.sleep(0.02)
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

        killer = threading.Thread(target=kill_one, daemon=True)
        killer.start()
        fields = {
            "month": "2022-05",
            "issued": "2022-06-02",
            "outputs": "outputs",
            "dask": cluster.scheduler_address,
        }
        state = run_flow(server, office, "monthly", **fields, store=str(shelf.parent))
        killer.join(1)
    assert (state["name"], len(killed)) == ("有退回", 1)
    assert office.digests("2022-05") == here
