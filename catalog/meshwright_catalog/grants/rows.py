"""Keep grants and find them again."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import lru_cache

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from meshwright.access import Principal
from meshwright.access.review import Holdings
from meshwright.grants import Grant, GrantAct
from meshwright.names import governed_by
from meshwright_catalog.grants.models import GrantActRow, GrantRow
from meshwright_catalog.models import UtcDateTime

AT_ONCE = 200
"""So many grants are read at once."""


def held(session: Session, principal: Principal, now: datetime) -> tuple[Grant, ...]:
    """Give the grants that may count for somebody: their own and their teams', but for those whose time is over."""
    holders = [f"{principal.kind}:{principal.name}"]
    if principal.kind == "user":
        holders += [f"team:{team}" for team in principal.teams]
    ids = [*session.connection().execute(_held(), {"holders": holders, "now": now}).scalars()]
    if not ids:  # as mostly: every question asks first, and objects are dear
        return ()
    rows = session.scalars(select(GrantRow).where(GrantRow.id.in_(ids)).order_by(GrantRow.sequence))
    return tuple(map(_grant, rows))


@lru_cache(maxsize=1)
def _held() -> Select[str]:
    mine = GrantRow.grantee.in_(bindparam("holders", expanding=True))
    return select(GrantRow.id).where(mine, GrantRow.until > bindparam("now", type_=UtcDateTime()))


def find(session: Session, name: str) -> Grant | None:
    """Give one grant."""
    row = session.get(GrantRow, name[:24])
    return _grant(row) if row is not None else None


def newest_first(session: Session, wanted: ColumnElement[bool], before: str = "") -> Iterator[Grant]:
    """Read all grants that are wanted, some at a time; `before` is one to go on after. An unknown one ends it."""
    last = session.scalar(select(GrantRow.sequence).where(GrantRow.id == before[:24])) if before else None
    if before and last is None:
        return
    while True:
        older = wanted if last is None else wanted & (GrantRow.sequence < last)
        some = session.scalars(select(GrantRow).where(older).order_by(GrantRow.sequence.desc()).limit(AT_ONCE)).all()
        for row in some:
            yield _grant(row)
        if len(some) < AT_ONCE:
            return
        last = some[-1].sequence


def of(principal: Principal) -> ColumnElement[bool]:
    """Choose what somebody asked for or holds, also through their teams."""
    holders = [f"{principal.kind}:{principal.name}", *(f"team:{team}" for team in principal.teams)]
    person = principal.name if principal.kind == "user" else ""
    return or_(GrantRow.grantee.in_(holders), GrantRow.requester == person)


def requested_by(names: Collection[str]) -> ColumnElement[bool]:
    """Choose what was asked for under one of these names."""
    return GrantRow.requester.in_(names)


def named(grant: str) -> ColumnElement[bool]:
    """Choose one grant by its id."""
    return GrantRow.id == grant[:24]


def of_products(names: Collection[str]) -> ColumnElement[bool]:
    """Choose the grants of products."""
    return GrantRow.product.in_(names)


def undecided_since(then: datetime) -> ColumnElement[bool]:
    """Choose requests that were made since a moment."""
    return ~GrantRow.break_glass & (GrantRow.asked_at > then)


def open_yet(now: datetime) -> ColumnElement[bool]:
    """Choose what may wait for somebody's word: whose time is not over, and that nobody ended."""
    return ~GrantRow.break_glass & running(now)


def running(now: datetime) -> ColumnElement[bool]:
    """Choose what nobody ended and whose time is not over."""
    ended = exists().where(GrantActRow.grant_id == GrantRow.id, GrantActRow.act.in_(("refuse", "revoke")))
    return (GrantRow.until > now) & ~ended


def unreviewed() -> ColumnElement[bool]:
    """Choose broken glass that may wait for a look, however it ended."""
    settled = exists().where(GrantActRow.grant_id == GrantRow.id, GrantActRow.settles)
    return GrantRow.break_glass & ~settled


def every(session: Session, product: str, asked_by: datetime) -> tuple[Grant, ...]:
    """Give all grants of one product that were asked for by a time, also those that ended."""
    wanted = select(GrantRow).where(GrantRow.product == governed_by(product), GrantRow.asked_at <= asked_by)
    return tuple(map(_grant, session.scalars(wanted.order_by(GrantRow.sequence))))


def holdings(session: Session, product: str, now: datetime) -> Holdings:
    """Give the grants of one product that may still count, all of them: read for the holders that are asked for."""
    counting = (GrantRow.product == product) & (GrantRow.until > now)
    holders = frozenset(session.scalars(select(GrantRow.grantee).where(counting).distinct()))

    def read(some: Collection[str]) -> tuple[Grant, ...]:
        if not some:
            return ()
        wanted = select(GrantRow).where(counting, GrantRow.grantee.in_(some)).order_by(GrantRow.sequence)
        return tuple(map(_grant, session.scalars(wanted)))

    return Holdings(holders, read)


def clear_ones(session: Session, product: str, now: datetime) -> tuple[Grant, ...]:
    """Give the grants of one product by which somebody may see it in the clear: approved, or broken glass."""
    approved = exists().where(GrantActRow.grant_id == GrantRow.id, GrantActRow.act == "approve")
    counting = (GrantRow.product == governed_by(product)) & (GrantRow.level == "clear") & running(now)
    wanted = select(GrantRow).where(counting, or_(GrantRow.break_glass, approved)).order_by(GrantRow.sequence)
    return tuple(map(_grant, session.scalars(wanted)))


def products_with_grants(session: Session) -> tuple[str, ...]:
    """Name the products that anybody ever asked for."""
    return tuple(session.scalars(select(GrantRow.product).distinct().order_by(GrantRow.product)))


def next_id(session: Session) -> str:
    """Name the next grant: g1, g2 and so on. Whoever asks holds the ledger, so that no other does at once."""
    number = session.scalar(select(func.max(cast(func.substr(GrantRow.id, 2), BigInteger))))
    return f"g{(number or 0) + 1}"


def add(session: Session, grant: Grant, sequence: int) -> None:
    """Keep a request."""
    facts = grant.model_dump(exclude={"acts", "teams", "columns"})
    lists = {"teams": json.dumps(grant.teams), "columns": json.dumps(grant.columns)}
    session.add(GrantRow(**facts, **lists, sequence=sequence))
    session.flush()


def add_act(session: Session, grant: str, act: GrantAct) -> None:
    """Keep what was said to a grant."""
    classes = None if act.classes is None else json.dumps(act.classes)
    session.add(GrantActRow(grant_id=grant, **act.model_dump(exclude={"classes"}), classes=classes))
    session.flush()


def _grant(row: GrantRow) -> Grant:
    return Grant.model_validate(
        {
            "id": row.id,
            "product": row.product,
            "requester": row.requester,
            "grantee": row.grantee,
            "teams": json.loads(row.teams),
            "columns": json.loads(row.columns),
            "cls": row.cls,
            "level": row.level,
            "purpose": row.purpose,
            "asked_at": row.asked_at,
            "until": row.until,
            "reason": row.reason,
            "break_glass": row.break_glass,
            "acts": [
                {
                    "act": act.act,
                    "by": act.by,
                    "role": act.role,
                    "at": act.at,
                    "note": act.note,
                    "classes": None if act.classes is None else json.loads(act.classes),
                    "protected": act.protected,
                    "settles": act.settles,
                }
                for act in row.acts
            ],
        }
    )
