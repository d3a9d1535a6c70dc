"""`make serve`: a standing Prefect server and the three deployments in one command, for a small office (SQLite)."""

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError

from flows import console

HOST, PORT = "127.0.0.1", 4200
PATIENCE = 180.0  # seconds that a server may take to start on a fresh machine


def main() -> None:
    """Start a server unless one answers, and serve the deployments until the command is stopped."""
    words = argparse.ArgumentParser(prog="make serve", description="启动 Prefect 服务和三个部署")
    words.add_argument("--host", default=HOST, help="服务地址")
    words.add_argument("--port", type=int, default=PORT, help="服务端口")
    words.add_argument("--paused", action="store_true", help="部署先不按计划运行")
    given = words.parse_args()
    address = f"http://{given.host}:{given.port}"
    os.environ.setdefault("PREFECT_API_URL", f"{address}/api")
    with standing_server(given.host, given.port):
        console.say(f"Prefect 服务已就绪：{address}（在浏览器中打开）。按 Ctrl+C 停止。")
        from flows.monthly import serve_all

        serve_all(paused=given.paused)


@contextmanager
def standing_server(host: str, port: int) -> Iterator[None]:
    """Run a server for the time of the block; one that answers already is used and left running."""
    health = f"http://{host}:{port}/api/health"
    if _answers(health):
        yield
        return
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  (our own words)
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(health):
            if server.poll() is not None or time.monotonic() > until:
                console.complain(f"Prefect 服务没有启动。请检查端口 {port} 是否被占用，或运行 prefect server start 查看原因。")
                sys.exit(1)
            time.sleep(0.5)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  (the address of this machine)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    main()
