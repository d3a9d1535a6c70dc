"""What the routes have in common: pages, forms that were posted, files that are handed out."""

import io
import secrets
import zipfile
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from jinja2 import Environment
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from flows.desk.batches import Batch
from flows.desk.security import Session
from flows.desk.working import Desk
from flows.steps.months import Month
from flows.steps.overview.pages import page_environment
from flows.steps.wording.phrases import lines_in_words
from schemas.columns import KIND_NAMES, VERDICT_NAMES
from schemas.rules import SEVERITIES

PAGES = Path(__file__).parent / "pages"
COOKIE = "desk"
NO_BATCH = "没有这批文件"
STALE = "页面过期了，请返回刷新后再试"
MOST_FILES, MOST_FIELDS = 500, 50  # of one form
_LOCAL_MINUTES = "%Y-%m-%d %H:%M"


def desk_of(request: Request) -> Desk:
    """Return the desk that a request is to."""
    desk: Desk = request.app.state.desk
    return desk


def signed_in(request: Request) -> Session:
    """Return the office's session; anyone without one is sent to the password page."""
    session = desk_of(request).sessions.of(request.cookies.get(COOKIE))
    if session is None:
        raise HTTPException(303, headers={"location": "/login"})
    return session


async def form_of(request: Request) -> AsyncIterator[FormData]:
    """Give a form that was posted; its files wait in temporary files until the answer is given."""
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
        yield form


async def office_form(
    session: Annotated[Session, Depends(signed_in)], form: Annotated[FormData, Depends(form_of)]
) -> FormData:
    """Return a form that the office posted, with its token against forged forms.

    Without a session the body is not read at all.
    """
    if not secrets.compare_digest(text_of(form, "csrf").encode(), session.csrf.encode()):
        raise HTTPException(403, STALE)
    return form


def text_of(form: FormData, name: str) -> str:
    """Return a field of a form, empty if it is not there or a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def files_of(form: FormData, name: str) -> list[UploadFile]:
    """Return the files that were chosen for a field."""
    chosen = (value for value in form.getlist(name) if isinstance(value, UploadFile))
    return [file for file in chosen if file.filename]


def batch_of(request: Request, month: Month, identity: str) -> Batch:
    """Return a month's batch; nothing is found under any other id."""
    found = desk_of(request).batches.of(month, identity)
    if found is None:
        raise HTTPException(404, NO_BATCH)
    return found


def month_of(text: str) -> Month:
    """Return the month of an address; nothing is found under any other text."""
    try:
        return Month.parse(text)
    except ValueError:
        raise HTTPException(404, "没有这个页面") from None


def page(request: Request, template: str, status: int = 200, /, **values: object) -> Response:
    """Return a page; each has a new one-time token for its forms."""
    desk = desk_of(request)
    session = desk.sessions.of(request.cookies.get(COOKIE))
    common = {
        "csrf": session.csrf if session else "",
        "once": secrets.token_urlsafe(16),
        "months": desk.months() if session else [],
        "month": None,
    }
    text = environment().get_template(template).render({**common, **values})
    return HTMLResponse(text, status)


def see(place: str) -> Response:
    """Return the answer to a form that was carried out: the page to look at next."""
    return RedirectResponse(place, 303)


def attachment(name: str, content: bytes) -> Response:
    """Return a file to take away, never to be shown in the page's place."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"content-disposition": disposition}
    return Response(content, media_type="application/octet-stream", headers=headers)


def zipped(name: str, files: Iterable[tuple[str, Path]]) -> Response:
    """Return files as one zip to take away."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, path in files:
            archive.write(path, inside)
    return attachment(name, target.getvalue())


def files_below(folder: Path) -> Mapping[str, Path]:
    """Return the files below a folder by their path inside it: the only ones handed out."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return {path.relative_to(folder).as_posix(): path for path in paths}


def chosen_file(files: Mapping[str, Path], name: str) -> Response:
    """Return one of some files to take away; a name that is none of theirs is not found."""
    if name not in files:
        raise HTTPException(404, "没有这个文件")
    return attachment(files[name].name, files[name].read_bytes())


@cache
def environment() -> Environment:
    """Return the templates of the pages, which escape everything."""
    made = page_environment(PAGES)
    made.filters |= {
        "verdict": lambda key: VERDICT_NAMES.get(key, key),
        "kind": lambda key: KIND_NAMES.get(key, "未识别"),
        "severity": lambda key: SEVERITIES.get(key, key),
        "lines": lines_in_words,
        "clock": lambda text: text[:16].replace("T", " "),
        "moment": lambda when: when.strftime(_LOCAL_MINUTES),
        "part": lambda text: quote(text, safe=""),
    }
    return made
