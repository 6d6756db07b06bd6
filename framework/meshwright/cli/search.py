"""`mesh search` and `mesh show`."""

from typing import Annotated, Any

from typer import Argument, Context, Option

from meshwright.cli.context import As, Catalog, Json, Purpose, Session
from meshwright.cli.output import emit, line, table


def search(
    context: Context,
    words: Annotated[list[str] | None, Argument(help="What you look for; nothing lists everything.")] = None,
    domain: Annotated[str | None, Option("--domain")] = None,
    owner: Annotated[str | None, Option("--owner")] = None,
    tag: Annotated[str | None, Option("--tag")] = None,
    cls: Annotated[str | None, Option("--class", help="Only products with a column of this class.")] = None,
    limit: Annotated[int, Option("--limit", "-n", min=1, max=100)] = 10,
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Find products by name, column, description, owner or tag."""
    session: Session = context.obj
    page = session.reader(catalog, principal).search(
        " ".join(words or []), domain=domain, owner=owner, tag=tag, cls=cls, limit=limit
    )
    if as_json:
        emit(page.model_dump(mode="json"))
        return
    if not page.hits:
        line("nothing found that you may discover; `mesh search` alone lists everything")
        return
    table(("product", "owner", "what it is"), [(h.id, h.owner, _first_line(h.description)) for h in page.hits])
    for facet, counts in page.facets.items():
        if counts:
            line(f"  {facet}: {', '.join(f'{value} ({count})' for value, count in counts.items())}")


def show(
    context: Context,
    product: Annotated[str, Argument(help="domain.product")],
    principal: As = None,
    purpose: Purpose = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Show one product: what it promises, who answers for it, and what you may see."""
    session: Session = context.obj
    page = session.reader(catalog, principal, purpose).show(product)
    if as_json:
        emit(page.as_json())
        return
    spec = page.spec
    line(f"{spec.id} {spec.version}, owner {spec.owner or '(nobody)'}")
    line(f"  {_first_line(spec.description)}")
    for name, value in page.facts:
        line(f"  {name}: {value}")
    table(("column", "type", "unit", "class", "you see", "what it is"), [_column(c, page.levels) for c in spec.columns])
    for rule in spec.rules:
        line(f"  rule {rule.name}: {_first_line(rule.description) or rule.expression}")


def _column(column: Any, levels: Any) -> tuple[object, ...]:
    name = f"{column.name} (key)" if column.key else column.name
    kind = f"{column.type.kind}{' or null' if column.nullable else ''}"
    classes = ", ".join(column.classes)
    return name, kind, column.unit, classes, levels.get(column.name, "hidden"), _first_line(column.description)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
