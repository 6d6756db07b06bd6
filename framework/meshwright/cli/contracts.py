"""`mesh contracts`: the reviewed files that code and catalog agree on."""

from typing import Annotated

from typer import Argument, Context, Exit, Typer

from meshwright.cli.context import Json, Session
from meshwright.cli.output import emit, line
from meshwright.errors import counted

app = Typer(help="Write and compare the contract files.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def write(context: Context, as_json: Json = False) -> None:
    """Write contracts/<domain>/<product>/v<major>.odcs.yaml for every product, and tell the catalog its lineage."""
    session: Session = context.obj
    mesh = session.open()
    written, told = mesh.write_contracts(), mesh.tell_designs()
    if as_json:
        emit(written)
        return
    for path in written:
        line(f"wrote {path}")
    if told:
        line(f"told the catalog what {counted(len(told), 'product')} {'is' if len(told) == 1 else 'are'} made from")


@app.command()
def diff(
    context: Context,
    base: Annotated[str, Argument(metavar="REF", help="The git revision to compare with.")],
    as_json: Json = False,
) -> None:
    """List what changed in the contracts since a revision, and whether it breaks consumers."""
    session: Session = context.obj
    changes = session.open().contract_changes(base)
    if as_json:
        emit(changes)
    for change in [] if as_json else changes:
        where = " ".join(part for part in (change["product"], change["path"]) if part)
        line(f"{change['kind']}: {where}: {change['text']}")
    if any(change["kind"] == "breaking" for change in changes):
        raise Exit(1)
