"""Versions of a product's policies."""

from datetime import datetime

from meshwright.registry.answer import Answer


class PolicyVersion(Answer):
    """One version of a product's policies: who wrote it, who approved it, and whether it decides.

    `state` is `in force`, `waiting` for data protection, `replaced`, `withdrawn` by a rollback or `dropped` by its
    author. `decides` is the hash that an answer to a person names which it decides under the mesh's rules of today.
    """

    product: str
    number: int
    major: int
    digest: str
    decides: str
    author: str
    written_at: datetime
    state: str
    approver: str = ""
    decided_at: datetime | None = None


class PolicyVersions(Answer):
    """Versions of policies, newest first."""

    versions: tuple[PolicyVersion, ...]
