"""Signing in and out: at the company's issuer, or by a token that is pasted where nobody can sign in there."""

import logging
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from meshwright.errors import CatalogUnavailable, NotSignedIn, SignInRefused
from meshwright_catalog.callers import MAX_TOKEN, Visitor, verified
from meshwright_catalog.login.begun import LASTS
from meshwright_catalog.login.login import Login
from meshwright_catalog.pages import cookies
from meshwright_catalog.pages.render import address, page
from meshwright_catalog.pages.way_back import login_address, own_path

router = APIRouter(include_in_schema=False)
log = logging.getLogger(__name__)

_NO_TOKEN = "That token does not hold. It may have expired: make a new one."
_OTHER_NAME = "Nobody can sign in: the header Host is not the one of `address` in mesh.toml. A proxy has to hand it on."
_AWAY = "Your company's sign-in does not answer just now. Try again in a moment."


@router.get("/login")
def login_page(request: Request, caller: Visitor) -> Response:
    """Show the way to the issuer, or the form that takes a token."""
    return _page(request, 200, back=request.query_params.get("next", "/"), caller=caller)


@router.post("/login")
def login(
    request: Request,
    token: Annotated[str, Form(max_length=MAX_TOKEN)] = "",
    back: Annotated[str, Form(alias="next", max_length=MAX_TOKEN)] = "/",
) -> Response:
    """Keep a token that holds in a cookie that no script and no other site can use."""
    if _login(request) is not None:
        return _page(request, 403, "Tokens are not pasted here: sign in at the issuer.", back)
    if not _from_here(request):
        return _page(request, 403, _NO_TOKEN, back)
    try:
        verified(request, token.strip())
    except NotSignedIn:
        return _page(request, 401, _NO_TOKEN, back)
    answer = RedirectResponse(own_path(back), 303)
    cookies.keep_token(request, answer, token.strip())
    return answer


@router.get("/login/begin")
def begin(request: Request) -> Response:
    """Send a browser to the issuer."""
    login, back = _login(request), own_path(request.query_params.get("next", "/"))
    if login is None:
        return RedirectResponse(login_address(back), 303)
    if not _at_its_address(request, login):  # the browser would come back to where no cookie of it is
        if "moved" in request.query_params:
            return _page(request, 421, _OTHER_NAME, back)
        return RedirectResponse(f"{login.address}{address('/login/begin', {'next': back, 'moved': 'once'})}", 303)
    try:
        place, kept = login.begin(back)
    except CatalogUnavailable:
        return _page(request, 503, _AWAY, back)
    answer = RedirectResponse(place, 303)
    cookies.keep_begun(request, answer, kept, int(LASTS.total_seconds()))
    return answer


@router.get("/login/callback")
def callback(request: Request) -> Response:
    """Take what a browser brings from the issuer, once; the code is gone from its address before a page is shown."""
    answer = _finished(request)
    cookies.forget_begun(request, answer)
    return answer


@router.get("/login/done")
def done(request: Request) -> Response:
    """Go on to where somebody wanted to go: only a step from our own page brings a cookie that is "strict"."""
    return page("signed_in.html", None, back=own_path(request.query_params.get("next", "/")))


@router.post("/logout")
def logout(request: Request) -> Response:
    """Forget the token."""
    answer = RedirectResponse("/login", 303)
    if _from_here(request):
        cookies.forget_token(request, answer)
    return answer


def _finished(request: Request) -> Response:
    login = _login(request)
    if login is None:
        return RedirectResponse("/login", 303)
    begun = None
    try:
        begun = login.begun(cookies.begun(request))
        found = login.finish(begun, request.query_params.multi_items())
        if not cookies.fits(request, found.token):
            raise SignInRefused("the access token is too long for a cookie", "let the issuer put less into it")
    except SignInRefused as refused:
        # Anybody can come without having begun, and would fill the log.
        log.log(logging.WARNING if begun else logging.INFO, "a sign-in was refused: %s", refused.problem)
        words = f"You are not signed in: {refused.problem}. You can {refused.hint}."
        return _page(request, 401, words, begun.back if begun else "/")
    except CatalogUnavailable as problem:
        log.warning("a sign-in was not finished: %s", problem.problem)
        return _page(request, 503, _AWAY, begun.back if begun else "/")
    answer = RedirectResponse(address("/login/done", {"next": own_path(begun.back)}), 303)
    cookies.keep_token(request, answer, found.token, found.seconds)
    return answer


def _page(request: Request, status: int, problem: str = "", back: str = "/", caller: Visitor = None) -> Response:
    login, back = _login(request), own_path(back)
    begin = login_address(back, "/login/begin")
    issuer = login.issuer if login is not None else ""
    return page("login.html", caller, status, problem=problem, issuer=issuer, begin=begin, back=back)


def _login(request: Request) -> Login | None:
    found: Login | None = request.app.state.login
    return found


def _at_its_address(request: Request, login: Login) -> bool:
    return request.headers.get("host", "").lower() == urlsplit(login.address).netloc.lower()


def _from_here(request: Request) -> bool:
    """Tell whether a form was sent from our own page."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
