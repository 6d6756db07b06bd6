"""Jobs and runs of events: what runs, whose it is, where its code stands, and what started it."""

from collections.abc import Mapping
from datetime import datetime

from meshwright.events.facets import Facet, facet, moment, tag
from meshwright.events.facts import CodeFacts, ParentFacts, RunFacts
from meshwright.lineage import ColumnLineage


def build_job(run: RunFacts) -> dict[str, Facet]:
    """State what the job is that builds a product."""
    spec, producer = run.spec, run.producer
    found = {"jobType": job_type(producer, "BUILD"), **owned(producer, spec.owner, spec.description)}
    labels = [tag("purpose", spec.purpose)] if spec.purpose else []
    labels += [*(tag(each) for each in spec.tags), *([tag("model")] if run.model else [])]
    if labels:
        found["tags"] = facet(producer, "TagsJobFacet", tags=labels)
    return found | code(producer, run.code)


def job_type(producer: str, kind: str) -> Facet:
    """State what kind of job it is; what its events say adds up."""
    pattern = {"eventTrigger": "EVENT_BASED", "eventContentMode": "ACCUMULATIVE"}
    content = {"processingType": "BATCH", "integration": "MESHWRIGHT", "jobType": kind, "emissionPattern": pattern}
    return facet(producer, "JobTypeJobFacet", **content)


def owned(producer: str, owner: str, description: str) -> dict[str, Facet]:
    """State who answers for a job and what it does."""
    found: dict[str, Facet] = {}
    if owner:
        owners = [{"name": f"team:{owner}", "type": "MAINTAINER"}]
        found["ownership"] = facet(producer, "OwnershipJobFacet", owners=owners)
    if description:
        content = {"description": description, "contentType": "text/markdown"}
        found["documentation"] = facet(producer, "DocumentationJobFacet", **content)
    return found


def code(producer: str, where: CodeFacts | None) -> dict[str, Facet]:
    """State where the code stands; nothing when it is in no repository that others can open."""
    if where is None:
        return {}
    place = {"type": "git", "url": where.url, "repoUrl": where.repository, "path": where.path}
    place |= {k: v for k, v in {"version": where.revision, "branch": where.branch}.items() if v}
    return {"sourceCodeLocation": facet(producer, "SourceCodeLocationJobFacet", **place)}


def engine(producer: str, versions: Mapping[str, str]) -> Facet:
    """State what computes."""
    content = {"name": "polars", "version": versions["polars"], "openlineageAdapterVersion": versions["meshwright"]}
    return facet(producer, "ProcessingEngineRunFacet", **content)


def surroundings(producer: str, env: str, nominal_at: datetime | None, parent: ParentFacts | None) -> dict[str, Facet]:
    """State in which environment, planned for when and by what a run was started."""
    found: dict[str, Facet] = {}
    if env:
        found["tags"] = facet(producer, "TagsRunFacet", tags=[tag("environment", env)])
    if nominal_at:
        found["nominalTime"] = facet(producer, "NominalTimeRunFacet", nominalStartTime=moment(nominal_at))
    if parent:
        found["parent"] = parent_facet(producer, parent)
    return found


def parent_facet(producer: str, parent: ParentFacts) -> Facet:
    """State which run started this one, and which started it all."""
    return facet(producer, "ParentRunFacet", **_ends(parent), root=_ends(parent.root or parent))


def opaque(producer: str, lineage: ColumnLineage | None, job: str) -> dict[str, Facet]:
    """State why column lineage is wider than the truth, where it is; in kinds: a plan's text may quote a literal."""
    if lineage is None or not lineage.opaque:
        return {}
    kinds = dict.fromkeys(": ".join(reason.split(": ")[:2]) for reason in lineage.opaque)
    errors = [{"errorMessage": kind, "task": job} for kind in kinds]
    content = {"totalTasks": 1, "failedTasks": 1, "errors": errors}
    return {"extractionError": facet(producer, "ExtractionErrorRunFacet", **content)}


def _ends(run: ParentFacts) -> Facet:
    return {"run": {"runId": run.run_id}, "job": run.job._asdict()}
