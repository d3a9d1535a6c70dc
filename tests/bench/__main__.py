"""All speed figures, one after another, each with its goal: `make bench`. Nothing else should run on the machine meanwhile.

Run: python -m tests.bench [PYTHON OF THE PEERS]. Without an environment of the other libraries their comparison is left out.
"""

import subprocess
import sys

from tests.bench.apart import ROOT, say

BENCHES = {
    "Reading a roster of 100 000 rows (goal: at most 1.6 x calamine, 800 MB)": ["bench_read"],
    "Checking it (goal: at most 0.5 x calamine) and its return packet (goal: at most 1 GB)": [
        "bench_check"
    ],
    "Reading, checking and storing it": ["bench_store"],
    "Its marked copy (goal: at most 3 x writing the package again)": ["bench_mark"],
    "100 bulletins": ["bench_render"],
    "Commands as whole processes": ["bench_start"],
    "A month's figures from a long history": ["bench_history"],
    "The monthly flow on a running server (goal: at most 1.3 x)": ["bench_flow"],
    "The page's verdict (goal: at most 1.3 x the check) and 200 uploads at once": ["bench_page"],
    "1 200 000 rows in 12 rosters (goal: at most 11 x the time of 120 000, 1.5 GB)": [
        "bench_scale"
    ],
}


def main(peers: str | None) -> int:
    """Run every benchmark in a process of its own; return how many failed to run."""
    benches = BENCHES | (
        {"The same roster read and checked by other libraries": ["bench_peers", peers]}
        if peers
        else {}
    )
    failed = 0
    for title, (module, *words) in benches.items():
        say(f"\n{title}")
        failed += (
            subprocess.run(
                [sys.executable, "-m", f"tests.bench.{module}", *words], cwd=ROOT, check=False
            ).returncode
            != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
