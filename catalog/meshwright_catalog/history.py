"""Keep what each run said its outputs are made from: sets of edges, each once, and which run told which."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, aliased

from meshwright_catalog.models import EdgeRow, FlowRow, JobRow, RunRow, WriteRow
from meshwright_catalog.openlineage import LineageEvent

STATES = {"START": "RUNNING", "RUNNING": "RUNNING", "COMPLETE": "COMPLETED", "FAIL": "FAILED", "ABORT": "ABORTED"}
ENDED = ("COMPLETED", "FAILED", "ABORTED")


class Edge(NamedTuple):
    """One edge into an output, as `EdgeRow` keeps it."""

    input_id: int
    input_field: str | None
    output_field: str | None
    kinds: str
    masking: bool
    description: str = ""


@dataclass(frozen=True, slots=True)
class Making:
    """That a job makes a dataset, and whether it tells from which columns."""

    job_id: int
    output_id: int
    columns_known: bool


@dataclass(frozen=True, slots=True)
class Told:
    """By which run, empty without one, and when something was told, and the version of the output that it wrote."""

    run_id: str
    at: datetime
    version: int | None


def job_of(session: Session, namespace: str, name: str, domain: str) -> JobRow:
    """Find a job, or note it for the first time as this domain's."""
    named = (JobRow.namespace == namespace) & (JobRow.name == name)
    row = session.scalars(select(JobRow).where(named)).one_or_none()
    if row is None:
        row = JobRow(namespace=namespace, name=name, domain=domain or None)
        session.add(row)
        session.flush()
    return row


def note_run(session: Session, job: JobRow, event: LineageEvent) -> None:
    """Keep how a run stands; what ended stays ended, as the latest of its ends says."""
    state = STATES.get(event.event_type, "RUNNING")
    same = (RunRow.job_id == job.id) & (RunRow.run_id == event.run_key)
    row = session.scalars(select(RunRow).where(same)).one_or_none()
    if row is None:
        row = RunRow(job_id=job.id, run_id=event.run_key, state=state, started_at=event.event_time)
        session.add(row)
    row.started_at = min(row.started_at, event.event_time)
    if state in ENDED and (row.ended_at is None or (row.ended_at, row.state) < (event.event_time, state)):
        row.state, row.ended_at = state, event.event_time
    session.flush()


def flow_of(session: Session, made: Making, edges: Sequence[Edge]) -> FlowRow:
    """Find the set of exactly these edges, or keep it for the first time."""
    digest = hashlib.sha256(json.dumps([made.columns_known, sorted(map(_text, edges))]).encode()).hexdigest()
    same = (FlowRow.job_id == made.job_id) & (FlowRow.output_id == made.output_id) & (FlowRow.digest == digest)
    flow = session.scalars(select(FlowRow).where(same)).one_or_none()
    if flow is None:
        flow = FlowRow(
            job_id=made.job_id,
            output_id=made.output_id,
            digest=digest,
            columns_known=made.columns_known,
            current=False,
        )
        session.add(flow)
        session.flush()
        common = {"flow_id": flow.id, "output_id": flow.output_id, "current": False}
        if edges:
            session.execute(insert(EdgeRow), [common | edge._asdict() for edge in edges])
    return flow


def note(session: Session, flow: FlowRow, told: Told) -> None:
    """Keep that a run, or at a time an event without one, told a set of edges; then the newest told holds."""
    same = (WriteRow.job_id == flow.job_id) & (WriteRow.output_id == flow.output_id) & (WriteRow.run_id == told.run_id)
    same = same if told.run_id else same & (WriteRow.at == told.at)
    row = session.scalars(select(WriteRow).where(same)).one_or_none()
    before = None if row is None else row.flow_id
    if row is None:
        row = WriteRow(job_id=flow.job_id, output_id=flow.output_id, run_id=told.run_id)
        session.add(row)
    row.flow_id, row.at = flow.id, told.at
    row.version = told.version if told.version is not None else row.version
    session.flush()
    _hold_newest(session, flow)
    if before is not None and before != flow.id:
        _forget_unused(session, before)


def forget_others(session: Session, output_id: int, domain: str) -> None:
    """Let go of what jobs of other domains said a dataset is made from."""
    theirs = select(JobRow.id).where(JobRow.domain != domain)
    flows = select(FlowRow.id).where(FlowRow.output_id == output_id, FlowRow.job_id.in_(theirs))
    for row, flow in ((EdgeRow, EdgeRow.flow_id), (WriteRow, WriteRow.flow_id), (FlowRow, FlowRow.id)):
        session.execute(delete(row).where(flow.in_(flows)), execution_options={"synchronize_session": False})


def stated(session: Session, job: JobRow, others: Sequence[int]) -> list[int]:
    """List the datasets, but for others, whose making by a job is known from an event without a run, not from one."""
    later = aliased(WriteRow)
    of_same = (later.job_id == WriteRow.job_id) & (later.output_id == WriteRow.output_id)
    newest = select(later.id).where(of_same).order_by(later.at.desc(), later.id.desc()).limit(1).scalar_subquery()
    without_run = (WriteRow.job_id == job.id) & (WriteRow.run_id == "")
    found = session.scalars(select(WriteRow.output_id).where(without_run, WriteRow.id == newest))
    return sorted(set(found) - set(others))


def _hold_newest(session: Session, flow: FlowRow) -> None:
    ours = (WriteRow.job_id == flow.job_id) & (WriteRow.output_id == flow.output_id)
    newest = session.scalars(
        select(WriteRow.flow_id).where(ours).order_by(WriteRow.at.desc(), WriteRow.id.desc()).limit(1)
    ).one()
    of_job = (FlowRow.job_id == flow.job_id) & (FlowRow.output_id == flow.output_id)
    for each in session.scalars(select(FlowRow).where(of_job, FlowRow.current | (FlowRow.id == newest))).all():
        holds = each.id == newest
        if each.current != holds:
            each.current = holds
            session.execute(update(EdgeRow).where(EdgeRow.flow_id == each.id).values(current=holds))
    session.flush()


def _forget_unused(session: Session, flow_id: int) -> None:
    """Let go of what a run said of itself before it said otherwise."""
    if session.scalars(select(WriteRow.id).where(WriteRow.flow_id == flow_id).limit(1)).first() is None:
        session.execute(delete(EdgeRow).where(EdgeRow.flow_id == flow_id))
        session.execute(delete(FlowRow).where(FlowRow.id == flow_id))


def _text(edge: Edge) -> str:
    return json.dumps(edge if edge.description else edge[:-1])  # so that what was kept without words stays the same
