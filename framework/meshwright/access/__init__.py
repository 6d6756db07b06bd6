"""Who may see what: one decision for every surface that shows data."""

from meshwright.access.decide import decide, may_discover
from meshwright.access.decision import LEVELS, AccessRequest, ColumnDecision, Decision, PolicyReference, join_scope
from meshwright.access.finding import Finding
from meshwright.access.leaves import Leaf, leaves
from meshwright.access.lint import lint
from meshwright.access.policies import Policies, policies_of, policy_file
from meshwright.access.principals import Principal, Principals, service_of
from meshwright.access.taxonomy import Classes, Purposes

__all__ = [
    "LEVELS",
    "AccessRequest",
    "Classes",
    "ColumnDecision",
    "Decision",
    "Finding",
    "Leaf",
    "Policies",
    "PolicyReference",
    "Principal",
    "Principals",
    "Purposes",
    "decide",
    "join_scope",
    "leaves",
    "lint",
    "may_discover",
    "policies_of",
    "policy_file",
    "service_of",
]
