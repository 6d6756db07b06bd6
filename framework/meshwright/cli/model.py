"""`mesh model`."""

from typing import Annotated

from typer import Argument, Context, Option, Typer

from meshwright.cli.context import As, Json, Session
from meshwright.cli.output import emit, line

app = Typer(help="Hold models against their baselines.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def model() -> None:
    """Hold models against their baselines."""


@app.command("report")
def report(
    context: Context,
    product: Annotated[str, Argument(metavar="PRODUCT", help="The product that the model publishes.")],
    seed: Annotated[int, Option("--seed", help="Of the bootstrap that tells a saving from luck.")] = 0,
    principal: As = None,
    as_json: Json = False,
) -> None:
    """Compare a model with its baselines in euros, on the weeks it has not seen."""
    from meshwright.mesh.printing import aside

    session: Session = context.obj
    with aside():
        found = session.open(principal).model_report(product, seed=seed)
    if as_json:
        emit(found.as_json())
        return
    for each in found.lines:
        line(each)
