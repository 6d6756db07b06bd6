"""A decision as the service tells it to whom it is about, and as they hear it: without masks and keys."""

from meshwright.access.decision import (
    ALWAYS,
    ColumnDecision,
    Decision,
    Missing,
    PolicyReference,
    RowCondition,
    RowQuestion,
    RowRule,
)
from meshwright.registry import AccessAnswer, ColumnAccess, MissingTold, PolicyTold, RowsTold


def told(decision: Decision) -> AccessAnswer:
    """Put a decision into what crosses the network."""
    return AccessAnswer(
        product=decision.product,
        principal=decision.principal,
        purpose=decision.purpose,
        read=decision.read,
        columns=tuple(_column(path, column) for path, column in decision.columns.items()),
        rows=_rows(decision.rows) if decision.rows else None,
        by=_policies(decision.by),
        ask=decision.ask,
        asks=decision.asks,
        missing=_missing(decision.missing),
        problem=decision.problem,
        policies=decision.policies,
    )


def heard(answer: AccessAnswer) -> Decision:
    """Read what was told as a decision that can be explained; it decides nothing, the service does."""
    return Decision(
        product=answer.product,
        principal=answer.principal,
        purpose=answer.purpose,
        discover=True,
        read=answer.read,
        columns={
            each.path: ColumnDecision(
                each.level,
                each.granted,
                _references(each.by),
                each.ask,
                classes=each.classes,
                ask_clear=each.ask_clear,
                missing=_heard(each.missing),
            )
            for each in answer.columns
        },
        by=_references(answer.by),
        ask=answer.ask,
        asks=answer.asks,
        missing=_heard(answer.missing),
        problem=answer.problem,
        policies=answer.policies,
        rows=None if answer.rows is None else RowRule(_conditions(answer.rows), (), RowQuestion("", "", "", "")),
    )


def _column(path: str, column: ColumnDecision) -> ColumnAccess:
    return ColumnAccess(
        path=path,
        level=column.level,
        granted=column.granted,
        classes=column.classes,
        by=_policies(column.by),
        ask=column.ask,
        ask_clear=column.ask_clear,
        missing=_missing(column.missing),
    )


def _missing(found: tuple[Missing, ...]) -> tuple[MissingTold, ...]:
    return tuple(
        MissingTold(level=m.level, reason=m.reason, by=_policies(m.by), purpose=m.purpose, whom=m.whom, when=m.when)
        for m in found
    )


def _heard(found: tuple[MissingTold, ...]) -> tuple[Missing, ...]:
    return tuple(Missing(m.level, m.reason, _references(m.by), m.purpose, m.whom, m.when) for m in found)


def _rows(rule: RowRule) -> tuple[RowsTold, ...]:
    return tuple(
        RowsTold(effect=c.effect, where=c.text, by=PolicyTold(id=c.policy.id, why=c.policy.why))
        for c in rule.conditions
    )


def _conditions(rows: tuple[RowsTold, ...]) -> tuple[RowCondition, ...]:
    return tuple(
        RowCondition(PolicyReference(r.by.id, r.by.why), r.effect, ALWAYS if r.where == "true" else "", r.where)
        for r in rows
    )


def _policies(by: tuple[PolicyReference, ...]) -> tuple[PolicyTold, ...]:
    return tuple(PolicyTold(id=each.id, why=each.why) for each in by)


def _references(by: tuple[PolicyTold, ...]) -> tuple[PolicyReference, ...]:
    return tuple(PolicyReference(each.id, each.why) for each in by)
