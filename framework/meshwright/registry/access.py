"""What a decision says to whom it is about."""

from typing import Literal

from meshwright.markers import RevealLevel
from meshwright.registry.answer import Answer


class PolicyTold(Answer):
    """A policy that decided, and the reason it states."""

    id: str
    why: str = ""


class MissingTold(Answer):
    """What stands between the caller and a level of a column, or reading at all (`read`).

    `forbidden`: the policies in `by` keep it, whatever is permitted. `purpose`: the caller would see it for `purpose`,
    another one of theirs. `permit`, told to the product's domain and data protection: the policy in `by` permits it to
    `whom`, for `purpose` and at the time in `when`; what is empty would do as it is.
    """

    level: Literal["read", "token", "coarse", "clear"]
    reason: Literal["forbidden", "purpose", "permit"]
    by: tuple[PolicyTold, ...] = ()
    purpose: str = ""
    whom: str = ""
    when: str = ""


class ColumnAccess(Answer):
    """What the caller may see of one column (or nested field, by its path), and what is missing.

    `ask` is the smallest request for the next level up, `ask_clear` the one for clear where that is another.
    """

    path: str
    level: RevealLevel
    granted: tuple[RevealLevel, ...] = ()
    classes: tuple[str, ...] = ()
    by: tuple[PolicyTold, ...] = ()
    ask: str = ""
    ask_clear: str = ""
    missing: tuple[MissingTold, ...] = ()


class RowsTold(Answer):
    """What one policy asks of rows: it shows or hides those that fit `where`, in Cedar."""

    effect: Literal["permit", "forbid"]
    where: str
    by: PolicyTold


class AccessAnswer(Answer):
    """What a decision says to whom it is about: column by column, which policy decided, and what would show more.

    `rows` tells which rows are shown; None: all. `asks` are the columns' requests for the next level up, put together
    to be few; `ask` and `missing` are about reading the product at all.
    """

    product: str
    principal: str
    purpose: str
    read: bool
    columns: tuple[ColumnAccess, ...] = ()
    rows: tuple[RowsTold, ...] | None = None
    by: tuple[PolicyTold, ...] = ()
    ask: str = ""
    asks: tuple[str, ...] = ()
    missing: tuple[MissingTold, ...] = ()
    problem: str = ""
    policies: str = ""
