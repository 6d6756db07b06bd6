"""`mesh token`."""

from typing import Annotated

from typer import Argument, Context, Option

from meshwright.cli.context import Json, Session
from meshwright.cli.output import emit


def token(
    context: Context,
    principal: Annotated[str, Argument(help="A person or service of principals.toml, or domain.product.")],
    hours: Annotated[float, Option("--hours", min=0.01, max=24.0, help="How long it holds.")] = 1.0,
    as_json: Json = False,
) -> None:
    """Sign a development token with the workspace's own key; the catalog takes nothing else."""
    session: Session = context.obj
    signed = session.open().development_token(principal, hours)
    if as_json:
        emit({"token": signed, "principal": principal, "hours": hours})
    else:
        print(signed)
