"""Decisions on random policies, against a slow reading of the same policies in plain Python."""

from dataclasses import dataclass, replace
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.access import LEVELS, AccessRequest, Policies, Principal, decide
from meshwright.spec import ColumnSpec, ScalarType, Spec

CLASSES = ("pii", "pii.name", "pii.contact", "pii.contact.email", "export-controlled")
PURPOSES = {"analytics": ("analytics",), "churn": ("churn", "analytics"), "fraud": ("fraud",)}
LEVEL_NAMES = ("clear", "coarse", "token")


@dataclass(frozen=True)
class Rule:
    """One random policy over levels."""

    effect: str
    team: str
    levels: tuple[str, ...]
    cls: str
    purpose: str

    def cedar(self, number: int) -> str:
        who = f'principal in Mesh::Team::"{self.team}"' if self.team else "principal"
        actions = ", ".join(f'Mesh::Action::"see_{level}"' for level in self.levels)
        what = f'resource in Mesh::Class::"{self.cls}"' if self.cls else "resource"
        when = f' when {{ context.purpose in Mesh::Purpose::"{self.purpose}" }}' if self.purpose else ""
        return f'@id("r{number}") @why("w") {self.effect}({who}, action in [{actions}], {what}){when};\n'

    def applies(self, principal: Principal, level: str, cls: str, purpose: str) -> bool:
        above = [cls[:n] for n in range(len(cls) + 1) if n == len(cls) or cls[n : n + 1] == "."]
        return (
            (not self.team or self.team in principal.teams)
            and level in self.levels
            and (not self.cls or self.cls in above)
            and (not self.purpose or self.purpose in PURPOSES[purpose])
        )


def granted(rules: list[Rule], principal: Principal, classes: tuple[str, ...], purpose: str) -> set[str]:
    def one(level: str, cls: str) -> bool:
        applying = [rule.effect for rule in rules if rule.applies(principal, level, cls, purpose)]
        permitted = "permit" in applying or (not cls and level == "clear")
        return permitted and "forbid" not in applying

    return {level for level in LEVEL_NAMES if all(one(level, cls) for cls in (classes or ("",)))}


rules = st.builds(
    Rule,
    effect=st.sampled_from(("permit", "permit", "forbid")),
    team=st.sampled_from(("", "desk", "planning")),
    levels=st.lists(st.sampled_from(LEVEL_NAMES), min_size=1, unique=True).map(tuple),
    cls=st.sampled_from(("", *CLASSES)),
    purpose=st.sampled_from(("", *PURPOSES)),
)
classes = st.lists(st.sampled_from(CLASSES), max_size=3, unique=True).map(lambda found: tuple(sorted(found)))


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_decision_is_what_the_policies_say_one_by_one(
    policies: Policies, customers: Spec, now: datetime, data: st.DataObject
) -> None:
    found = data.draw(st.lists(rules, max_size=6))
    columns = data.draw(st.lists(classes, min_size=1, max_size=8))
    who, purpose = data.draw(st.sampled_from(("ana", "ben"))), data.draw(st.sampled_from(tuple(PURPOSES)))
    kind = ScalarType(kind="date")
    spec = customers.model_copy(
        update={"columns": tuple(ColumnSpec(name=f"c{n}", type=kind, classes=each) for n, each in enumerate(columns))}
    )
    reading = '@id("own.read") @why("w") permit(principal, action == Mesh::Action::"read", resource);\n'
    text = reading + "".join(rule.cedar(n) for n, rule in enumerate(found))
    principal = replace(policies.principals.find(who), purposes=("analytics", "fraud"))
    users = {who: principal}
    known = replace(policies, principals=replace(policies.principals, users=users), products={spec.id: text})

    decision = decide(AccessRequest(principal, purpose, now, spec), known)

    assert "" == decision.problem
    for n, each in enumerate(columns):
        column = decision.column(f"c{n}")
        expected = granted(found, principal, each, purpose) - ({"coarse"} if column.mask.coarse != "year" else set())
        assert expected == set(column.granted)
        assert next((level for level in LEVELS if level in expected), "hidden") == column.level
