"""`bulletin serve`: the office's page, a standing Prefect server, the three deployments."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from uuid import UUID

from flows.commands import console
from flows.desk.address import PAGE_PORT, PageAddress
from flows.desk.runs import Maker, RunState, RunWish
from flows.prefect_support.environment import campaign_folder, working_folder
from flows.steps.model import UserError
from flows.steps.months import Month

HOST, PORT = "127.0.0.1", 4200
PATIENCE = 180.0  # seconds for a server to start on a fresh machine


def main() -> None:
    """Serve as the arguments say."""
    parser = argparse.ArgumentParser(prog="make serve", description="启动 Prefect 服务和三个部署")
    parser.add_argument("--folder", type=Path, default=Path(), help="工作文件夹，不写用当前文件夹")
    parser.add_argument("--host", default=HOST, help="服务地址")
    parser.add_argument("--port", type=int, default=PORT, help="服务端口")
    parser.add_argument("--page-host", default=HOST, help="网页的地址")
    parser.add_argument("--page-port", type=int, help="网页的端口，不写用服务端口加 80")
    parser.add_argument("--behind-proxy", action="store_true", help="网页在反向代理（HTTPS）后面")
    parser.add_argument("--paused", action="store_true", help="部署先不按计划运行")
    given = parser.parse_args()
    address = PageAddress(
        given.page_host, given.page_port or given.port + PAGE_PORT - PORT, given.behind_proxy
    )
    try:
        serve(given.folder, address, given.host, given.port, paused=given.paused)
    except UserError as error:
        console.complain(str(error))
        sys.exit(1)


def serve(
    folder: Path, address: PageAddress, host: str = HOST, port: int = PORT, *, paused: bool = False
) -> None:
    """Serve the page and the deployments until stopped, on a server started unless one answers."""
    _enter(folder)
    console.say(f"正在启动：先打开网页 {address.url}，再等 Prefect 服务（首次约需一分钟）……")
    # a shell that starts a command in the background makes it ignore SIGINT
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    server = f"http://{host}:{port}"
    os.environ.setdefault("PREFECT_API_URL", f"{server}/api")
    maker = PrefectMaker()
    try:
        with page_served(working_folder(), address, maker), standing_server(host, port):
            console.say(f"Prefect 服务已就绪：{server}（在浏览器中打开）。按 Ctrl+C 停止。")
            # here, since Prefect reads its address as it is imported
            from flows import bulletin, monthly, quality

            scheduled = monthly.deployment(paused=paused or None)
            maker.ready = True
            monthly.serve([scheduled, bulletin.deployment(), quality.deployment()])
    except KeyboardInterrupt:
        pass
    console.say("已停止。")


@contextmanager
def page_served(folder: Path, address: PageAddress, maker: Maker) -> Iterator[None]:
    """Serve the office's page during the block; without a campaign folder there is none."""
    if not (folder / "campaign").is_dir():
        yield
        return
    # here, since it loads what checks ledgers: the first line is said before
    from flows.desk.serving import serving

    with serving(folder, address, maker):
        console.say(f"网页已打开：{address.url}（办公室用）。")
        yield


class PrefectMaker:
    """Makes months by the deployment that this command serves: every run is in Prefect's record."""

    can_cancel = True

    def __init__(self) -> None:
        self.ready = False
        self._runs: dict[Month, UUID] = {}
        self._lock = threading.Lock()

    def start(self, wish: RunWish) -> None:
        """Start a run, unless one of the month is under way; raises UserError before it can."""
        if not self.ready:
            raise UserError("Prefect 服务还在启动，请过一分钟再按“编制”")
        from flows.deployed_runs import start_run
        from flows.prefect_support.forms import MonthlyForm

        month = str(wish.month)
        form = MonthlyForm(month=month, send=wish.send, send_forms=wish.send_forms)
        with self._lock:
            state = self.state(wish.month)
            if state is None or state.ended:
                self._runs[wish.month] = start_run(form)

    def state(self, month: Month) -> RunState | None:
        """Return how far the month's last run is, None if there was none since the start."""
        run = self._runs.get(month)
        if run is None:
            return None
        from flows.deployed_runs import progress_of

        lines, message, failed = progress_of(run)
        if message is None:
            return RunState(("已交给 Prefect，第一行要等十秒左右……", *lines))
        return RunState((*lines, *message.splitlines()), ended=True, failed=failed)

    def cancel(self, month: Month) -> None:
        """Stop the month's run."""
        from flows.deployed_runs import cancel_run

        if month in self._runs:
            cancel_run(self._runs[month])


def _enter(folder: Path) -> None:
    """Change to the working folder, to which paths in forms are relative; exit if there is none."""
    if not folder.is_dir():
        console.complain(
            f"没有文件夹“{folder}”。请先运行 bulletin init {folder}，"
            "或写明工作文件夹：make serve WORK=文件夹"
        )
        sys.exit(1)
    os.chdir(folder)
    if not campaign_folder().is_dir():
        console.complain(
            f"提醒：“{Path.cwd()}”中没有活动文件夹，表单里只能选全市。"
            "工作文件夹这样写：make serve WORK=文件夹"
        )


@contextmanager
def standing_server(host: str, port: int) -> Iterator[None]:
    """Run a server during the block; one that already answers is used and left running."""
    health = f"http://{host}:{port}/api/health"
    if _answers(health):
        yield
        return
    if _is_taken(host, port):
        console.complain(
            f"端口 {port} 已被别的程序占用，Prefect 服务没有启动。"
            f"请停止该程序，或换一个端口：make serve PORT={port + 1}"
        )
        sys.exit(1)
    command = [sys.executable, "-m", "prefect", "server", "start"]
    command += ["--host", host, "--port", str(port)]
    # in a session of its own: Ctrl+C stops the runner first, and the server after it
    server = subprocess.Popen(  # noqa: S603  (our own command)
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(health):
            if server.poll() is not None or time.monotonic() > until:
                console.complain("Prefect 服务没有启动。请运行 prefect server start 查看原因。")
                sys.exit(1)
            time.sleep(0.5)
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()


def _is_taken(host: str, port: int) -> bool:
    """Return whether another program listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, port)) == 0


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  (this machine)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    main()
