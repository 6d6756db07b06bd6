"""The tables of the catalog; everything else, the search index too, is derived from them."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    func,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class UtcDateTime(TypeDecorator[datetime]):
    """A UTC-aware time, on databases that forget time zones too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# SQLite counts up only columns that are plainly INTEGER.
Identity = BigInteger().with_variant(Integer, "sqlite")


class Table(DeclarativeBase):
    """The tables known to the migrations."""

    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Ledger(Table):
    """One row: who this catalog is, and the number of its last change.

    Writers lock the row until they commit, so that numbers become visible in the order they were given.
    """

    __tablename__ = "ledger"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)


class ContractText(Table):
    """A contract as JSON, kept once however often it is registered."""

    __tablename__ = "contracts"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class PolicyText(Table):
    """A product's policies and their tests, kept once."""

    __tablename__ = "policies"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    tests: Mapped[str] = mapped_column(Text)


class RegistrationRow(Table):
    """One registration; they are never changed, the newest of a major version is the live one.

    `decided_at` is when a decision about its policies, or about those of the newest major version, made it of the one
    before, whose builder and time it keeps; None for what a build registered. `policy_version` is the version of its
    policies that decides from then on; None where none was approved, and of what was registered before it was noted.
    """

    __tablename__ = "registrations"
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    product: Mapped[str] = mapped_column(String(127))
    major: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    contract_digest: Mapped[str] = mapped_column(ForeignKey("contracts.digest"))
    policy_digest: Mapped[str] = mapped_column(ForeignKey("policies.digest"))
    policy_version: Mapped[int | None]
    table_uri: Mapped[str] = mapped_column(Text)
    delta_version: Mapped[int | None] = mapped_column(BigInteger)
    rows: Mapped[int | None] = mapped_column(BigInteger)
    run_id: Mapped[str] = mapped_column(Text)
    model: Mapped[bool]
    registered_at: Mapped[datetime]
    registered_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    contract: Mapped[ContractText] = relationship(lazy="joined")
    policy: Mapped[PolicyText] = relationship(lazy="joined")
    __table_args__ = (Index("registrations_product", "product", "sequence"),)

    @hybrid_property
    def since(self) -> datetime:
        """Tell since when it decided."""
        return self.decided_at or self.registered_at

    @since.inplace.expression
    @classmethod
    def _since(cls) -> ColumnElement[datetime]:
        return func.coalesce(cls.decided_at, cls.registered_at)


class ProductRow(Table):
    """The live registration of each product and major version."""

    __tablename__ = "products"
    id: Mapped[str] = mapped_column(String(127), primary_key=True)
    major: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(ForeignKey("registrations.sequence"), index=True)
    registration: Mapped[RegistrationRow] = relationship(lazy="joined")


class EventRow(Table):
    """One lineage event as it came."""

    __tablename__ = "events"
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    received_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(String(200))
    run_id: Mapped[str] = mapped_column(String(64), index=True)
    event_type: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)


class DatasetRow(Table):
    """A dataset by its storage location; `product` when it is one's table, `domain` of whoever writes it.

    `alias_of` is the dataset that this is only another name of.
    """

    __tablename__ = "datasets"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    namespace: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    product: Mapped[str | None] = mapped_column(String(127), index=True)
    domain: Mapped[str | None] = mapped_column(String(63), index=True)
    alias_of: Mapped[int | None] = mapped_column(Identity, index=True)
    __table_args__ = (Index("datasets_name", "namespace", "name", unique=True),)


class JobRow(Table):
    """What runs, and the domain that it belongs to; both names are empty for what was told without a job."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    namespace: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    domain: Mapped[str | None] = mapped_column(String(63))
    __table_args__ = (Index("jobs_name", "namespace", "name", unique=True),)


class RunRow(Table):
    """One run of a job: how it stands, in the words of Marquez (`RUNNING`, `COMPLETED`, `FAILED`, `ABORTED`)."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    run_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("runs_job", "job_id", "run_id", unique=True),)


class FlowRow(Table):
    """What one job makes one dataset from, as a set of edges that is kept once however many runs repeat it.

    It is `current` while the newest of these runs did so.
    """

    __tablename__ = "flows"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    output_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"))
    digest: Mapped[str] = mapped_column(String(64))
    columns_known: Mapped[bool]
    current: Mapped[bool]
    __table_args__ = (Index("flows_digest", "job_id", "output_id", "digest", unique=True),)


class WriteRow(Table):
    """One run, or one event without a run, that told what a dataset is made from; `version` of its Delta table."""

    __tablename__ = "writes"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id"), index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    output_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"))
    run_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    version: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index("writes_job", "job_id", "output_id", "at"),
        Index("writes_version", "output_id", "version"),
    )


class EdgeRow(Table):
    """Data flows from a column to a column; without fields, from the dataset as a whole. `current` is its flow's."""

    __tablename__ = "edges"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    flow_id: Mapped[int] = mapped_column(ForeignKey("flows.id", ondelete="CASCADE"), index=True)
    input_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"))
    input_field: Mapped[str | None] = mapped_column(Text)
    output_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"))
    output_field: Mapped[str | None] = mapped_column(Text)
    kinds: Mapped[str] = mapped_column(Text)
    masking: Mapped[bool]
    current: Mapped[bool]
    description: Mapped[str] = mapped_column(Text, server_default="")
    __table_args__ = (
        Index("edges_up", "output_id", "current", "output_field", "input_field"),
        Index("edges_down", "input_id", "current", "input_field", "output_field"),
    )
