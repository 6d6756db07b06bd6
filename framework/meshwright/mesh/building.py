"""Build one product: read under policy, transform, publish, tell lineage and catalog."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from meshwright.errors import BuildStopped, MeshError
from meshwright.events import CheckFacts, InputFacts, RunFacts, WrittenFacts, abort, checked, complete, fail, start
from meshwright.lineage import ColumnLineage
from meshwright.mesh import suggesting
from meshwright.mesh.admission import admit, fit, referenced, taken
from meshwright.mesh.arrival import input_keys, keys_arrived, returned_rows
from meshwright.mesh.grading import graded, limited
from meshwright.mesh.jobs import AS_USUAL, How, Job, Read, job_of, read_directly, read_inputs, touches_classified
from meshwright.mesh.keying import made_of
from meshwright.mesh.labelling import as_granted
from meshwright.mesh.locating import code_of
from meshwright.mesh.printing import withheld
from meshwright.mesh.publisher import publisher
from meshwright.mesh.recording import Live, input_facts, live_of, register, source_facts
from meshwright.mesh.reports import BuildReport, RuleCount, SourceCount
from meshwright.mesh.settling import committed
from meshwright.mesh.telling import Telling
from meshwright.mesh.tracing import require_same, trace
from meshwright.mesh.world import AnyProduct, World
from meshwright.ports import Event
from meshwright.publish import Publication, Published, build_key, heal, key_parts, publish, running_versions
from meshwright.registry import Receipt
from meshwright.rejected import SOURCE_REJECTS, source_rejects


def build(
    world: World, product: AnyProduct, given: Mapping[str, Any], told: Telling, how: How = AS_USUAL
) -> BuildReport:
    """Build one product unless its live version was made from the same things.

    Whatever is raised, the version that was live stays live, and an event says what happened: ABORT after Ctrl-C or
    SIGTERM, else FAIL; COMPLETE all the same when the new version was live by then.
    """
    clock = time.monotonic()
    facts = _planned_facts(world, product, told)
    try:
        taken(world, product.spec)
        whose = publisher(world, product)
        job = job_of(world, product, facts, given, how)
        fit(job.inputs)
        heal(job.table, world.store)
        heal(job.rejected_table, world.store)
        lineage = trace(product, job.parameters)
        granted = as_granted(world, product, lineage, {p.name: p.offer.spec for p in job.inputs.ports})
        facts = replace(facts, inputs=input_facts(job.inputs), lineage=granted)
        admitted = admit(world, product, job.inputs, job.service, lineage)
        references = referenced(world, job.inputs, job.service, product.purpose)
        come = graded(world, job.inputs, job.service, product.purpose)
        inputs = made_of(product, job.inputs, come, job.parameters, whose)
        key = build_key(inputs)
        stamp: Mapping[str, str] = world.store.stamp(job.table) if job.base is not None else {}
        if stamp.get("build_key") == key and not how.force and not world.store.missing_files(job.table):
            return replace(_up_to_date(job, stamp), limited=limited(come))
        facts = replace(facts, code=code_of(product.transform))
        told.record(start(facts))
        read = read_inputs(job, admitted, references)
        facts = replace(facts, inputs={**facts.inputs, **_counted(job, read)})
        with withheld(when=touches_classified(job)) as said:
            published = _publish(job, read, lineage, key, key_parts(inputs, job.inputs.names(), facts.versions))
    except BaseException as error:
        told.record(_ended(world, facts, error))
        raise
    written = _written(job, published)
    for event in (complete(facts, written, world.clock()), *checked(facts, written, world.clock())):
        told.record(event)
    report = _registered(job, read, published, lineage)
    return replace(report, withheld=said.lines, limited=limited(come), seconds=round(time.monotonic() - clock, 3))


def _registered(job: Job, read: Read, published: Published, lineage: ColumnLineage) -> BuildReport:
    """Enter what was published into the catalog, and report it."""
    receipt = register(job.world, job.product, Live(published.version, job.run_id, published.rows_published))
    returned = returned_rows(job.world, job.product.spec, job.run_id)
    keys = keys_arrived(read.frames, input_keys(job.product, job.inputs), lineage, returned)
    return _told(replace(_report(job, read, published), keys=keys), receipt)


def _told(report: BuildReport, receipt: Receipt | None) -> BuildReport:
    """Add what the catalog said to the registration; None: it was out of reach."""
    if receipt is None:
        return replace(report, registered=False)
    refusal = receipt.refusal
    refused = f"version {refusal.number} was {refusal}" if refusal else ""
    older = tuple(map(str, receipt.older))
    told = replace(report, policies_wait=receipt.waiting, policies_refused=refused, older_majors=older)
    told = replace(told, policies_withdrawn="" if receipt.waiting or refused else _withdrawn(receipt))
    return replace(told, classes_taken=tuple(map(str, receipt.takes)), classes_kept=receipt.kept)


def _withdrawn(receipt: Receipt) -> str:
    """Say that somebody went back from the policies that were handed in; a service of before does not tell."""
    if receipt.decides in {0, receipt.policy_version}:
        return ""
    back = f"mesh access rollback {receipt.product} --to {receipt.policy_version}"
    return f"version {receipt.policy_version} was withdrawn, version {receipt.decides} decides; change them, or {back}"


def _ended(world: World, facts: RunFacts, error: BaseException) -> Event:
    """Say how a build ended that was cut short; the table's log knows whether that was before its commit."""
    try:
        found = committed(world, facts.place, facts.run_id)
    except MeshError:
        found = None
    if found is not None:
        return complete(facts, found.written, world.clock())
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return abort(facts, error, world.clock())
    return fail(facts, error, world.clock(), _broken(error))


