"""What a browser keeps for the pages: out of reach of scripts and of other sites, and over https bound to this host."""

from typing import Literal

from fastapi import Request
from starlette.responses import Response

from meshwright_catalog.callers import over_https, token_cookie

MOST_BYTES = 4096
"""Browsers drop a cookie without a word whose name and value are longer together."""


def keep_token(request: Request, answer: Response, token: str, seconds: int | None = None) -> None:
    """Let a browser stay signed in by a token: for some seconds, else until it is closed."""
    _set(request, answer, token_cookie(request), token, "strict", seconds)


def forget_token(request: Request, answer: Response) -> None:
    """Sign a browser out."""
    _set(request, answer, token_cookie(request), "", "strict", 0)


def fits(request: Request, token: str) -> bool:
    """Tell whether browsers would keep a token."""
    return len(token_cookie(request)) + len(token) <= MOST_BYTES


def keep_begun(request: Request, answer: Response, kept: str, seconds: int) -> None:
    """Let a browser keep a sign-in that it began, while it is at the issuer: that is another site, so "lax"."""
    _set(request, answer, _begun(request), kept, "lax", seconds)


def begun(request: Request) -> str:
    """Read the sign-in that a browser began; empty without."""
    return request.cookies.get(_begun(request), "")


def forget_begun(request: Request, answer: Response) -> None:
    """A sign-in is finished once, well or badly."""
    _set(request, answer, _begun(request), "", "lax", 0)


def _begun(request: Request) -> str:
    return "__Host-mesh_login" if over_https(request) else "mesh_login"


def _set(  # noqa: PLR0913, PLR0917 - what a cookie is
    request: Request,
    answer: Response,
    name: str,
    value: str,
    same_site: Literal["lax", "strict"],
    seconds: int | None,
) -> None:
    secure = over_https(request)
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite=same_site, path="/", secure=secure)
