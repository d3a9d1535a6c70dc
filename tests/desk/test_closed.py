"""Nothing is given to anybody who may not have it: every route, every way that one would try."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from flows.desk import office as looks
from flows.desk import office_actions, sender, supervision_actions
from flows.desk.batches import plain_name
from flows.desk.guard import FORM_LIMIT
from flows.desk.security import IDLE, RateLimit, Sessions
from tests.desk.test_story import GOOD, MONTH, link_of, sent
from tests.support.desk import PASSWORD, Browser, desk_of, ledger_bytes, page_of
from tests.support.working import CHEMICALS, EAST, WEST, Office

OFFICE = [
    *looks.router.routes,
    *office_actions.router.routes,
    *supervision_actions.router.routes,
]
ROUTES = [
    (method, route.path)
    for route in [*OFFICE, *sender.router.routes]
    if isinstance(route, APIRoute)
    for method in route.methods or ()
]
TRICKS = ("../campaign/person.key", "..%2f..%2fcampaign.toml", "/etc/passwd", "campaign/名录.xlsx", "....//x", "C:\\x", "\x00", "")  # fmt: skip
SECRETS = (EAST, WEST, CHEMICALS, "台账.xlsx", "person.key", "Traceback", "/work", "/tmp")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def browser(office: Office) -> Browser:
    """Return the office's browser, signed in, with a ledger that a sender has reported."""
    browser = page_of(office)
    assert browser.sign_in().status_code == 200
    return browser


@pytest.fixture(scope="module")
def links(browser: Browser, office: Office) -> Mapping[str, str]:
    """Return the links of two senders, of whom the first has reported a ledger."""
    made = {name: link_of(browser, name) for name in (EAST, WEST)}
    faulty = ledger_bytes(office, MONTH, EAST, [(CHEMICALS, [100, 120, 100, 70, 10, 8, 60])])
    sent(browser.client.app, made[EAST], faulty)
    desk_of(browser).settle()
    return made


def address(path: str, token: str = "x" * 22, identity: str = "0" * 32) -> str:
    """Return a route's address with its parts filled in."""
    return path.replace("{token}", token).replace("{text}", MONTH).replace("{identity}", identity)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_session_or_link_nothing_is_given(
    browser: Browser, links: Mapping[str, str], method: str, path: str
) -> None:
    """No session: to the password. No link in force: nothing there, whatever is asked for."""
    stranger = Browser(browser.client.app)
    batch = desk_of(browser).batches.of_month(MONTH)[0].id
    stranger.client.follow_redirects = False
    answer = stranger.client.request(
        method, address(path, identity=batch), params={"name": "全市", "count": "retirees"}
    )
    if path.startswith("/office"):
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    else:
        assert answer.status_code in (404, 429)
    assert not any(secret in answer.text for secret in SECRETS)


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "POST"])
def test_a_form_without_its_token_does_nothing(
    browser: Browser, links: Mapping[str, str], path: str
) -> None:
    """A form that another site would send, with the cookie or the link but without the page's token."""
    desk = desk_of(browser)
    before = (desk.log.newest(), desk.links.all(), desk.batches.of_month(MONTH))
    batch = before[2][0].id
    token = links[EAST].rpartition("/")[2]
    for csrf in ({}, {"csrf": "x"}, {"csrf": "é"}):
        answer = browser.client.post(
            address(path, token, batch), data={**csrf, "once": "1", "sender": EAST, "reason": "x"}
        )
        assert answer.status_code == 403
    assert (desk.log.newest(), desk.links.all(), desk.batches.of_month(MONTH)) == before


@pytest.mark.parametrize(
    ("method", "path"), [(m, p) for m, p in ROUTES if "{identity}" in p and p.startswith("/s/")]
)
def test_another_senders_link_gives_nothing(
    browser: Browser, links: Mapping[str, str], method: str, path: str
) -> None:
    """What one sender has sent is not there for another, who knows its address."""
    batch = desk_of(browser).batches.of_month(MONTH)[0]
    other = Browser(browser.client.app)
    other.get(f"{links[WEST]}/{MONTH}")
    csrf = other.hidden("/upload")
    token = links[WEST].rpartition("/")[2]
    name = {"name": batch.packet[0]}
    answer = other.client.request(
        method, address(path, token, batch.id), params=name, data=csrf if method == "POST" else None
    )
    assert answer.status_code == 404
    assert EAST not in answer.text
    assert CHEMICALS not in answer.text


def test_a_senders_page_says_nothing_of_others(browser: Browser, links: Mapping[str, str]) -> None:
    """One sender's month names neither another sender nor what it reported."""
    page = Browser(browser.client.app).get(f"{links[WEST]}/{MONTH}").text
    assert WEST in page
    assert EAST not in page
    assert CHEMICALS not in page


@pytest.mark.parametrize("trick", TRICKS)
def test_no_path_leads_out(browser: Browser, links: Mapping[str, str], trick: str) -> None:
    """Files are looked up in a list of what may be handed out; any other name is not found."""
    batch = desk_of(browser).batches.of_month(MONTH)[0].id
    places = [
        f"/office/{MONTH}/file", "/office/settings/file", f"/office/{MONTH}/batch/{batch}/file",
        f"{links[EAST]}/{MONTH}/file", f"{links[EAST]}/{MONTH}/batch/{batch}/file",
    ]  # fmt: skip
    for place in places:
        answer = browser.client.get(place, params={"name": trick})
        if (place, trick) != ("/office/settings/file", "campaign/名录.xlsx"):
            assert answer.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/office/../campaign",
        "/office/2022-13",
        "/desk.css/../app.py",
        "/s/..%2f..%2fcampaign",
        "/%2e%2e/campaign",
    ],
)
def test_no_address_leads_out(browser: Browser, path: str) -> None:
    assert browser.client.get(path).status_code == 404


