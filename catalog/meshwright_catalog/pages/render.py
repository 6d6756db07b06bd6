"""Turn what the services answer into HTML; everything is escaped, and nothing in it may move or hide text."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from meshwright.access import Principal
from meshwright.names import printable


def page(name: str, caller: Principal | None, status: int = 200, /, **values: object) -> HTMLResponse:
    """Render a template for a caller."""
    return HTMLResponse(_TEMPLATES.get_template(name).render(caller=caller, **values), status)


def address(path: str, parameters: Mapping[str, object]) -> str:
    """Write a link with its query; lists become repeated parameters, empty ones none."""
    query = urlencode({name: value for name, value in parameters.items() if value}, doseq=True)
    return f"{path}?{query}" if query else path


def span(value: timedelta) -> str:
    """Say how long: the largest unit that measures it whole."""
    seconds = int(value.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count:,} {unit}{'s' if count > 1 else ''}"
    return f"{seconds:,} seconds"


def moment(value: datetime) -> str:
    """Write a time in UTC, to the minute."""
    return f"{value:%Y-%m-%d %H:%M} UTC"


def _plain(value: object) -> object:
    return printable(value) if type(value) is str else value


def _environment() -> Environment:
    templates = Environment(
        loader=PackageLoader("meshwright_catalog.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(span=span, moment=moment)
    return templates


_TEMPLATES = _environment()
