"""What is posted to the office's groups (企业微信, 钉钉, 飞书): no person, no telephone, no ID."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from flows.steps.model import Report
from flows.steps.standings import roll_call
from flows.steps.wording.phrases import enumerated
from schemas.columns import VERDICT_NAMES

VARIABLE = "BULLETIN_APPRISE_URLS"  # addresses as Apprise writes them, with spaces between
PATIENCE = 30.0  # seconds for all addresses together
LISTED = 10  # senders named in a post
POSTED = "已发到工作群"


def is_posting() -> bool:
    """Return whether the environment has an address to post to."""
    return bool(os.environ.get(VARIABLE, "").split())


def post(title: str, text: str) -> str:
    """Return what came of a post in words, empty where the environment has no address.

    Whatever an address does, this goes on: the poster is stopped after PATIENCE, and nothing that
    it says is read but a number.
    """
    wanted = len(os.environ.get(VARIABLE, "").split())
    if not wanted:
        return ""
    script = Path(__file__).with_name("post_apart.py")
    message = json.dumps({"title": title, "text": text})
    with subprocess.Popen(  # noqa: S603  (a script of the program's own)
        [sys.executable, "-P", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as poster:
        try:
            said, _ = poster.communicate(message, PATIENCE)
        except subprocess.TimeoutExpired:
            poster.kill()
            said, _ = poster.communicate()
    taken = max(map(int, filter(str.isdecimal, said.split())), default=0)
    if taken == wanted:
        return f"{POSTED}（{taken}个地址）：{title}"
    return (
        f"没有都发到工作群（{wanted}个地址中有{wanted - taken}个没有发出）：{title}。"
        f"请管理员核对 {VARIABLE}；其余结果不受影响"
    )


def month_in_words(report: Report) -> tuple[str, str]:
    """Return the title and the text of the post on a month that has been made."""
    lines = roll_call(report)
    verdicts = Counter(line.row.verdict for line in lines)
    parts = [f"{name}{verdicts[key]}个" for key, name in VERDICT_NAMES.items() if verdicts[key]]
    missing = list(dict.fromkeys(line.sender for line in lines if line.row.verdict == "missing"))
    more = f"等{len(missing)}个单位" if len(missing) > LISTED else ""
    names = f"未报送的：{enumerated(missing[:LISTED])}{more}。" if missing else ""
    counted = f"应报台账{len(lines)}个：{'，'.join(parts)}。" if lines else ""
    return f"{report.month.label}简报已编制", f"{counted}{names}"
