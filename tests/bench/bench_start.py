"""What single commands cost as whole processes, beside importing pandas.

Run: python -m tests.bench.bench_start. Goals: one county's bulletin ≤ 2.5 × `python -c "import pandas"` in processor time (DESIGN §10); a
small ledger checked in under two seconds (issue 4).
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.campaign.folder import load_campaign
from tests.bench.apart import cpu, say

BULLETIN = str(Path(sys.executable).with_name("bulletin"))


def main() -> None:
    """Print the two times and their ratio, and the seconds of a small check."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [BULLETIN, "demo", "city", "--without-prefect"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        city, month = folder / "city", "2022-05"
        county = load_campaign(city / "campaign").counties[0].name
        pandas = cpu([sys.executable, "-c", "import pandas"], city)
        render = cpu([BULLETIN, "render", month, "--level", "county", "--name", county], city)
        say(f"import pandas {pandas:.2f} s, one county's bulletin {render:.2f} s of processor time")
        say(f"one county's bulletin / import pandas = {render / pandas:.2f} (goal: at most 2.5)")
        ledger = min(
            (p for p in (city / "ledgers" / month).rglob("*.xlsx")), key=lambda p: p.stat().st_size
        )
        check = [BULLETIN, "check", str(ledger), "--month", month, "--outputs", "checked"]
        say(
            f"one small ledger checked in {min(_seconds(check, city) for _ in range(5)):.2f} s (goal: under 2)"
        )


def _seconds(command: list[str], folder: Path) -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
