"""`mesh lineage`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, BadParameter, Context, Exit, Option, Typer
from typer.core import TyperGroup

from meshwright.cli.context import As, Catalog, Json, Session
from meshwright.cli.output import emit, line, table

if TYPE_CHECKING:
    from meshwright.mesh.verifying import ProductVerified
    from meshwright.registry import AsOf, Direction, Impact, LineageGraph, LineagePath

DEPTH = 10


class _Asked(TyperGroup):
    """Take the name of a product in a command's place as a question about it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = Typer(
    help="Ask where data comes from and goes, and prove the answers; `mesh lineage PRODUCT` is short for show.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=_Asked,
)


@app.command("show")
def lineage(
    context: Context,
    what: Annotated[str, Argument(metavar="PRODUCT[.COLUMN]", help="domain.product or domain.product.column")],
    up: Annotated[bool, Option("--up", help="What it is made from; this is the default.")] = False,
    down: Annotated[bool, Option("--down", help="What is made from it.")] = False,
    impact: Annotated[bool, Option("--impact", help="Which products, columns, models and owners it reaches.")] = False,
    path: Annotated[
        str | None, Option("--path", metavar="PRODUCT[.COLUMN]", help="The shortest way of data between both.")
    ] = None,
    depth: Annotated[int, Option("--depth", min=1, max=50, help="How many hops.")] = DEPTH,
    at: Annotated[
        str | None, Option("--at", metavar="VERSION|TIME", help="As of a table version of the product, or a time.")
    ] = None,
    mermaid: Annotated[bool, Option("--mermaid", help="Print a Mermaid flowchart.")] = False,
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Show what a product or column is made from or reaches, across domains."""
    if sum([up, down, impact, path is not None]) > 1:
        raise BadParameter("give one of --up, --down, --impact and --path")
    if mermaid and (impact or as_json):
        raise BadParameter("--mermaid draws --up, --down and --path, and is no JSON")
    when = _when(at)
    session: Session = context.obj
    mesh = session.reader(catalog, principal)
    if impact:
        _show_impact(mesh.impact(what, depth=depth, when=when), as_json=as_json)
    elif path is not None:
        _show_path(mesh.path(what, path, depth=depth, when=when), as_json=as_json, drawn=mermaid)
    else:
        way: Direction = "down" if down else "up"
        graph = mesh.lineage(what, direction=way, depth=depth, when=when)
        _show_graph(graph, past=at is not None, as_json=as_json, drawn=mermaid)


@app.command("verify")
def verify(
    context: Context,
    products: Annotated[
        list[str] | None, Argument(metavar="PRODUCT", help="domain.product; default: every product here.")
    ] = None,
    sample: Annotated[int, Option("--sample", min=2, max=100_000, help="How many rows of each input.")] = 300,
    as_json: Json = False,
) -> None:
    """Change the inputs of products, one column at a time, and hold what changes against their lineage."""
    session: Session = context.obj
    found: list[ProductVerified] = []
    for each in session.open().verify_lineage(products or None, rows=sample):
        found.append(each)
        if not as_json:
            _show_verified(each)
    if as_json:
        emit([asdict(each) for each in found])
    if any(each.problems for each in found):
        raise Exit(1)


def _show_verified(found: "ProductVerified") -> None:
    counts = f"{found.runs} changes, {found.rows} rows, {found.spurious} of {found.direct} direct edges not seen"
    line(f"{found.product}: " + (counts if found.runs else "nothing seen"))
    for problem in found.problems:
        line(f"  error: {problem}")
    for note in found.notes:
        line(f"  {note}")


def _when(text: str | None) -> "AsOf":
    """Read a version or a time; one without a zone is UTC."""
    from meshwright.registry import AsOf

    if text is None:
        return AsOf()
    try:
        return AsOf.of(text)
    except ValueError:
        raise BadParameter(
            "is neither a version such as 7 nor a time such as 2026-11-20T10:00", param_hint="--at"
        ) from None


def _show_graph(graph: "LineageGraph", *, past: bool, as_json: bool, drawn: bool) -> None:
    from meshwright.mesh.mermaid import mermaid
    from meshwright.mesh.trees import lineage_tree

    if as_json:
        emit(graph.model_dump(mode="json"))
        return
    for each in mermaid(graph) if drawn else lineage_tree(graph, past=past):
        line(each)
    if graph.truncated and not drawn:
        line("  ... more; raise --depth")


def _show_path(path: "LineagePath", *, as_json: bool, drawn: bool) -> None:
    from meshwright.mesh.mermaid import mermaid
    from meshwright.mesh.trees import path_lines

    if as_json:
        emit(path.model_dump(mode="json"))
        return
    for each in mermaid(path) if drawn else path_lines(path):
        line(each)


def _show_impact(impact: "Impact", *, as_json: bool) -> None:
    from meshwright.mesh.trees import RESTRICTED, impact_head, impact_rows

    if as_json:
        emit(impact.model_dump(mode="json"))
        return
    line(impact_head(impact))
    if impact.products:
        table(("product", "owner", "how", "hops", "columns"), impact_rows(impact))
    for owner, products in impact.owners.items():
        line(f"tell {owner}: {', '.join(products)}")
    if impact.restricted:
        line(f"It also reaches {RESTRICTED}; ask data protection.")
    if impact.truncated:
        line("  ... more; raise --depth")
