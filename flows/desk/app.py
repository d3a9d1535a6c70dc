"""The page as an ASGI application: its routes, and what it says when something is wrong."""

import logging
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from flows.desk import office, office_actions, sender, supervision_actions
from flows.desk.guard import Guard
from flows.desk.runs import Maker
from flows.desk.security import SHORTEST
from flows.desk.web import (
    COOKIE,
    PAGES,
    desk_of,
    form_of,
    office_form,
    page,
    see,
    text_of,
)
from flows.desk.working import Desk
from flows.steps.model import UserError, as_user_error

HOSTS = ("127.0.0.1", "localhost", "::1")
_SIGN_IN = "sign in"  # what the password page's form is signed for
_LOG = logging.getLogger("flows.desk")


def desk_app(
    folder: Path,
    maker: Maker | None = None,
    *,
    hosts: Collection[str] | None = HOSTS,
    behind_proxy: bool = False,
) -> ASGIApp:
    """Return the page of a working folder.

    `hosts` are the names by which it may be asked for; behind a proxy the proxy answers for them,
    and cookies go by HTTPS only.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk, app.state.secure = Desk(folder, maker), behind_proxy
    app.add_api_route("/", _start, methods=["GET"])
    app.add_api_route("/login", _sign_in_page, methods=["GET"])
    app.add_api_route("/login", _sign_in, methods=["POST"])
    app.add_api_route("/logout", _sign_out, methods=["POST"])
    app.add_api_route("/desk.css", _style, methods=["GET"])
    app.add_api_route("/desk.js", _script, methods=["GET"])
    for room in (office_actions, supervision_actions, office, sender):
        app.include_router(room.router)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(UserError, _cannot)
    app.add_exception_handler(Exception, _failed)
    return Guard(app, None if behind_proxy else hosts, secure=behind_proxy)


def _start() -> Response:
    return see("/office")


def _style() -> Response:
    return Response((PAGES / "desk.css").read_bytes(), media_type="text/css")


def _script() -> Response:
    return Response((PAGES / "desk.js").read_bytes(), media_type="text/javascript")


def _sign_in_page(request: Request) -> Response:
    return _password_page(request, "", 200)


def _password_page(request: Request, wrong: str, status: int) -> Response:
    """Return the page that asks for the password, or for a first one.

    Its form carries a token that a cookie holds too, so that no other site can post it.
    """
    desk = desk_of(request)
    token = request.cookies.get("desk-form") or secrets.token_urlsafe(16)
    signature = desk.signer.sign(f"{_SIGN_IN} {token}")
    first = not desk.password.is_set
    values = {"wrong": wrong, "first": first, "shortest": SHORTEST, "csrf": signature}
    answer = page(request, "login.html", status, **values)
    _set_cookie(request, answer, "desk-form", token)
    return answer


def _sign_in(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
    desk = desk_of(request)
    token, password = request.cookies.get("desk-form") or "", text_of(form, "password")
    if not desk.signer.signed(f"{_SIGN_IN} {token}", text_of(form, "csrf")):
        return _password_page(request, "页面过期了，请再输入一次", 403)
    address = request.client.host if request.client else ""
    if desk.guesses.blocks(address):
        return _password_page(request, "输错的次数太多，请过几分钟再来", 429)
    if not desk.password.is_set:
        if len(password) < SHORTEST or password != text_of(form, "again"):
            wrong = f"密码至少{SHORTEST}个字符，两次输入要一样"
            return _password_page(request, wrong, 400)
        if not desk.password.set_first(password):
            return _password_page(request, "密码刚刚已由别人设好，请用那个密码", 409)
        desk.log.add("办公室", "设密码")
    elif not desk.password.matches(password):
        desk.guesses.failed(address)
        return _password_page(request, "密码不对", 403)
    answer = see("/office")
    _set_cookie(request, answer, COOKIE, desk.sessions.begin())
    return answer


def _sign_out(request: Request, form: Annotated[FormData, Depends(office_form)]) -> Response:
    desk_of(request).sessions.end(request.cookies.get(COOKIE))
    answer = see("/login")
    answer.delete_cookie(COOKIE)
    return answer


def _set_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    secure = bool(request.app.state.secure)
    answer.set_cookie(name, value, httponly=True, samesite="strict", secure=secure, path="/")


def _refused(request: Request, error: Exception) -> Response:
    """Return the page for what is not found or not allowed; a way elsewhere is given as it is."""
    assert isinstance(error, StarletteHTTPException)
    headers = error.headers or {}
    if "location" in headers:
        return see(headers["location"])
    words = error.detail if isinstance(error, HTTPException) and error.detail else ""
    plain = words if words and not words.isascii() else "没有这个页面"
    return page(request, "wrong.html", error.status_code, words=plain.splitlines())


def _cannot(request: Request, error: Exception) -> Response:
    return page(request, "wrong.html", 409, words=_without_paths(request, str(error)).splitlines())


def _failed(request: Request, error: Exception) -> Response:
    """Return the page for what went wrong inside; what it was goes to the log only."""
    if isinstance(error, OSError) and (known := as_user_error(error)) is not None:
        return _cannot(request, known)
    _LOG.error("request failed", exc_info=error)
    words = ["程序出错，没有办成。请再试一次；仍然不行的，请管理员查看日志。"]
    return page(request, "wrong.html", 500, words=words)


def _without_paths(request: Request, words: str) -> str:
    """Return a message without the place of the working folder on the machine."""
    return words.replace(f"{desk_of(request).folder}/", "")
