"""`mesh access request` and its answers: ask for access, approve, refuse, revoke, confirm."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from typer import Argument, BadParameter, Context, Option, Typer

from meshwright.cli.context import As, Catalog, Json, Purpose, Session
from meshwright.cli.output import emit, line, table

if TYPE_CHECKING:
    from meshwright.grants import GrantView
    from meshwright.mesh.reader import Reader

Product = Annotated[str, Argument(help="domain.product")]
Id = Annotated[str, Argument(metavar="ID", help="The grant's id, as the lists print it.")]
Note = Annotated[str, Option("--note", help="What goes with it.")]
Reason = Annotated[str, Option("--reason", help="Why, in a sentence; kept with the grant.")]
Cls = Annotated[str, Option("--class", help="A class: every column of it.")]
Names = Annotated[list[str] | None, Option("--columns", "-c", help="Columns by name; repeat, or separate by commas.")]

Stands = Annotated[
    Literal["waiting", "active", "suspended", "refused", "revoked", "expired", "lapsed", "moved"] | None,
    Option("--status", help="Only those that stand so now: `active` is in force."),
]

_SPAN = re.compile(r"([1-9]\d{0,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def until_when(text: str) -> datetime | date | timedelta:
    """Read how long, or until when: `12h`, `30d`, `4w`, a date or a time with its zone."""
    if span := _SPAN.fullmatch(text):
        return timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadParameter("write 30d, 12h, a date such as 2027-03-31, or a time such as 2027-03-31T12:00Z") from None
    if len(text) <= len("2027-03-31"):
        return found.date()
    if found.tzinfo is None:
        raise BadParameter("the time needs a zone, such as Z")
    return found


def request(
    context: Context,
    product: Product,
    level: Annotated[
        Literal["read", "token", "coarse", "clear"],
        Option("--level", help="How much; `read` is what is unclassified."),
    ],
    purpose: Annotated[str, Option("--purpose", help="What for: a purpose of the mesh.")],
    until: Annotated[str, Option("--until", metavar="WHEN", help="12h, 30d, 4w, a date (to its end, UTC) or a time.")],
    reason: Reason,
    columns: Names = None,
    cls: Cls = "",
    grantee: Annotated[str, Option("--for", help="team:NAME or service:domain.product; default: you.")] = "",
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Ask the owner for access, until a time."""
    session: Session = context.obj
    asked = session.reader(catalog, principal).access.request(
        product,
        level=level,
        purpose=purpose,
        until=until_when(until),
        reason=reason,
        columns=_names(columns),
        cls=cls,
        grantee=grantee,
    )
    _say(asked, as_json=as_json)


def break_glass(
    context: Context,
    product: Product,
    reason: Reason,
    columns: Names = None,
    cls: Cls = "",
    principal: As = None,
    catalog: Catalog = None,
    purpose: Purpose = None,
    as_json: Json = False,
) -> None:
    """Open columns, or a class, for one hour without asking; the owner and data protection see it and review it."""
    session: Session = context.obj
    mesh = session.reader(catalog, principal, purpose)
    opened = mesh.access.break_glass(product, purpose=mesh.purpose, reason=reason, columns=_names(columns), cls=cls)
    _say(opened, as_json=as_json)
    if not as_json:
        line("  it is in the audit under your name, and the owner and data protection review it with your reason")


def approve(
    context: Context, grant: Id, note: Note = "", principal: As = None, catalog: Catalog = None, as_json: Json = False
) -> None:
    """Approve a request, as owner or as data protection."""
    session: Session = context.obj
    _say(session.reader(catalog, principal).access.approve(grant, note=note), as_json=as_json)


def refuse(
    context: Context, grant: Id, reason: Reason, principal: As = None, catalog: Catalog = None, as_json: Json = False
) -> None:
    """Refuse a request, and say why."""
    session: Session = context.obj
    _say(session.reader(catalog, principal).access.refuse(grant, reason=reason), as_json=as_json)


def revoke(
    context: Context, grant: Id, note: Note = "", principal: As = None, catalog: Catalog = None, as_json: Json = False
) -> None:
    """End a grant, or withdraw a request; it counts at the next decision."""
    session: Session = context.obj
    _say(session.reader(catalog, principal).access.revoke(grant, note=note), as_json=as_json)


def recertify(
    context: Context, grant: Id, note: Note = "", principal: As = None, catalog: Catalog = None, as_json: Json = False
) -> None:
    """Confirm as owner that a grant is still needed; without that it lapses."""
    session: Session = context.obj
    _say(session.reader(catalog, principal).access.recertify(grant, note=note), as_json=as_json)


