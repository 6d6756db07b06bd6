"""The answers of Marquez' API, as far as its web interface reads them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Told(BaseModel):
    """A part of an answer, in camel case."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Namespace(Told):
    """Where names are: a domain's products, or another producer's datasets and jobs."""

    name: str
    owner_name: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    is_hidden: bool = False


class Namespaces(Told):
    """Every namespace that holds something for the caller."""

    namespaces: list[Namespace]


class Name(Told):
    """A name in a namespace."""

    namespace: str
    name: str


class Field(Told):
    """A column; its classes are tags."""

    name: str
    type: str | None = None
    tags: list[str] = []
    description: str = ""


class Dataset(Told):
    """A product or another dataset."""

    id: Name
    type: Literal["DB_TABLE"] = "DB_TABLE"
    name: str
    physical_name: str
    namespace: str
    source_name: str
    created_at: datetime
    updated_at: datetime
    last_modified_at: datetime | None = None
    fields: list[Field] = []
    tags: list[str] = []
    description: str = ""
    facets: dict[str, object] = {}
    deleted: bool = False


class Datasets(Told):
    """One page of datasets."""

    datasets: list[Dataset]
    total_count: int


class Version(Told):
    """A version of a dataset that a run wrote."""

    id: dict[str, str]
    type: Literal["DB_TABLE"] = "DB_TABLE"
    name: str
    physical_name: str
    namespace: str
    source_name: str
    version: str
    created_at: datetime
    fields: list[Field] = []
    tags: list[str] = []
    lifecycle_state: str = ""
    description: str = ""
    facets: dict[str, object] = {}


class Versions(Told):
    """One page of versions, newest first."""

    versions: list[Version]
    total_count: int


class Run(Told):
    """A run of a job."""

    id: str
    state: str
    created_at: datetime
    updated_at: datetime
    started_at: datetime
    ended_at: datetime | None = None
    duration_ms: int | None = None
    nominal_start_time: datetime | None = None
    nominal_end_time: datetime | None = None
    args: dict[str, str] = {}
    facets: dict[str, object] = {}


class Runs(Told):
    """One page of runs, newest first."""

    runs: list[Run]
    total_count: int


class Job(Told):
    """A job, and what it reads and writes as far as the caller may discover it."""

    id: Name
    type: Literal["BATCH"] = "BATCH"
    name: str
    simple_name: str
    namespace: str
    created_at: datetime
    updated_at: datetime
    inputs: list[Name] = []
    outputs: list[Name] = []
    location: str | None = None
    description: str = ""
    tags: list[str] = []
    latest_run: Run | None = None
    latest_runs: list[Run] = []
    parent_job_name: str | None = None
    parent_job_uuid: str | None = None
    facets: dict[str, object] = {}


class Jobs(Told):
    """One page of jobs."""

    jobs: list[Job]
    total_count: int


class Edge(Told):
    """A link between two nodes, by their ids."""

    origin: str
    destination: str


class FieldData(Told):
    """A column in a graph, and the columns it is made from."""

    namespace: str
    dataset: str
    field: str
    field_type: str | None = None
    dataset_version: str | None = None
    transformation_description: str | None = None
    transformation_type: str | None = None
    input_fields: list[dict[str, object]] = []


class Node(Told):
    """A dataset, job or column in a graph."""

    id: str
    type: Literal["DATASET", "JOB", "DATASET_FIELD"]
    data: Dataset | Job | FieldData
    in_edges: list[Edge] = []
    out_edges: list[Edge] = []


class Graph(Told):
    """Nodes, each with its links."""

    graph: list[Node]


class Found(Told):
    """One thing that a search found."""

    name: str
    namespace: str
    node_id: str
    type: Literal["DATASET", "JOB"]
    updated_at: datetime


class Search(Told):
    """What a search found."""

    total_count: int
    results: list[Found]


class Tags(Told):
    """The classes that columns have."""

    tags: list[dict[str, str]]
