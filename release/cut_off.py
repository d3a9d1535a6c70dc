"""Runs a command where there is no network but this machine: python -m release.cut_off COMMAND.

In a network namespace of its own, whose one interface is the loopback, which a local server needs.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_SET_FLAGS, _UP = 0x8914, 0x41  # SIOCSIFFLAGS; IFF_UP | IFF_RUNNING (netdevice(7))
_INSIDE = "--inside"


def cut_off(command: Sequence[str]) -> list[str]:
    """Return a command that runs another one without network."""
    return [
        "unshare",
        "--map-root-user",
        "--net",
        sys.executable,
        str(Path(__file__)),
        _INSIDE,
        *command,
    ]


def why_not() -> str:
    """Return why nothing can be cut off here, nothing if it can."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return "there is no unshare"
    tried = subprocess.run(cut_off(["true"]), capture_output=True, text=True, check=False)  # noqa: S603  (our own command)
    return tried.stderr.strip() if tried.returncode else ""


def main(words: Sequence[str]) -> None:
    """Become the command; once inside the namespace, with the loopback up."""
    if words[0] != _INSIDE:
        os.execvp("unshare", cut_off(words))  # noqa: S606, S607  (the command that was asked for)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        from fcntl import ioctl  # not on Windows, where there are no namespaces either

        ioctl(control, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))
    os.execvp(words[1], list(words[1:]))  # noqa: S606  (the same)


if __name__ == "__main__":
    main(sys.argv[1:])