GIVEN_NAMES = [
    # the name that came, the name it gets
    ("../../campaign/名录.xlsx", "名录.xlsx"),
    ("C:\\台账\\五月.XLSX", "五月.xlsx"),
    (".~lock.台账.xlsx", "lock.台账.xlsx"),
    ("~$台账.xlsx", "台账.xlsx"),
    ("....", "台账"),
    ("a\x00b?.csv", "a_b_.csv"),
    ("长" * 300 + ".xlsx", "长" * 40 + ".xlsx"),
    ("con.xlsx", "_con.xlsx"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "name"), GIVEN_NAMES)
def test_names_of_files_are_no_paths(given: str, name: str) -> None:
    assert plain_name(given) == name


def test_answers_carry_their_headers(browser: Browser) -> None:
    """Every answer forbids scripts, frames and requests of others; pages are not kept."""
    for path in ("/login", f"/office/{MONTH}", "/nowhere"):
        headers = browser.client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
    cookie = Browser(browser.client.app).sign_in().history[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_a_foreign_host_name_is_refused(browser: Browser) -> None:
    answer = browser.client.get("/login", headers={"host": "evil.example"})
    assert (answer.status_code, answer.text) == (400, "地址不对")


def test_a_body_that_is_too_large_is_refused(browser: Browser) -> None:
    """By its announced length, and as it comes where none is announced."""
    large = b"x" * (FORM_LIMIT + 1)
    assert browser.client.post("/login", content=large).status_code == 413
    pieces = (large[i : i + 65536] for i in range(0, len(large), 65536))
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.client.post("/login", content=pieces, headers=kind).status_code == 413


def test_guessing_ends_soon(office: Office) -> None:
    """After five wrong passwords even the right one has to wait; so do addresses that try links."""
    browser = page_of(office)
    assert [browser.sign_in("falsch" * 3).status_code for _ in range(6)] == [403] * 5 + [429]
    assert browser.sign_in(PASSWORD).status_code == 429
    answers = [browser.client.get(f"/s/{n:022d}").status_code for n in range(31)]
    assert answers == [404] * 30 + [429]


def test_sessions_end_when_idle() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    cookie = sessions.begin()
    now[0] = IDLE
    assert sessions.of(cookie) is not None
    now[0] = 2 * IDLE + 1
    assert sessions.of(cookie) is None


def test_limits_forget() -> None:
    now = [0.0]
    limit = RateLimit(2, 10.0, lambda: now[0])
    limit.failed("a")
    limit.failed("a")
    assert (limit.blocks("a"), limit.blocks("b")) == (True, False)
    now[0] = 11.0
    assert not limit.blocks("a")


def test_nothing_secret_is_kept_as_it_is(
    office: Office, browser: Browser, links: Mapping[str, str]
) -> None:
    """Password and tokens are kept as digests, the desk's folder is its owner's alone."""
    folder = office.folder / "desk"
    kept = b"".join(
        path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in ("", ".json", ".jsonl")
    )
    for secret in (PASSWORD, *(link.rpartition("/")[2] for link in links.values())):
        assert secret.encode() not in kept
    assert folder.stat().st_mode & 0o077 == 0
    assert all(
        (folder / name).stat().st_mode & 0o077 == 0 for name in ("password", "secret", "links.json")
    )


def test_a_revoked_link_is_gone(browser: Browser) -> None:
    link = link_of(browser, WEST)
    visitor = Browser(browser.client.app)
    assert visitor.get(f"{link}/{MONTH}").status_code == 200
    browser.get("/office/links")
    browser.post("/office/links/revoke", number=1)
    assert visitor.get(f"{link}/{MONTH}").status_code == 404


def test_settings_are_checked_before_they_count(browser: Browser, office: Office) -> None:
    """A workbook with faults changes nothing; a good one counts, and the old one is kept."""
    path = office.folder / "campaign" / "campaign.toml"
    before = path.read_bytes()
    browser.get("/office/settings")
    number = [
        part.split('"')[0] for part in browser.last.text.split('name="name" value="')[1:]
    ].index("campaign.toml")
    answer = browser.post("/office/settings", number=number, files=[("x", b"name = 1")])
    assert answer.status_code == 409
    assert "campaign.toml" in answer.text
    assert path.read_bytes() == before
    changed = before.replace(b"copies = 10", b"copies = 12")
    browser.get("/office/settings")
    old = browser.hidden("/settings", number)
    assert (
        browser.post("/office/settings", number=number, files=[("x", changed)]).status_code == 200
    )
    assert path.read_bytes() == changed
    assert [p.read_bytes() for p in (office.folder / "desk" / "former").iterdir()] == [before]
    # somebody who took away the old one is told
    again = browser.client.post("/office/settings", data=old, files=[("file", ("x", before))])
    assert "已被别人换过" in again.text


def test_ledger_of_the_office(browser: Browser, office: Office, tmp_path: Path) -> None:
    """The office examines several ledgers at once and takes them; a second click changes nothing."""
    browser.get(f"/office/{MONTH}")
    east = ledger_bytes(office, MONTH, EAST, [GOOD])
    browser.post(f"/office/{MONTH}/upload", files=[("甲.xlsx", east), ("乙.xlsx", b"no workbook")])
    assert "乙.xlsx" in browser.last.text
    where = browser.last.url.path
    fields = browser.hidden("/take")
    for _ in range(2):
        browser.client.post(f"{where}/take", data=fields)
    names = sorted(p.name for p in (office.folder / "ledgers" / MONTH).iterdir() if p.is_file())
    assert names == ["乙.xlsx", "甲.xlsx"]
