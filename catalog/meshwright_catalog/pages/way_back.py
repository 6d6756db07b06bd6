"""Where a person goes on after signing in: to the page they came from, and never away from these pages."""

import re
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from meshwright_catalog.pages.render import address

LONGEST = 2000
"""What the browser keeps of a sign-in has to fit into a cookie."""

# Printable ASCII without the backslash, which browsers read as a slash.
_OURS = re.compile(r"/[!-\[\]-~]*")


def own_path(text: str) -> str:
    """Return a path of these pages with its query as it is, and "/" for everything else.

    What a browser could read as another host is everything else, and so are the pages for signing in themselves.
    """
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    ours = len(text) <= LONGEST and _OURS.fullmatch(text) and "//" not in path and "/." not in path
    return text if ours and not path.startswith(("/login", "/logout")) else "/"


def to_sign_in(request: Request, back: str | None = None) -> Response:
    """Lead somebody to the page that signs in, from which they come back to this page, or to `back`."""
    here = quote(request.url.path, safe="/:@!$&'()*+,;=~") + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(login_address(own_path(here if back is None else back)), 303)


def to_product(product: str) -> Response:
    """Lead somebody to a product's page."""
    return RedirectResponse(f"/products/{quote(product, safe='')}", 303)


def login_address(back: str, step: str = "/login") -> str:
    """Write the address of the page that signs in, or of a step on the way."""
    return address(step, {"next": "" if back == "/" else back})
