"""What files have done to readers, as functions: to be called in another process."""

import os
import signal
import time
from pathlib import Path


class Panic(BaseException):
    """What a library written in Rust raises where it gives up."""


def behave(how: str, what: str) -> str:
    """Return the text in capitals, or do what is asked for instead."""
    if how == "sleep":
        time.sleep(600)
    elif how == "eat":
        return str(len(bytearray(int(what)).replace(b"\0", b"x")))
    elif how == "exit":
        os._exit(int(what))
    elif how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "panic":
        raise Panic
    elif how == "leave":
        raise SystemExit(0)
    elif how == "recurse":
        return behave(how, what)
    elif how == "kill once":
        if not Path(what).exists():
            Path(what).write_text("killed")
            os.kill(os.getpid(), signal.SIGKILL)
        return "survived"
    elif how == "complain":
        os.write(2, what.encode())
    elif how == "write":
        with Path(what).open("wb") as stream:
            stream.truncate(2**31)
    elif how == "fail":
        raise ValueError(what)
    elif how == "who":
        return str(os.getpid())
    elif how == "whose":
        return str(os.getppid())
    return what.upper()