def _counted(job: Job, read: Read) -> dict[str, InputFacts]:
    return {s.name: source_facts(s, read.sources[s.name]) for s in job.inputs.sources}


def _publish(job: Job, read: Read, lineage: ColumnLineage, key: str, parts: Mapping[str, str]) -> Published:
    spec = job.product.spec
    frame = job.product.transform(**{**read.frames, **job.parameters})
    require_same(job.product, job.parameters, lineage)
    names = {s.name: s.id for s in job.inputs.sources}
    rejects = [source_rejects(names[n], rows.rejected) for n, rows in read.sources.items() if rows.rejected.height]
    publication = Publication(
        spec=spec,
        rules={r.name: r.expression for r in job.product.contract.__mesh__.rules},
        frame=frame,
        table=job.table,
        rejected_table=job.rejected_table,
        mode=job.product.mode,
        base=job.base,
        run_id=job.run_id,
        build_key=key,
        parts=parts,
        started_at=job.started_at,
        may_be_empty=job.how.allow_empty or job.product.may_be_empty,
        adopt=job.how.adopt and job.product.mode == "overwrite",
        references=read.references,
        inspect=lambda rows: suggesting.require(job.world, spec, rows),
        source_rejects=pl.concat(rejects) if rejects else pl.DataFrame(schema=SOURCE_REJECTS),
    )
    return publish(publication, store=job.world.store, engine=job.world.engine, pause=job.world.pause)


def _planned_facts(world: World, product: AnyProduct, told: Telling) -> RunFacts:
    """State what is known of a run before its inputs are."""
    return RunFacts(
        mesh=world.workspace.settings.mesh.name,
        spec=product.spec,
        place=world.store.place(product.id, product.spec.major),
        run_id=str(told.run_id),
        started_at=world.clock(),
        inputs={},
        versions=running_versions(),
        nominal_at=told.nominal_at,
        parent=told.parent,
        env=world.workspace.env,
        model=product.id in world.models,
    )


def _broken(error: BaseException) -> tuple[CheckFacts, ...]:
    """State which checks stopped a build, and for how many rows."""
    failed = error.failed if isinstance(error, BuildStopped) else {}
    return tuple(CheckFacts(name=name, failed=count, severity="error") for name, count in sorted(failed.items()))


def _written(job: Job, published: Published) -> WrittenFacts:
    report = published.report
    checks = tuple(
        CheckFacts(name=name, failed=count, severity=report.severities[name]) for name, count in report.failed.items()
    )
    return WrittenFacts(
        version=published.version,
        rows=published.rows_published,
        bytes=published.bytes,
        files=published.files,
        mode=job.product.mode,
        checks=checks,
    )


def _up_to_date(job: Job, stamp: Mapping[str, str]) -> BuildReport:
    version = job.base or 0
    live = live_of(version, stamp)
    report = BuildReport(
        product=job.product.id, status="up to date", version=version, run_id=live.run_id, table=job.table
    )
    return _told(report, register(job.world, job.product, live))


def _report(job: Job, read: Read, published: Published) -> BuildReport:
    report = published.report
    names = {s.name: s.id for s in job.inputs.sources}
    return BuildReport(
        product=job.product.id,
        status="built",
        version=published.version,
        run_id=job.run_id,
        table=job.table,
        sources=tuple(
            SourceCount(
                source=names[name],
                read=rows.rows_read,
                accepted=rows.rows_read - rows.rejected.height,
                rejected=rows.rejected.height,
            )
            for name, rows in read.sources.items()
        ),
        advisory=read_directly(job),
        returned=published.rows_returned,
        published=published.rows_published,
        quarantined=published.rows_quarantined,
        rules=tuple(
            RuleCount(check=name, severity=report.severities[name], rows=count)
            for name, count in report.failed.items()
            if count
        ),
    )
