"""督办 on the page: issued, answered, extended and closed with the buttons of 本月, each once."""

from datetime import timedelta
from pathlib import Path

from flows.intake.job import today
from tests.pipeline.test_supervision import office_of, the_lives
from tests.support.desk import Browser, page_of
from tests.support.working import EAST

MAY, JUNE = "/office/2022-05", "/office/2022-06"


def step(browser: Browser, month: str, name: str, **given: str) -> str:
    """Press the button of a step twice, as an impatient clerk does; return the last page."""
    page = browser.get(month).text
    steps = [part.split('"')[0] for part in page.split('name="step" value="')[1:]]
    fields = {**browser.hidden("/supervise", steps.index(name)), **given}
    for _ in range(2):
        browser.last = browser.client.post(f"{month}/supervise", data=fields)
    return browser.last.text


def test_the_life_of_an_item_on_the_page(tmp_path: Path) -> None:
    """Two red months: one item with one number, an answer, a longer term, and its end when the light is green."""
    office = office_of(tmp_path)
    for month in ("2022-04", "2022-05", "2022-06"):
        office.run(month)
    browser = page_of(office)
    browser.sign_in()
    assert "待下发" in browser.get(MAY).text
    assert "待下发" not in step(browser, MAY, "issue")
    number = f"督办〔{today().year}〕1号"
    assert number in browser.get(MAY).text
    assert "原因" in step(browser, MAY, "reply")
    step(browser, MAY, "reply", reason="已排出计划")
    until = today() + timedelta(days=60)
    assert "新的期限" in step(browser, MAY, "extend", reason="正在改制", until="七月")
    step(browser, MAY, "extend", reason="正在改制", until=until.isoformat())
    assert "还没有转为绿灯" in step(browser, MAY, "close")
    assert "一并销号" in browser.get(JUNE).text
    step(browser, JUNE, "close", number="")
    ((found, unit, steps),) = the_lives(office)
    assert (found, unit) == (number, EAST)
    assert [what[-2:] for what, _ in steps] == ["下发", "反馈", "延期", "销号"]
    assert [reason.split("；")[-1] for _, reason in steps[:3]] == [
        "连续2个月红灯",
        "已排出计划",
        "正在改制",
    ]
    log = (tmp_path / "desk" / "log.jsonl").read_text(encoding="utf-8")
    assert log.count("下发督办") == 1