def review(
    context: Context, grant: Id, note: Note = "", principal: As = None, catalog: Catalog = None, as_json: Json = False
) -> None:
    """Say that a broken glass was looked at, as owner or as data protection."""
    session: Session = context.obj
    _say(session.reader(catalog, principal).access.review(grant, note=note), as_json=as_json)


def requests(
    context: Context, status: Stands = None, principal: As = None, catalog: Catalog = None, as_json: Json = False
) -> None:
    """List what waits for you: requests to decide, broken glass to review, grants that lapsed."""
    session: Session = context.obj
    reader = session.reader(catalog, principal)
    found = reader.access.requests(status=status)
    policies = 0 if as_json or status else _policies_to_approve(reader)
    if found or not policies:
        _list(found, "nothing waits for you", as_json=as_json)
    if policies:
        line(f"policies that wait for your approval: {policies} (mesh access pending)")


def grants(
    context: Context,
    product: Annotated[str | None, Option("--product", help="Those of a product that you answer for.")] = None,
    owned: Annotated[bool, Option("--owned", help="Those of every product that you answer for.")] = False,
    mine: Annotated[bool, Option("--mine", help="Your own, which is the default.")] = False,
    status: Stands = None,
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """List your requests and grants, or those of products that you answer for."""
    if mine and (owned or product):
        raise BadParameter("choose --mine, or --owned and --product")
    session: Session = context.obj
    found = session.reader(catalog, principal).access.grants(product, owned=owned or product is not None, status=status)
    _list(found, "none", as_json=as_json)


def orphans(context: Context, principal: As = None, catalog: Catalog = None, as_json: Json = False) -> None:
    """List products without an owner and what waits for a word that nobody can give, for data protection."""
    session: Session = context.obj
    found = session.reader(catalog, principal).access.orphans()
    if as_json:
        emit([each.model_dump(mode="json") for each in found])
        return
    for each in found:
        line(f"{each.product}{f' ({each.grant})' if each.grant else ''}: {each.problem}")
    if not found:
        line("somebody answers for everything")


def add_to(app: Typer) -> None:
    """Add the commands to `mesh access`."""
    for name, command in (
        ("request", request),
        ("requests", requests),
        ("approve", approve),
        ("refuse", refuse),
        ("revoke", revoke),
        ("grants", grants),
        ("recertify", recertify),
        ("break-glass", break_glass),
        ("review", review),
        ("orphans", orphans),
    ):
        app.command(name)(command)


def _policies_to_approve(reader: "Reader") -> int:
    changes = (version.change for version in reader.policy_review().pending())
    return sum(change is not None and change.may_approve for change in changes)


def _names(columns: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for each in columns or () for name in each.split(",") if name.strip())


def _say(view: "GrantView", *, as_json: bool) -> None:
    if as_json:
        emit(view.model_dump(mode="json"))
        return
    grant = view.grant
    ends = f", until {view.ends_at:%Y-%m-%d %H:%M} UTC" if view.status == "active" else ""
    line(f"{grant.id} {view.status}: {grant.what} of {grant.product} for {grant.purpose}; {view.why}{ends}")
    if view.flagged:
        line(f"  to be reviewed by {' and '.join(view.waits_for)}")
    elif grant.break_glass:
        reviewers = dict.fromkeys(act.by for act in grant.acts if act.act == "review")
        line(f"  reviewed by {' and '.join(reviewers)}: nothing is missing any more")


def _list(views: Sequence["GrantView"], nothing: str, *, as_json: bool) -> None:
    if as_json:
        emit([view.model_dump(mode="json") for view in views])
        return
    if not views:
        line(nothing)
        return
    rows = [
        (
            view.grant.id,
            _who(view),
            view.grant.product,
            view.grant.what + (" (broken glass)" if view.grant.break_glass else ""),
            view.grant.purpose,
            view.grant.reason,
            f"{view.grant.until if view.status == 'waiting' else view.ends_at:%Y-%m-%d %H:%M}",
            _standing(view),
        )
        for view in views
    ]
    table(("id", "who", "product", "what", "for", "why", "until (UTC)", "stands"), rows)


def _who(view: "GrantView") -> str:
    """Name who gets it, and who asked where that is somebody else."""
    holder = view.grant.grantee.partition(":")[2]
    return holder if holder == view.grant.requester else f"{holder} (asked by {view.grant.requester})"


def _standing(view: "GrantView") -> str:
    """Say how a grant stands, for whom it waits, and of a request until when it may be answered."""
    whom = " and ".join(view.waits_for)
    awaited = f" for {whom}" if whom and not view.flagged else ""
    answer = f", to be answered by {view.ends_at:%Y-%m-%d}" if view.status == "waiting" else ""
    review = f", to be reviewed by {whom}" if view.flagged else ""
    return f"{view.status}{awaited}{answer}{review}"
