"""Who may see what: one decision for every surface that shows data."""

from meshwright.access.allow import Permit, PolicyChange, allow
from meshwright.access.cases import cases_file, run_policy_tests
from meshwright.access.decide import decide, may_discover, may_discover_each
from meshwright.access.decision import (
    LEVELS,
    AccessRequest,
    ColumnDecision,
    Decision,
    PolicyReference,
    RowCondition,
    RowRule,
    join_scope,
)
from meshwright.access.explain import Explanation, explain
from meshwright.access.finding import Finding
from meshwright.access.fit import asked_levels, port_decision, port_problems
from meshwright.access.leaves import Leaf, leaves
from meshwright.access.lint import lint
from meshwright.access.missing import with_missing
from meshwright.access.policies import Policies, policies_of, policy_file
from meshwright.access.principals import Principal, Principals, service_of, with_derived
from meshwright.access.rows import RECHECKED, permitted_rows
from meshwright.access.starter import scaffold_policy
from meshwright.access.taxonomy import Classes, Purposes

__all__ = [
    "LEVELS",
    "RECHECKED",
    "AccessRequest",
    "Classes",
    "ColumnDecision",
    "Decision",
    "Explanation",
    "Finding",
    "Leaf",
    "Permit",
    "Policies",
    "PolicyChange",
    "PolicyReference",
    "Principal",
    "Principals",
    "Purposes",
    "RowCondition",
    "RowRule",
    "allow",
    "asked_levels",
    "cases_file",
    "decide",
    "explain",
    "join_scope",
    "leaves",
    "lint",
    "may_discover",
    "may_discover_each",
    "permitted_rows",
    "policies_of",
    "policy_file",
    "port_decision",
    "port_problems",
    "run_policy_tests",
    "scaffold_policy",
    "service_of",
    "with_derived",
    "with_missing",
]
