"""`make serve`: a standing Prefect server (SQLite) and the three deployments in one command."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from flows.commands import console
from flows.prefect_support.environment import campaign_folder

HOST, PORT = "127.0.0.1", 4200
PATIENCE = 180.0  # seconds for a server to start on a fresh machine


def main() -> None:
    """Serve the deployments until stopped, on a server that is started unless one answers."""
    parser = argparse.ArgumentParser(prog="make serve", description="启动 Prefect 服务和三个部署")
    parser.add_argument("--folder", type=Path, default=Path(), help="工作文件夹，不写用当前文件夹")
    parser.add_argument("--host", default=HOST, help="服务地址")
    parser.add_argument("--port", type=int, default=PORT, help="服务端口")
    parser.add_argument("--paused", action="store_true", help="部署先不按计划运行")
    given = parser.parse_args()
    _enter(given.folder)
    # a shell that starts a command in the background makes it ignore SIGINT
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    address = f"http://{given.host}:{given.port}"
    os.environ.setdefault("PREFECT_API_URL", f"{address}/api")
    try:
        with standing_server(given.host, given.port):
            console.say(f"Prefect 服务已就绪：{address}（在浏览器中打开）。按 Ctrl+C 停止。")
            # here, since Prefect reads its address as it is imported
            from flows import bulletin, monthly, quality

            scheduled = monthly.deployment(paused=given.paused or None)
            monthly.serve([scheduled, bulletin.deployment(), quality.deployment()])
    except KeyboardInterrupt:
        pass
    console.say("已停止。")


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
