"""A grant is of a product: how it stands where several major versions are served, each with a contract of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meshwright.access.grants.reach import named_classes, reached
from meshwright.access.grants.standing import Standing, standing
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.grants import Grant
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class Served:
    """A major version that is served: its contract, and the rules that decide about it."""

    spec: Spec
    policies: Policies


def concerned(grant: Grant, majors: Sequence[Served]) -> tuple[Served, ...]:
    """Choose the major versions, newest first, in which a grant reaches something; the newest where none has it."""
    return tuple(each for each in majors if reached(grant, each.spec)) or (majors[0],)


def classes_named(grant: Grant, majors: Iterable[Served]) -> tuple[str, ...]:
    """List the classes of the columns that a grant names, those of every major version."""
    return tuple(sorted({name for each in majors for name in named_classes(grant, each.spec)}))


def standing_in_all(grant: Grant, majors: Sequence[Served], now: datetime, holder: Principal | None = None) -> Standing:
    """Say how a grant stands as a whole: it waits while one of the major versions that it reaches wants a word.

    A read is decided by the contract of the version that is read, and does not wait for what another one wants.
    """
    found = [
        (each.spec.major, standing(grant, each.spec, each.policies, now, holder)) for each in concerned(grant, majors)
    ]
    told = min((each for _, each in found), key=_turn)
    flagged = any(each.flagged for _, each in found)
    missing = {word for _, each in found for word in each.waits_for}
    waits_for = tuple(word for word in ("owner", "data protection") if word in missing)
    alike = len({(each.status, each.why) for _, each in found}) == 1
    why = told.why if alike else "; ".join(f"major {major}: {each.why}" for major, each in found)
    return replace(told, why=why, waits_for=waits_for, flagged=flagged)


def _turn(found: Standing) -> tuple[bool, bool]:
    """Sort what waits for approvals first, then what is in force; a flagged one waits for reviews, and does so open."""
    return found.flagged or not found.waits_for, found.status != "active"
