"""The classes that a contract takes from personal data: a part of the version that it is handed in with."""

import json
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from meshwright.access.kept import taken
from meshwright.registry import ClassesTaken
from meshwright.spec import Spec
from meshwright_catalog.contracts import every_contract, spec_of
from meshwright_catalog.models import ProductRow
from meshwright_catalog.policies.models import PolicyVersionRow

Names = frozenset[tuple[str, str]]
"""Columns, each with a class."""


def taken_by(session: Session, spec: Spec) -> tuple[ClassesTaken, ...]:
    """Tell what a contract takes beside the one that decides, for a new major version beside the newest other."""
    rows = session.scalars(select(ProductRow).where(ProductRow.id == spec.id).order_by(ProductRow.major.desc())).all()
    live = next((row for row in rows if row.major == spec.major), next(iter(rows), None))
    if live is None:
        return ()
    return taken(spec, spec_of(live.registration.contract.body), every_contract(session, spec.id))


def takes_of(row: PolicyVersionRow) -> tuple[ClassesTaken, ...]:
    """Read which classes personal data loses by a version."""
    return tuple(ClassesTaken.model_validate(each) for each in json.loads(row.taken))


def text_of(takes: Iterable[ClassesTaken]) -> str:
    """Write them as a version keeps them."""
    return json.dumps([each.model_dump() for each in takes])


def names(takes: Iterable[ClassesTaken]) -> Names:
    """Give each column with each class that it loses, to compare by."""
    return frozenset((each.column, name) for each in takes for name in each.classes)


def together(rows: Iterable[PolicyVersionRow]) -> tuple[ClassesTaken, ...]:
    """Give all that several versions take."""
    found: dict[str, set[str]] = {}
    for column, name in sorted(names(each for row in rows for each in takes_of(row))):
        found.setdefault(column, set()).add(name)
    return tuple(ClassesTaken(column=column, classes=tuple(sorted(each))) for column, each in found.items())
