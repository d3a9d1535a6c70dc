"""All speed figures, one after another, each with its goal: `make bench`. Nothing else should run on the machine meanwhile.

Run: python -m tests.bench [PYTHON OF THE PEERS]. Without an environment of the other libraries their comparison is left out. Ends with
a table of the figures and how many goals are met; returns 1 if one is missed beyond noise, or if a benchmark does not run.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from tests.bench.apart import RESULTS, ROOT, Figure, say

BENCHES = (
    "bench_read",
    "bench_check",
    "bench_store",
    "bench_mark",
    "bench_render",
    "bench_start",
    "bench_history",
    "bench_page",
    "bench_flow",
    "bench_scale",
    "bench_month",
)


def main(peers: str | None) -> int:
    """Run every benchmark in a process of its own; return 0 if all of them ran and all goals are met."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results")
        results.touch()
        os.environ[RESULTS] = str(results)
        for module, *words in [*((name,) for name in BENCHES), *([("bench_peers", peers)] if peers else [])]:  # fmt: skip
            say(f"\n{module}")
            command = [sys.executable, "-m", f"tests.bench.{module}", *words]
            if subprocess.run(command, cwd=ROOT, check=False).returncode:
                failed.append(module)
        found = [Figure(**json.loads(line)) for line in results.read_text("utf-8").splitlines()]
    return _conclude(found, failed)


def _conclude(found: list[Figure], failed: list[str]) -> int:
    say(
        f"\n{date.today()}, {_machine()}\n\n| work | against | measured | goal |\n|---|---|---|---|"
    )
    for one in found:
        missed = "" if one.met else " **missed**"
        say(f"| {one.work} | {one.against} | {one.measured:.2f} {one.unit}{missed} | {one.most:g} {one.unit} |")  # fmt: skip
    for module in failed:
        say(f"| {module} | – | did not run | – |")
    met = sum(one.met for one in found)
    say(f"\n{met} of {len(found) + len(failed)} goals met")
    return int(bool(failed) or met < len(found))


def _machine() -> str:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    models = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.split(":")[1].strip() for line in models if "model name" in line), "")
    return f"{os.cpu_count()} processors ({model or platform.machine()}), {memory:.0f} GB, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
