"""`mesh audit`: who read, was refused and changed what, and whether any of it was tampered with."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from typer import BadParameter, Context, Exit, Option, Typer

from meshwright.cli.context import As, Json, Session
from meshwright.cli.output import emit, line, table
from meshwright.moments import ending

if TYPE_CHECKING:
    from meshwright.audit import AuditRecord

app = Typer(
    help="Check and list the catalog's audit: for data protection alone.", no_args_is_help=True, rich_markup_mode=None
)


_TOLD = (
    *("rows", "status", "tried", "why", "problem", "intent", "by"),
    *("grant", "grantee", "class", "columns", "level", "until"),
    *("takes", "changed", "key_before", "key"),
)
"""Facts that the list puts into words."""


@app.command()
def verify(
    context: Context,
    head: Annotated[str | None, Option("--head", help="A head that `mesh audit head` exported earlier.")] = None,
    principal: As = None,
    as_json: Json = False,
) -> None:
    """Find events that were changed, deleted, moved or cut off since they were written."""
    session: Session = context.obj
    verdict = session.open(principal).audit.verify(head)
    if as_json:
        breaks = [{"event": b.sequence, "problem": b.problem} for b in verdict.breaks]
        lone = [record.sequence for record in verdict.no_outcome]
        emit({"events": verdict.events, "breaks": breaks, "no_outcome": lone})
    else:
        for record in verdict.no_outcome:
            line(f"event {record.sequence}: no outcome: {record.principal} read {record.product} at {record.at}")
        for found in verdict.breaks:
            line(f"event {found.sequence}: {found.problem}")
        held = "the chain is broken" if verdict.breaks else "the chain holds"
        line(f"{verdict.events:,} events; {held}")
        if head is None and not verdict.breaks:
            line("  what was cut off with its head shows only against a head kept elsewhere: --head FILE")
    if verdict.breaks:
        raise Exit(1)


@app.command()
def head(
    context: Context,
    export: Annotated[str | None, Option("--export", help="Write it to a file, to be kept elsewhere.")] = None,
    principal: As = None,
    as_json: Json = False,
) -> None:
    """Show the last event's number and hash, signed with the catalog's key."""
    session: Session = context.obj
    audit = session.open(principal).audit
    found = audit.export(export) if export is not None else audit.head()
    if as_json:
        emit(found.model_dump())
        return
    line(f"event {found.sequence:,} of catalog {found.catalog} at {found.at}: {found.hash}")
    line("  signed by the catalog's key" if found.signature else "  not signed: the catalog has no key")


@app.command("list")
def list_events(
    context: Context,
    product: Annotated[str | None, Option("--product", help="domain.product")] = None,
    by: Annotated[str | None, Option("--principal", help="Who read, asked or decided.")] = None,
    since: Annotated[
        str | None, Option("--since", help="A date or time, ISO 8601; UTC unless it says otherwise.")
    ] = None,
    limit: Annotated[int, Option("--limit", "-n", min=1, help="The newest so many.")] = 100,
    principal: As = None,
    as_json: Json = False,
) -> None:
    """List the newest events: who did what, when, for which purpose."""
    session: Session = context.obj
    audit = session.open(principal).audit
    events = audit.events(product=product, principal=by, since=_time(since), limit=limit)
    if as_json:
        emit([event.model_dump() for event in events])
        return
    if not events:
        line("no such event")
        return
    rows = [(e.sequence, e.at[:19], e.kind, e.principal, e.product, e.facts.get("purpose"), _said(e)) for e in events]
    table(("event", "time (UTC)", "kind", "who", "product", "purpose", "what"), rows)


def _said(event: "AuditRecord") -> str:
    """Put the rest of an event into a few words."""
    facts = dict(event.facts)
    levels = facts.pop("levels", None)
    if isinstance(levels, dict) and levels:
        counts = {level: list(levels.values()).count(level) for level in dict.fromkeys(map(str, levels.values()))}
        return ", ".join(f"{count} {level}" for level, count in counts.items())
    told = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in facts.items()}
    return "; ".join(f"{name} {value}" for name, value in told.items() if name in _TOLD and value not in ("", None))


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        return ending(found if found.tzinfo else found.replace(tzinfo=UTC), found)
    except ValueError:
        raise BadParameter("is no date or time such as 2026-11-20 or 2026-11-20T12:00", param_hint="--since") from None
