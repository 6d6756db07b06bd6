"""The face of the policy engine: everything that Cedar is told and asked goes through here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import cedarpy

from meshwright.access.statements import EntityName, Statement

LEVEL_ACTIONS = {"clear": "see_clear", "coarse": "see_coarse", "token": "see_token"}
ROW_ACTION = "see_row"
ACTIONS = ("discover", "read", *LEVEL_ACTIONS.values(), ROW_ACTION)

SCHEMA = """
namespace Mesh {
  entity Domain;
  entity Team in [Domain];
  entity Purpose in [Purpose];
  entity Class in [Class];
  entity User in [Team, Domain] { domain: Domain };
  entity Service in [Domain] { domain: Domain };
  entity Product in [Domain] { domain: Domain, owner: Team, tags: Set<String> };
  entity Column in [Column, Product, Class] { owner: Team, classified: Bool };
  entity Row in [Product] { <row> };
  action discover appliesTo { principal: [User, Service], resource: [Product], context: { now: datetime } };
  action read appliesTo
    { principal: [User, Service], resource: [Product], context: { now: datetime, purpose: Purpose } };
  action see_clear, see_coarse, see_token appliesTo
    { principal: [User, Service], resource: [Column], context: { now: datetime, purpose: Purpose } };
  action see_row appliesTo
    { principal: [User, Service], resource: [Row], context: { now: datetime, purpose: Purpose } };
}
"""
"""The types of every mesh, but for the columns in a row, which come from the contract; which ids there are is the
vocabulary that `lint` reads from trees and contracts."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that policies speak about, with what it is in."""

    name: EntityName
    parents: tuple[EntityName, ...] = ()
    attributes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to decide; `purpose` is left out for `discover`."""

    principal: EntityName
    action: str
    resource: EntityName
    now: datetime
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided, and the ids of the policies that decided it."""

    allowed: bool
    by: tuple[str, ...]
    failed: bool = False


def ask(
    questions: Sequence[Question], policies: tuple[Statement, ...], fixed: tuple[Entity, ...], more: Iterable[Entity]
) -> list[Answer]:
    """Decide a batch; any error in an answer, and no answer, is a denial."""
    return ask_each([(question, policies) for question in questions], fixed, more)


def ask_each(
    asked: Sequence[tuple[Question, tuple[Statement, ...]]], fixed: tuple[Entity, ...], more: Iterable[Entity]
) -> list[Answer]:
    """Decide what `ask` does, each question by policies of its own; what they may all look at is read once."""
    entities = _fixed(fixed).with_added_json_str(entities_json(more), _schema())
    together: dict[_Key, list[int]] = {}
    for number, (_, policies) in enumerate(asked):
        together.setdefault(_Key(policies), []).append(number)
    found: dict[int, Answer] = {}
    for key, numbers in together.items():
        requests = [request_of(asked[number][0]) for number in numbers]
        results = cedarpy.is_authorized_batch(requests, _policy_set(key), entities, _schema())
        found |= zip(numbers, map(_answer, results), strict=True)
    return [found[number] for number in range(len(asked))]


def type_errors(policy: Statement, row: str = "") -> tuple[str, ...]:
    """Check one policy against the schema, strictly; `row` is the type of the product's rows."""
    return _type_errors(_Key((policy,)), row)


def entity_of(name: EntityName) -> dict[str, dict[str, str]]:
    """Write a reference to an entity, for an attribute."""
    return {"__entity": uid_of(name)}


def moment(time: datetime) -> dict[str, dict[str, str]]:
    """Write a time, to the millisecond below."""
    text = time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return {"__extn": {"fn": "datetime", "arg": f"{text}Z"}}


def _answer(result: cedarpy.AuthzResult) -> Answer:
    failed = bool(result.diagnostics.errors) or result.decision == cedarpy.Decision.NoDecision
    return Answer(result.allowed and not failed, tuple(sorted(result.diagnostics.reasons)), failed)


def request_of(question: Question) -> dict[str, Any]:
    """Write a question as Cedar is asked it."""
    context: dict[str, Any] = {"now": moment(question.now)}
    if question.purpose is not None:
        context["purpose"] = entity_of(("Purpose", question.purpose))
    return {
        "principal": uid_of(question.principal),
        "action": uid_of(("Action", question.action)),
        "resource": uid_of(question.resource),
        "context": context,
    }


def uid_of(name: EntityName) -> dict[str, str]:
    """Write the name of an entity."""
    return {"type": f"Mesh::{name[0]}", "id": name[1]}


def entities_json(entities: Iterable[Entity]) -> str:
    """Write entities as Cedar reads them."""
    forms = ((uid_of(e.name), dict(e.attributes), [uid_of(p) for p in e.parents]) for e in entities)
    return json.dumps([{"uid": name, "attrs": attributes, "parents": parents} for name, attributes, parents in forms])


def policies_json(policies: Iterable[Statement]) -> str:
    """Write policies as Cedar reads them, by their ids."""
    return _forms_json({p.id: p.form for p in policies})


def text_of(form: Mapping[str, Any]) -> str:
    """Write a policy that was made as Cedar's JSON in Cedar's language."""
    return cedarpy.policies_from_json_str(_forms_json({"policy0": form})).strip()


def _forms_json(forms: Mapping[str, Mapping[str, Any]]) -> str:
    return json.dumps({"staticPolicies": forms, "templates": {}, "templateLinks": []})


@dataclass(frozen=True, slots=True)
class _Key:
    """Policies as a cache key: a form is a plain dict, which cannot be hashed, and the id alone does not tell."""

    policies: tuple[Statement, ...]

    def __hash__(self) -> int:
        return hash(tuple((p.id, p.where) for p in self.policies))


@lru_cache(maxsize=2048)
def _policy_set(key: _Key) -> cedarpy.PolicySet:
    return cedarpy.PolicySet.from_json_str(policies_json(key.policies))


@lru_cache(maxsize=4096)
def _type_errors(key: _Key, row: str) -> tuple[str, ...]:
    text = cedarpy.policies_from_json_str(policies_json(key.policies))
    found = cedarpy.validate_policies(text, _schema(row))
    return tuple(error.error.partition(", ")[2] or error.error for error in found.errors)


@lru_cache(maxsize=16)
def _fixed(entities: tuple[Entity, ...]) -> cedarpy.Entities:
    return cedarpy.Entities.from_json_str(entities_json(entities), _schema())


@lru_cache(maxsize=256)
def _schema(row: str = "") -> cedarpy.Schema:
    return cedarpy.Schema.from_str(SCHEMA.replace("<row>", row))
