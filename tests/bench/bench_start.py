"""What single commands cost as whole processes, beside importing pandas.

Run: python -m tests.bench.bench_start. Goals, beside `python -c "import pandas"`: one county's bulletin ≤ 2.5 × in processor time
(DESIGN §10), a small ledger checked ≤ 2 × in seconds.
"""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from flows.campaign.folder import load_campaign
from tests.bench.apart import Figure, cpu, judge, paired, ratios, say, wall

BULLETIN = str(Path(sys.executable).with_name("bulletin"))
PANDAS, TIMES = [sys.executable, "-c", "import pandas"], 7


def main() -> None:
    """Print the ratios of both commands."""
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
        ledgers = (city / "ledgers" / month).rglob("*.xlsx")
        ledger = min(ledgers, key=lambda path: path.stat().st_size)
        render = [BULLETIN, "render", month, "--level", "county", "--name", county]
        check = [BULLETIN, "check", str(ledger), "--month", month, "--outputs", "checked"]
        drawn = paired(partial(cpu, render, city), partial(cpu, PANDAS, city), TIMES)
        checked = paired(partial(wall, check, city), partial(wall, PANDAS, city), TIMES)
    against = '`python -c "import pandas"`'
    say(f"a small ledger is checked in {min(one[0] for one in checked[0]):.2f} s")
    judge(
        Figure("`bulletin render` of one county, processor time", against, ratios(*drawn), 2.5),
        Figure("`bulletin check` of a small ledger", against, ratios(*checked), 2),
    )


if __name__ == "__main__":
    main()
