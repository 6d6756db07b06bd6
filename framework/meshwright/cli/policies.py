"""`mesh access pending`, `versions`, `approve-policy`, `refuse-policy` and `rollback`: which policies decide."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Context, Option

from meshwright.cli.context import As, Catalog, Json, Session
from meshwright.cli.output import emit, line, table

if TYPE_CHECKING:
    from meshwright.ports import PolicyReview
    from meshwright.registry import PolicyGain, PolicyVersion

Product = Annotated[str, Argument(help="domain.product")]
Number = Annotated[int | None, Option("--to", min=1, help="The version's number; default: the one before.")]
Reason = Annotated[str, Option("--reason", help="Why, in a sentence; the product's domain is told.")]
Waiting = Annotated[
    int | None, Option("--version", min=1, help="The version that you looked at; default: the only one handed in.")
]

_AT = {"clear": "in the clear", "coarse": "as coarse", "token": "as token", "hidden": "hidden"}


def pending(context: Context, principal: As = None, catalog: Catalog = None, as_json: Json = False) -> None:
    """List the policies that wait because they, or classes that the contract takes, newly show personal data.

    Data protection and the owner are told who would gain what by each, and how its text differs. The product's domain
    is told what was refused and why, until it hands in another text.
    """
    session: Session = context.obj
    found = session.reader(catalog, principal).policy_review().pending()
    if as_json:
        emit([each.model_dump(mode="json") for each in found])
        return
    for each in found:
        _print_refused(each) if each.refusal else _print_waiting(each)
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
    session: Session = context.obj
    review = session.reader(catalog, principal).policy_review()
    _told(review.approve(product, _looked_at(review, product, number)), as_json=as_json)


def refuse_policy(
    context: Context,
    product: Product,
    reason: Reason,
    number: Waiting = None,
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Refuse policies that wait, for good, and say why; for whoever could approve them.

    The version before goes on to decide, and the same text does not wait again.
    """
    session: Session = context.obj
    review = session.reader(catalog, principal).policy_review()
    _told(review.refuse(product, _looked_at(review, product, number), reason), as_json=as_json)


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


def _looked_at(review: "PolicyReview", product: str, number: int | None) -> int:
    from meshwright.registry import the_one_that_waits

    return number if number is not None else the_one_that_waits(product, review.versions(product))


def _print_refused(version: "PolicyVersion") -> None:
    line(f"{version.product}: version {version.number} of its policies ({version.major}.x) was {version.refusal}")
    line("  what decided before goes on to decide; change the policies and build to hand in another")


def _print_waiting(version: "PolicyVersion") -> None:
    number, change = version.number, version.change
    written = f"{version.author} registered it {version.written_at:%Y-%m-%d %H:%M} UTC"
    line(f"{version.product}: version {number} of its policies ({version.major}.x) waits; {written}")
    for taken in version.takes:
        line(f"  its contract takes {taken}")
    if change is None:
        return
    if change.refused_before:
        line(f"  version {change.refused_before.number} before it was {change.refused_before}")
    rows = [(_shortened(g.who), ", ".join(g.purposes), "; ".join(_gained(g))) for g in change.gains]
    if rows:
        table(("who gains", "for", "what"), rows)
    else:
        line("  nobody who is known today gains a column or rows by it, nor does a team")
    if change.narrowed:
        line("  the newest major version's policies do not permit all of it, and take that back from this one at once")
    if change.opens:
        line(f"  it waits because of {', '.join(change.opens)}")
    for each in change.difference.splitlines():
        line(f"    {each}")
    if change.may_approve:
        line(f"  approve it with: mesh access approve-policy {version.product} --version {number}")
        line(f"  refuse it with: mesh access refuse-policy {version.product} --version {number} --reason WHY")


def _gained(gain: "PolicyGain") -> "Iterator[str]":
    if gain.columns:
        yield f"{_shortened(gain.columns)} in the clear"
    if gain.rows:
        at = ", ".join(f"{_shortened(each.columns)} {_AT[each.level]}" for each in gain.rows_at)
        yield f"other rows than now, with {at or 'nothing classified'}"


def _shortened(names: "Sequence[str]", most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _print(found: "Sequence[PolicyVersion]", *, as_json: bool) -> None:
    if as_json:
        emit([each.model_dump(mode="json") for each in found])
        return
    rows = [(v.product, v.number, f"{v.major}.x", v.state, v.author, v.approver, v.decides[:12]) for v in found]
    table(("product", "version", "of", "state", "author", "approver", "decides as"), rows)
    for each in found:
        for taken in each.takes:
            line(f"version {each.number} takes {taken}")
        if each.refusal:
            line(f"version {each.number} was {each.refusal}")


def _told(found: "PolicyVersion", *, as_json: bool) -> None:
    if as_json:
        emit(found.model_dump(mode="json"))
        return
    waits = "; it newly shows personal data in the clear" if found.state == "waiting" else ""
    line(f"{found.product}: version {found.number} of its policies is {found.state}{waits}")
    for each in found.older:
        line(f"  {each}")
