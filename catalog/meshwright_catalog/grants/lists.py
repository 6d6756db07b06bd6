"""Lists of grants: all of one kind that the caller may know, newest first, a page at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import ColumnElement, true

from meshwright.access.grants.served import Served
from meshwright.errors import GrantRejected
from meshwright.grants import GrantList, GrantView, Status, Which
from meshwright.registry import Entry
from meshwright_catalog import products
from meshwright_catalog.gate import Visit
from meshwright_catalog.grants import rows
from meshwright_catalog.grants.views import Case
from meshwright_catalog.models import RegistrationRow

MOST = 500
"""The most grants that one answer holds; the next one goes on from there."""
RUNNING: frozenset[Status] = frozenset({"waiting", "active", "suspended", "lapsed", "moved"})
"""How a grant may stand that nobody ended and whose time is not over."""
_CONTRACTS = 200
"""So many contracts are held while a list is made."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which grants to list, and at most how many.

    `before` goes on after the last grant of another answer. `statuses` are how they stand, however without any; with
    `flagged`, broken glass that is not reviewed is among them, however it stands.
    """

    which: Which
    product: str | None = None
    before: str = ""
    statuses: frozenset[Status] = frozenset()
    flagged: bool = False
    most: int = field(default_factory=lambda: MOST)


def listed(visit: Visit, asked: Asked) -> GrantList:
    """List the caller's own grants, those that wait for them, or those of products they answer for, newest first.

    What waits is found however much was asked for since. Raises `GrantRejected` where `before` is no grant that the
    caller may know.
    """
    if asked.before and not _may_know(visit, asked.before):
        hint = "ask with what an answer said as `next`; without it the list begins with the newest"
        raise GrantRejected("list of grants", "`before` names no grant that you may know", hint)
    found: list[GrantView] = []
    for case in cases(visit, _wanted(visit, asked), asked.before):
        if (view := _told(case, asked.which)) is None or not _stands(view, asked):
            continue
        if len(found) == asked.most:
            return GrantList(grants=tuple(found), next=found[-1].grant.id)
        found.append(view)
    return GrantList(grants=tuple(found))


def cases(visit: Visit, wanted: ColumnElement[bool], before: str = "") -> Iterator[Case]:
    """Read grants as the caller sees them; those of products that nobody registered are left out."""

    @lru_cache(maxsize=_CONTRACTS)
    def majors(product: str) -> tuple[Served, ...]:
        return served(visit, products.majors(visit.session, product))

    for grant in rows.newest_first(visit.session, wanted, before):
        if found := majors(grant.product):
            yield Case(visit, grant, found)


def served(visit: Visit, entries: Iterable[Entry]) -> tuple[Served, ...]:
    """Give major versions with the rules that decide about each for the caller."""
    return tuple(Served(each.spec, visit.rules(each)) for each in entries)


def _may_know(visit: Visit, grant: str) -> bool:
    return any(case.sees for case in cases(visit, rows.named(grant)))


def _stands(view: GrantView, asked: Asked) -> bool:
    return not asked.statuses or view.status in asked.statuses or (asked.flagged and view.flagged)


def _wanted(visit: Visit, asked: Asked) -> ColumnElement[bool]:
    product = asked.product
    named = true() if product is None else rows.of_products([product])
    if asked.statuses and asked.statuses <= RUNNING:
        running = rows.running(visit.now)
        named &= (running | rows.unreviewed()) if asked.flagged else running
    match asked.which:
        case "mine":
            return named & rows.of(visit.principal)
        case "owned":
            return named & _answered_for(visit, product)
        case "waiting":
            return named & _answered_for(visit, product) & (rows.open_yet(visit.now) | rows.unreviewed())


def _answered_for(visit: Visit, product: str | None) -> ColumnElement[bool]:
    """Choose the grants of products that the caller may have to decide about: theirs, those of their domain, or all."""
    if visit.protects_data():
        return true()
    caller, principals = visit.principal, visit.gate.policies().principals
    asked_for = [product] if product is not None else rows.products_with_grants(visit.session)
    near = {name for name in asked_for if principals.works_in(caller, name.partition(".")[0])}
    others = [name for name in asked_for if name not in near]
    for row in products.newest(visit.session, among=others):
        if _owner(visit, row) in caller.teams:
            near.add(row.product)
    return rows.of_products(near)


def _owner(visit: Visit, row: RegistrationRow) -> str:
    known = visit.known.outline(row.contract_digest)
    return (known or visit.known.keep_outline(row.contract_digest, products.entry_of(row).spec)).owner


def _told(case: Case, which: Which) -> GrantView | None:
    """Give what the caller is told of a grant in a list; None where it is not for them."""
    if which == "mine":
        return case.view() if case.sees else None
    decides = case.decides is not None
    if which == "owned":
        return case.view() if decides or case.spec.owner in case.visit.principal.teams else None
    view = case.view() if decides else None
    return view if view is not None and ({"approve", "review"} & {*view.may} or _due(view)) else None


def _due(view: GrantView) -> bool:
    return view.status == "lapsed" and "confirm" in view.may
