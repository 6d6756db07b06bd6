"""OpenLineage events as far as the catalog reads them (specification 2-0-2); everything else in them is passed by."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from meshwright.names import printable
from meshwright_catalog.quoted import unquoted

MAX_WORDS = 200
"""Characters of a description that are kept."""

EventType = Literal["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]


class Loose(BaseModel):
    """A part of an event: what the catalog reads is checked, the rest is kept and passed by."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True)


class Transformation(Loose):
    """How an input column becomes part of an output column."""

    type: str = Field(pattern=r"^[A-Za-z_]{1,40}$")
    subtype: str | None = Field(default=None, pattern=r"^[A-Za-z_ -]{0,40}$")
    masking: bool = False
    description: str = ""

    @field_validator("description", mode="before")
    @classmethod
    def _one_short_line(cls, told: object) -> str:
        """Keep the beginning of a long text, without what it quotes as SQL does: words for people refuse no event."""
        text = " ".join(unquoted(told).split()) if isinstance(told, str) else ""
        return printable(text if len(text) <= MAX_WORDS else f"{text[: MAX_WORDS - 3]}...")


class InputField(Loose):
    """One input column."""

    namespace: str = Field(max_length=2000)
    name: str = Field(max_length=2000)
    field: str = Field(max_length=500)
    transformations: tuple[Transformation, ...] = ()


class OutputField(Loose):
    """The inputs of one output column."""

    input_fields: tuple[InputField, ...] = Field(alias="inputFields")


class ColumnLineage(Loose):
    """The facet `columnLineage`; `dataset` are the columns that shape the rows."""

    fields: dict[str, OutputField]
    dataset: tuple[InputField, ...] = ()


class Identifier(Loose):
    """Another name of a dataset."""

    namespace: str = Field(max_length=2000)
    name: str = Field(max_length=2000)


class Symlinks(Loose):
    """The facet `symlinks`."""

    identifiers: tuple[Identifier, ...] = Field(default=(), max_length=50)


class Version(Loose):
    """The facet `version`; the catalog reads the numbers of Delta tables."""

    dataset_version: str = Field(alias="datasetVersion", max_length=2000)


class DatasetFacets(Loose):
    """The facets that the catalog reads."""

    column_lineage: ColumnLineage | None = Field(default=None, alias="columnLineage")
    symlinks: Symlinks | None = None
    version: Version | None = None

    @property
    def delta_version(self) -> int | None:
        """The version of a Delta table; None for what is no such number."""
        told = self.version.dataset_version if self.version else ""
        return int(told) if told.isascii() and told.isdecimal() and len(told) <= 15 else None


class Dataset(Loose):
    """An input or output."""

    namespace: str = Field(min_length=1, max_length=2000)
    name: str = Field(min_length=1, max_length=2000)
    facets: DatasetFacets = DatasetFacets()


class Run(Loose):
    """One run of a job."""

    run_id: UUID = Field(alias="runId")


class Job(Loose):
    """What runs."""

    namespace: str = Field(min_length=1, max_length=2000)
    name: str = Field(min_length=1, max_length=2000)


class LineageEvent(Loose):
    """A run, job or dataset event of OpenLineage 2, as far as the catalog reads it."""

    event_time: AwareDatetime = Field(alias="eventTime")
    producer: str = Field(max_length=2000)
    schema_url: str = Field(alias="schemaURL", max_length=2000)
    event_type: EventType = Field(default="OTHER", alias="eventType")
    run: Run | None = None
    job: Job | None = None
    dataset: Dataset | None = None
    inputs: tuple[Dataset, ...] = ()
    outputs: tuple[Dataset, ...] = ()

    @field_validator("inputs", "outputs", mode="before")
    @classmethod
    def _none_is_empty(cls, value: object) -> object:
        return value or ()

    @property
    def replaces(self) -> bool:
        """Tell whether it states all that a job does; what events of a run say adds up."""
        return self.job is not None and self.run is None

    @property
    def run_key(self) -> str:
        """The run's id, or empty for what is known without a run."""
        return str(self.run.run_id) if self.run else ""
