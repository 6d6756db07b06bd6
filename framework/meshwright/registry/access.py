"""What a decision says to whom it is about."""

from typing import Literal

from meshwright.markers import RevealLevel
from meshwright.registry.answer import Answer


class PolicyTold(Answer):
    """A policy that decided, and the reason it states."""

    id: str
    why: str = ""


class ColumnAccess(Answer):
    """What the caller may see of one column (or nested field, by its path), and the smallest request for more."""

    path: str
    level: RevealLevel
    granted: tuple[RevealLevel, ...] = ()
    classes: tuple[str, ...] = ()
    by: tuple[PolicyTold, ...] = ()
    ask: str = ""


class RowsTold(Answer):
    """What one policy asks of rows: it shows or hides those that fit `where`, in Cedar."""

    effect: Literal["permit", "forbid"]
    where: str
    by: PolicyTold


class AccessAnswer(Answer):
    """What a decision says to whom it is about: column by column, which policy decided, and what would show more.

    `rows` tells which rows are shown; None: all.
    """

    product: str
    principal: str
    purpose: str
    read: bool
    columns: tuple[ColumnAccess, ...] = ()
    rows: tuple[RowsTold, ...] | None = None
    by: tuple[PolicyTold, ...] = ()
    ask: str = ""
    problem: str = ""
    policies: str = ""
