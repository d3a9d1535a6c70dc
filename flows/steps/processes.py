"""Which processes are still there; it imports nothing, since a command begins with it."""

import os


def has_ended(process: int) -> bool:
    """Return whether there is no such process; elsewhere than on POSIX that cannot be asked."""
    if os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is another user's
        return False
    return False
