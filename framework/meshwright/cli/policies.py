"""`mesh access pending`, `versions`, `approve-policy` and `rollback`: which version of a product's policies decides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Context, Option

from meshwright.cli.context import As, Catalog, Json, Session
from meshwright.cli.output import emit, line, table

if TYPE_CHECKING:
    from meshwright.registry import PolicyGain, PolicyVersion

Product = Annotated[str, Argument(help="domain.product")]
Number = Annotated[int | None, Option("--to", min=1, help="The version's number; default: the one before.")]
Waiting = Annotated[
    int | None, Option("--version", min=1, help="The version that you looked at; default: the only one handed in.")
]


def pending(context: Context, principal: As = None, catalog: Catalog = None, as_json: Json = False) -> None:
    """List the policies that wait because they newly show personal data in the clear.

    Data protection and the owner are told who would gain what by each, and how its text differs.
    """
    session: Session = context.obj
    found = session.reader(catalog, principal).policy_review().pending()
    if as_json:
        emit([each.model_dump(mode="json") for each in found])
        return
    for each in found:
        _print_waiting(each)
    if not found:
        line("nothing waits")


def versions(
    context: Context, product: Product, principal: As = None, catalog: Catalog = None, as_json: Json = False
) -> None:
    """List the versions of a product's policies: who wrote and who approved them, and which one decides."""
    session: Session = context.obj
    _print(session.reader(catalog, principal).policy_review().versions(product), as_json=as_json)


def approve_policy(
    context: Context,
    product: Product,
    number: Waiting = None,
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Approve policies that wait: for data protection, never for the side of their owner.

    `mesh access pending` shows what a version would change, and its number.
    """
    from meshwright.registry import the_one_that_waits

    session: Session = context.obj
    review = session.reader(catalog, principal).policy_review()
    looked_at = number if number is not None else the_one_that_waits(product, review.versions(product))
    _told(review.approve(product, looked_at), as_json=as_json)


def rollback(
    context: Context,
    product: Product,
    number: Number = None,
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Let an earlier version of a product's policies decide again."""
    session: Session = context.obj
    _told(session.reader(catalog, principal).policy_review().roll_back(product, number), as_json=as_json)


def _print_waiting(version: "PolicyVersion") -> None:
    number, change = version.number, version.change
    written = f"{version.author} registered it {version.written_at:%Y-%m-%d %H:%M} UTC"
    line(f"{version.product}: version {number} of its policies ({version.major}.x) waits; {written}")
    if change is None:
        return
    rows = [(_shortened(g.principals), ", ".join(g.purposes), _shortened(_gained(g))) for g in change.gains]
    if rows:
        table(("who gains", "for", "in the clear"), rows)
    else:
        line("  nobody of today gains a column by it")
    line(f"  it waits because of {', '.join(change.opens)}")
    for each in change.difference.splitlines():
        line(f"    {each}")
    if change.may_approve:
        line(f"  approve it with: mesh access approve-policy {version.product} --version {number}")


def _gained(gain: "PolicyGain") -> tuple[str, ...]:
    return (*gain.columns, *(["other rows than now"] if gain.rows else []))


def _shortened(names: "Sequence[str]", most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _print(found: "Sequence[PolicyVersion]", *, as_json: bool) -> None:
    if as_json:
        emit([each.model_dump(mode="json") for each in found])
        return
    rows = [(v.product, v.number, f"{v.major}.x", v.state, v.author, v.approver, v.decides[:12]) for v in found]
    table(("product", "version", "of", "state", "author", "approver", "decides as"), rows)


def _told(found: "PolicyVersion", *, as_json: bool) -> None:
    if as_json:
        emit(found.model_dump(mode="json"))
        return
    waits = "; it newly shows personal data in the clear" if found.state == "waiting" else ""
    line(f"{found.product}: version {found.number} of its policies is {found.state}{waits}")
