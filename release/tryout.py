"""Installs from a wheelhouse with the network cut off and makes the demo's bulletins with it.

python -m release.tryout FOLDER. Where no namespace can be made, pip has no index and every proxy
points nowhere; that is said.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from release.cut_off import cut_off, why_not

_NOWHERE = "http://127.0.0.1:9"


def main(words: Sequence[str]) -> int:
    """Return the exit code; prints what was done."""
    house = Path(words[0]).resolve()
    reason = why_not()
    print(f"not cut off, proxies point nowhere: {reason}" if reason else "cut off: loopback only")
    with tempfile.TemporaryDirectory() as place:
        program = Path(place, "program")
        _run(["sh", str(house / "install.sh"), str(program)], Path(place), reason)
        bulletin = str(program / "bin" / "bulletin")
        _run([bulletin, "demo", "demo", "--without-prefect"], Path(place), reason)
        made = sorted(Path(place, "demo", "outputs").glob("*/bulletins/全市.docx"))
        print(f"bulletins of {len(made)} months")
    return 0 if len(made) == 3 else 1


def _run(command: Sequence[str], place: Path, reason: str) -> None:
    """Run a command without source tree, environment and network; SystemExit if it fails."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), _NOWHERE)
    environment = {**kept, **nowhere, "PATH": os.environ["PATH"], "PIP_NO_INDEX": "1"}
    environment["NO_PROXY"] = "127.0.0.1,localhost"
    whole = list(command) if reason else cut_off(command)
    done = subprocess.run(whole, cwd=place, env=environment, check=False)  # noqa: S603  (our own command)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
