"""The page in a thread of its own, beside the runner of the deployments."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from flows.desk.address import ANY_HOST, PageAddress
from flows.desk.app import HOSTS, desk_app
from flows.desk.checking import begin_to_load
from flows.desk.runs import Maker
from flows.desk.security import PASSWORD_VARIABLE, Password
from flows.desk.working import DESK
from flows.steps.model import UserError

PATIENCE = 30.0  # seconds for the page to listen, and to end


@contextmanager
def serving(folder: Path, address: PageAddress, maker: Maker) -> Iterator[None]:
    """Serve the page during the block; raises UserError for an address that it may not have.

    Another host than this machine needs a password that is set already.
    """
    if not (address.is_local or Password(folder / DESK).is_set):
        raise UserError(
            "还没有密码，网页不能给别的机器用。请先在本机打开设好密码，"
            f"或用环境变量 {PASSWORD_VARIABLE}"
        )
    begin_to_load()
    hosts = None if address.host in ANY_HOST else (*HOSTS, address.host)
    app = desk_app(folder, maker, hosts=hosts, behind_proxy=address.behind_proxy)
    config = uvicorn.Config(
        app,
        host=address.host,
        port=address.port,
        log_level="critical",
        access_log=False,  # addresses hold the senders' tokens
        server_header=False,
        proxy_headers=address.behind_proxy,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_run, args=(server,), daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise UserError(f"网页没有打开：端口 {address.port} 可能已被别的程序占用，请换一个端口")
        time.sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def _run(server: uvicorn.Server) -> None:
    try:
        server.run()
    except SystemExit:
        return  # the port is taken; whoever waits says so
