"""`mesh read`."""

from typing import TYPE_CHECKING, Annotated, cast

from typer import Argument, Context, Option

from meshwright.cli.context import As, Catalog, Json, Major, Purpose, Session
from meshwright.cli.output import ADVISORY, ROWS_SHOWN, emit, line, note, table
from meshwright.errors import counted

if TYPE_CHECKING:
    from meshwright.markers import RevealLevel


FEW = 10
"""How many rows are shown to somebody who does not say."""


def read(
    context: Context,
    product: Annotated[str, Argument(help="domain.product")],
    columns: Annotated[
        list[str] | None, Option("--column", "-c", help="A column; repeat for more. Default: all you may see.")
    ] = None,
    level: Annotated[
        list[str] | None,
        Option("--level", help="COLUMN=LEVEL: another level that you are granted, or hidden. Default: the strongest."),
    ] = None,
    where: Annotated[
        list[str] | None, Option("--where", help="COLUMN=VALUE, on what you see; repeat to narrow.")
    ] = None,
    sort: Annotated[list[str] | None, Option("--sort", help="COLUMN, or -COLUMN for largest first.")] = None,
    limit: Annotated[
        int | None, Option("--limit", "-n", min=0, help="At most this many rows; default: 10, with --out all.")
    ] = None,
    version: Annotated[int | None, Option("--version", min=0, help="An earlier version of the table.")] = None,
    major: Major = None,
    out: Annotated[
        str | None, Option("--out", "-o", help="Write to this .parquet, .csv or .arrow file instead.")
    ] = None,
    principal: As = None,
    purpose: Purpose = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Read a product as its policy lets you: clear, coarse, as tokens, or without a column."""
    session: Session = context.obj
    shown = limit if out is not None or limit is not None else FEW
    answer = session.reader(catalog, principal, purpose).view(
        product,
        columns=columns,
        levels=levels(level),
        where=pairs(where, "--where"),
        order_by=sort or (),
        version=version,
        major=major,
        limit=shown if limit is not None or shown is None else shown + 1,
    )
    if answer.advisory and not as_json:
        note(ADVISORY.format("its masks"))
    if out is not None:
        line(f"{counted(answer.write(out), 'row')} written to {out}")
        if answer.rows != "all":
            note(ROWS_SHOWN[answer.rows])
        return
    found = answer.frame.collect()
    rows = found if shown is None else found.head(shown)
    more = found.height > rows.height
    if as_json:
        from meshwright.celltext import without_binary

        told = {"enforced": answer.enforced, "levels": dict(answer.levels), "hidden": list(answer.hidden), "more": more}
        seen = {"rows_shown": answer.rows, "rows": without_binary(rows).to_dicts()}
        emit({"product": product, **told, **seen})
        return
    header = [f"{name} ({answer.levels[name]})" if answer.levels[name] != "clear" else name for name in rows.columns]
    table(header, rows.iter_rows(), widest=24)
    if more:
        line(f"  ... and more rows than these {FEW}: -n NUMBER shows so many, --out FILE.parquet writes all")
    if answer.hidden:
        line(f"  hidden from you: {', '.join(answer.hidden)}")
    if answer.rows != "all":
        line(f"  {ROWS_SHOWN[answer.rows]}")
    if answer.hidden or answer.rows != "all":
        of_it = product if major is None else f"{product} --major {major}"
        line(f"  why, and what would do: mesh access explain {of_it}")


def levels(given: list[str] | None) -> "dict[str, RevealLevel]":
    """Read each COLUMN=LEVEL."""
    from typing import get_args

    from typer import BadParameter

    from meshwright.markers import RevealLevel as Level

    found = pairs(given, "--level")
    for name, asked in found.items():
        if asked not in get_args(Level):
            raise BadParameter(f"{asked!r} of {name} is none of {', '.join(get_args(Level))}", param_hint="--level")
    return cast("dict[str, RevealLevel]", found)


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Split each NAME=VALUE."""
    from typer import BadParameter

    found: dict[str, str] = {}
    for each in given or []:
        name, equals, value = each.partition("=")
        if not equals:
            raise BadParameter("write NAME=VALUE", param_hint=option)
        found[name] = value
    return found
