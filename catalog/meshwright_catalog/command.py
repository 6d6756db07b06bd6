"""`mesh catalog`: serve the catalog of a workspace, and describe its API."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from typer import Context, Option, Typer

app = Typer(help="Serve the catalog.", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def catalog() -> None:
    """Serve the catalog."""


@app.command()
def serve(
    context: Context,
    port: Annotated[int, Option("--port", min=0, max=65535, help="0 chooses a free one.")] = 8400,
    database: Annotated[Path | None, Option("--database", help="A file; default: what mesh.toml names.")] = None,
) -> None:
    """Serve the catalog of this workspace on 127.0.0.1."""
    import uvicorn

    from meshwright_catalog.garbage import collect_seldom
    from meshwright_catalog.server import listen, server_config
    from meshwright_catalog.workspace import workspace_app

    start, env = (context.obj.workspace, context.obj.env) if context.obj else (None, None)
    application, place = workspace_app(start or Path.cwd(), env, database, now)
    config = server_config(application, port)
    listening = listen(config)
    collect_seldom()
    print(f"catalog of {place} at http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    with suppress(KeyboardInterrupt):  # it has answered what was under way: whoever stops it wants no more of it
        uvicorn.Server(config).run(sockets=[listening])


@app.command()
def openapi() -> None:
    """Print the description of the API."""
    print(describe(), end="")


def describe() -> str:
    """Describe the API as JSON that changes only when the API does."""
    from meshwright_catalog.app import make_app

    described: dict[str, Any] = make_app().openapi()
    return json.dumps(described, indent=1, sort_keys=True) + "\n"


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)
