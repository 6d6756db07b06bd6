"""The policies of a new product: found by all, read for analysis, and what is classified as tokens for its team."""

from collections.abc import Iterator
from typing import Any

from meshwright.access.leaves import leaves
from meshwright.access.policies import Policies
from meshwright.access.writing import action, policy_text, with_cases, with_policies
from meshwright.errors import PolicyRejected
from meshwright.spec import Spec

ANALYSIS = "analytics"
"""The purpose for which everybody may read a new product, where the mesh has it."""


def scaffold_policy(spec: Spec, policies: Policies) -> tuple[str, str]:
    """Write a new product's policies (Cedar) and their tests (YAML), which each policy's removal turns red.

    Everybody in the mesh finds the product and reads its unclassified columns for analysis; the owning team sees
    classified ones as tokens, for analysis and for the product's own purpose; nobody sees them in clear. Raises
    `PolicyRejected` when no purpose fits.
    """
    purposes = tuple(dict.fromkeys(p for p in (ANALYSIS, spec.purpose) if p in policies.purposes))
    if not purposes:
        hint = "name one of policies/purposes.toml in @product(purpose=...)"
        raise PolicyRejected(spec.id, f"purpose {spec.purpose!r} is not known to the mesh", hint)
    text = with_policies("", _policies(spec, purposes))
    return text, with_cases("", spec.id, _cases(spec, policies, purposes))


def _policies(spec: Spec, purposes: tuple[str, ...]) -> Iterator[str]:
    product = f'resource == Mesh::Product::"{spec.id}"'
    condition = f"context.purpose in [{', '.join(f'Mesh::Purpose::{chr(34)}{p}{chr(34)}' for p in purposes)}]"
    everybody = ("principal", action("discover"), product)
    yield policy_text(f"{spec.id}.discover", "everybody in the mesh may find it", everybody)
    reading = ("principal", action("read"), product)
    yield policy_text(f"{spec.id}.read", "everybody may read what is unclassified, to analyse it", reading, condition)
    for name in _tops(spec):
        scope = (f'principal in Mesh::Team::"{spec.owner}"', action("see_token"), f'resource in Mesh::Class::"{name}"')
        why = f"its team counts and joins {name} without seeing it"
        yield policy_text(f"{spec.id}.{name}.token", why, scope, condition)


def _cases(spec: Spec, policies: Policies, purposes: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    found = leaves(spec.columns)
    classified = [leaf.path for leaf in found if leaf.classes]
    granted = policies.principals.team_purposes.get(spec.owner, ())
    yield {
        "name": "everybody finds it and reads what is unclassified",
        "principal": "anyone",
        "purpose": purposes[0],
        "discover": True,
        "read": True,
        "columns": {leaf.path: "hidden" if leaf.classes else "clear" for leaf in found},
    }
    for purpose in (p for p in purposes if classified and policies.purposes.allowed(p, granted)):
        yield {
            "name": f"its team sees tokens for {purpose}",
            "principal": f"team:{spec.owner}",
            "purpose": purpose,
            "columns": dict.fromkeys(classified, "token"),
        }


def _tops(spec: Spec) -> list[str]:
    """List the topmost classes of the product's columns; what is secret stays forbidden whatever is permitted."""
    return sorted({name.partition(".")[0] for leaf in leaves(spec.columns) for name in leaf.classes} - {"secret"})
