"""`mesh plan` and `mesh build`."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Context, Exit, Option

from meshwright.cli.context import Json, Session
from meshwright.cli.output import ADVISORY, READ_ROWS, emit, line, note, progress, table
from meshwright.errors import counted

if TYPE_CHECKING:
    from meshwright.mesh.reports import BuildReport, Refusal

Products = Annotated[
    list[str] | None, Argument(metavar="[PRODUCT]...", help="domain.product; default: all, inputs first.")
]

NOTHING = "there are no products here yet; `mesh new product DOMAIN.PRODUCT` makes one"


def plan(context: Context, products: Products = None, as_json: Json = False) -> None:
    """Show what a build would do, and why."""
    session: Session = context.obj
    steps = session.open().plan(products)
    if as_json:
        emit([asdict(step) for step in steps])
        return
    if not steps:
        line(NOTHING)
        return
    table(("product", "action", "reason"), [(s.product, s.action, s.reason) for s in steps])


def build(
    context: Context,
    products: Products = None,
    force: Annotated[bool, Option("--force", help="Build although nothing changed.")] = False,
    only: Annotated[bool, Option("--only", help="Build the named products without what they read.")] = False,
    allow_empty: Annotated[
        bool, Option("--allow-empty", help="Publish no rows where there were some, this once.")
    ] = False,
    adopt: Annotated[bool, Option("--adopt", help="Publish over a version that somebody else wrote.")] = False,
    at: Annotated[
        datetime | None, Option("--at", help="The time this was planned for, told in lineage; UTC. Default: now.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build products in dependency order: read inputs under policy, check every row, commit once."""
    session: Session = context.obj
    outcomes: list[BuildReport | Refusal] = []
    planned = at and at.replace(tzinfo=at.tzinfo or UTC)
    for outcome in session.open().build_all(
        products,
        force=force,
        only=only,
        allow_empty=allow_empty,
        adopt=adopt,
        at=planned,
        started=lambda p: progress(f"building {p} ..."),
    ):
        outcomes.append(outcome)
        if not as_json:
            _print(outcome)
    refused = [o for o in outcomes if o.status in ("failed", "skipped")]
    if as_json:
        emit([asdict(o) for o in outcomes])
    elif not outcomes:
        line(NOTHING)
    elif advisory := sorted({product for o in outcomes for product in getattr(o, "advisory", ())}):
        note(ADVISORY.format(f"the masks of {', '.join(advisory)}"))
    if refused:
        raise Exit(1)


def _print(outcome: "BuildReport | Refusal") -> None:
    from meshwright.mesh.reports import Refusal

    if isinstance(outcome, Refusal):
        where = "" if outcome.where == outcome.product else f"{outcome.where}: "
        line(f"{outcome.product}: {outcome.status}: {where}{outcome.problem}")
        if outcome.hint:
            line(f"  hint: {outcome.hint}")
        return
    if outcome.status == "up to date":
        line(f"{outcome.product}: up to date at version {outcome.version}")
        _print_notes(outcome)
        return
    line(f"{outcome.product}: version {outcome.version} in {outcome.seconds:.1f} s")
    for s in outcome.sources:
        line(f"  read {s.source}: {counted(s.read, 'row')} = {s.accepted:,} accepted + {s.rejected:,} rejected")
    returned = counted(outcome.returned, "row")
    line(f"  returned {returned} = {outcome.published:,} published + {outcome.quarantined:,} quarantined")
    for r in outcome.rules:
        line(f"  {r.severity} {r.check}: {counted(r.rows, 'row')}")
    for k in outcome.keys:
        if k.missing:
            line(f"  input {k.input}: {k.missing:,} of {k.total:,} keys did not arrive ({k.missing / k.total:.1%})")
    _print_notes(outcome)


def _print_notes(outcome: "BuildReport") -> None:
    for product, rows in outcome.limited.items():
        line(f"  of {product} {READ_ROWS[rows]}")
    if outcome.withheld:
        line(f"  its transform prints beside classified values: {counted(outcome.withheld, 'line')} not shown")
    if outcome.classes_taken:
        line(f"  it takes {'; '.join(outcome.classes_taken)}: {_of_classes(outcome)}")
    elif outcome.policies_wait:
        line("  its policies wait for data protection, those before them decide: mesh access pending")
    if outcome.policies_refused:
        line(f"  its policies do not decide, those before them do: {outcome.policies_refused}")
    if outcome.policies_withdrawn:
        line(f"  its policies do not decide: {outcome.policies_withdrawn}")
    for each in outcome.older_majors:
        line(f"  {each}")
    if not outcome.registered:
        line("  the catalog was out of reach; the next command registers it")


def _of_classes(outcome: "BuildReport") -> str:
    """Say what becomes of classes that the contract takes from personal data."""
    if outcome.policies_wait:
        return "that waits for data protection, and the classes stay until then: mesh access pending"
    if outcome.classes_kept:
        return f"that was {'refused' if outcome.policies_refused else 'withdrawn'}, and the classes stay"
    return "nobody was asked, for policies/principals.toml names no data_protection"
