"""The table of policy versions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meshwright_catalog.models import PolicyText, Table


class PolicyVersionRow(Table):
    """One version of a product's policies for one major version of its contract; numbers count up per product.

    `state` is `in force`, `waiting` (for data protection), `refused` by it, `replaced` by a later one, `withdrawn` by a
    rollback, or `dropped` by its author before anybody decided. A refused one is `answered` once its author has handed
    in another text. `taken` are the classes that its contract takes from personal data, as JSON.
    """

    __tablename__ = "policy_versions"
    product: Mapped[str] = mapped_column(String(127), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    major: Mapped[int]
    digest: Mapped[str] = mapped_column(ForeignKey("policies.digest"))
    author: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), index=True)
    approver: Mapped[str] = mapped_column(String(200))
    refused_by: Mapped[str] = mapped_column(String(200), server_default="")
    reason: Mapped[str] = mapped_column(Text, server_default="")
    answered: Mapped[bool] = mapped_column(server_default=false())
    taken: Mapped[str] = mapped_column(Text, server_default="[]")
    decided_at: Mapped[datetime | None]
    policy: Mapped[PolicyText] = relationship(lazy="joined")
