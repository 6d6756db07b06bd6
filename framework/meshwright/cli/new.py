"""`mesh init`, `mesh new domain` and `mesh new product`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Context, Option, Typer

from meshwright.cli.context import Json, Session
from meshwright.cli.output import emit, line

app = Typer(help="Scaffold a domain or a product, green as generated.", no_args_is_help=True, rich_markup_mode=None)

Owner = Annotated[str | None, Option("--owner", help="The team that answers for it.")]


def init(
    folder: Annotated[Path, Argument(help="Where; made when it is missing.")] = Path(),
    name: Annotated[str | None, Option("--name", help="The mesh's name; default: the folder's.")] = None,
    me: Annotated[str | None, Option("--me", help="Your name in principals.toml; default: your login.")] = None,
    as_json: Json = False,
) -> None:
    """Make a workspace: mesh.toml, the mesh's policies, and you as its first person."""
    from meshwright.scaffold import new_workspace

    _say(new_workspace(folder, name=name, person=me), as_json)


@app.command()
def domain(
    context: Context, name: Annotated[str, Argument(help="Its name.")], owner: Owner = None, as_json: Json = False
) -> None:
    """Scaffold a domain: its distribution, package, policies and tests."""
    from meshwright.scaffold import new_domain

    session: Session = context.obj
    _say(new_domain(session.root(), name, owner=owner), as_json)


@app.command()
def product(
    context: Context,
    name: Annotated[str, Argument(metavar="DOMAIN.PRODUCT", help="Its name; the domain is made when it is missing.")],
    source: Annotated[
        Path | None, Option("--from", help="A CSV, TSV, JSON lines, Parquet, Excel, SQLite file or Delta table.")
    ] = None,
    table: Annotated[str | None, Option("--table", help="The table or sheet in the file.")] = None,
    owner: Owner = None,
    as_json: Json = False,
) -> None:
    """Scaffold a product: contract, transform, policy and tests; with --from inferred from a file."""
    from meshwright.scaffold import new_product

    session: Session = context.obj
    _say(new_product(session.root(), name, source=source, table=table, owner=owner), as_json)


def _say(made: list[str], as_json: bool) -> None:
    if as_json:
        emit(made)
        return
    for each in made:
        line(each)
