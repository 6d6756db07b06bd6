"""An older major under random policies: Cedar shows nobody more of it than before, nor more than of the newest."""

from datetime import UTC, datetime
from itertools import product as pairs

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from meshwright.access import AccessRequest, Decision, Policies, decide, permitted_rows, policies_of
from meshwright.access.lint import rejected
from meshwright.access.majors import Major, carried_over
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, ScalarType, Spec

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAME = "sales.orders"
CLASSES = '[classes.pii]\ntoken = "text"\n[classes."pii.email"]\n[classes.cost]\n'
PURPOSES = "[purposes.work]\n[purposes.study]\n"
TEAMS = ("desk", "planning")
PEOPLE = "".join(f'[teams.{team}]\ndomain = "sales"\npurposes = ["work", "study"]\n' for team in TEAMS)
CENTRAL = """
@id("mesh.unclassified") @why("w")
permit(principal, action == Mesh::Action::"see_clear", resource) unless { resource.classified };
"""
CENTRAL_ROWS = """
@id("mesh.rows") @why("w") permit(principal, action == Mesh::Action::"see_row", resource)
when { resource has region && resource.region == "MX" };
"""
ROWS = pl.DataFrame({"region": ["EU", "US", "MX", None], "grade": [1, 2, 3, 4]})
FOUND = "".join(
    f'@id("{name}") @why("w") permit(principal, action == Mesh::Action::"{name}", resource == Mesh::Product::"{NAME}");'
    for name in ("discover", "read")
)


def text(name: str, *classes: str) -> ColumnSpec:
    return ColumnSpec(name=name, type=ScalarType(kind="string"), classes=classes, nullable=True)


GRADE = ColumnSpec(name="grade", type=ScalarType(kind="integer"), nullable=True)
COMMON = (text("region"), GRADE, text("email", "pii.email"), text("price", "cost"))
OLD = Spec(id=NAME, version="1.0.0", owner="desk", columns=(*COMMON, text("fax", "pii")))
NEW = Spec(id=NAME, version="2.0.0", owner="desk", columns=(*COMMON, text("chat", "pii")))

team = st.sampled_from([f'principal in Mesh::Team::"{name}"' for name in TEAMS])
whom = st.sampled_from(["principal", *(f'principal in Mesh::Team::"{team}"' for team in TEAMS)])
purposes = st.sampled_from(
    ["", *(f' when {{ context.purpose == Mesh::Purpose::"{name}" }}' for name in ("work", "study"))]
)
regions = st.sampled_from(
    [
        *(f'resource has region && resource.region == "{name}"' for name in ("EU", "US")),
        "resource has grade && resource.grade < 3",
        "true",
    ]
)
whose = st.sampled_from(
    [
        'in Mesh::Class::"pii"',
        'in Mesh::Class::"pii.email"',
        'in Mesh::Class::"cost"',
        f'== Mesh::Column::"{NAME}/email"',
    ]
)
levels = st.lists(st.sampled_from(["clear", "coarse", "token"]), min_size=1, max_size=2, unique=True)
effects = st.sampled_from(["permit", "permit", "permit", "forbid"])


def policy(draw: st.DrawFn, name: str, kind: str, only: str) -> str:
    effect, who, purpose, head = draw(effects), draw(whom), draw(purposes), f'@id("{name}") @why("w")'
    if kind == "read":
        return f'{head} permit({who}, action == Mesh::Action::"read", resource == Mesh::Product::"{NAME}"){purpose};'
    if kind == "row":
        whose_rows = f'resource in Mesh::Product::"{NAME}"'
        return f'{head} {effect}({who}, action == Mesh::Action::"see_row", {whose_rows}) when {{ {draw(regions)} }};'
    actions = ", ".join(f'Mesh::Action::"see_{level}"' for level in draw(levels))
    resource = draw(st.one_of(whose, st.just(f'== Mesh::Column::"{NAME}/{only}"')))
    return f"{head} {effect}({draw(team)}, action in [{actions}], resource {resource}){purpose};"


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """Draw the policies of both majors, mostly with one of an id in each; everybody finds and reads the product."""
    kinds = draw(st.lists(st.sampled_from(["read", "level", "level", "row", "row"]), min_size=1, max_size=4))
    drawn: dict[str, list[str]] = {"fax": [], "chat": []}
    for name, kind in zip("abcd", kinds, strict=False):
        for only, found in drawn.items():
            if draw(st.sampled_from([True, True, True, False])):
                found.append(policy(draw, name, kind, only))
    old, new = ("\n".join([FOUND, *found]) for found in drawn.values())
    return old, new


def decisions(spec: Spec, own: str, central: str) -> dict[tuple[str, str], Decision]:
    policies = mesh(central).with_product(spec, own)
    people = [policies.principals.find(team) for team in TEAMS]
    return {
        (person.name, purpose): decide(AccessRequest(person, purpose, NOW, spec), policies)
        for person, purpose in pairs(people, ("work", "study"))
    }


def mesh(central: str) -> Policies:
    people = PEOPLE + "".join(f'[users.{team}]\nteams = ["{team}"]\n' for team in TEAMS)
    return policies_of(PolicyTexts(CLASSES, PURPOSES, people, central))


def granted(decision: Decision, column: str) -> set[str]:
    return set(decision.column(column).granted) if decision.read else set()


def rows(decision: Decision, spec: Spec) -> set[int]:
    if not decision.read:
        return set()
    table = ROWS.with_columns(pl.lit(None, pl.String).alias(c.name) for c in spec.columns if c.name not in ROWS.columns)
    shown = permitted_rows(table.lazy(), spec, decision.rows).select("grade").collect()
    return set(shown["grade"].to_list())


@given(both=files(), central=st.sampled_from([CENTRAL, CENTRAL + CENTRAL_ROWS]))
def test_nobody_sees_more_of_an_older_major_than_before_nor_more_than_of_the_newest(
    both: tuple[str, str], central: str
) -> None:
    old, new = both
    left = carried_over(Major(OLD, old), Major(NEW, new), mesh(central))
    before, newest, now = (decisions(spec, own, central) for spec, own in ((OLD, old), (NEW, new), (OLD, left)))

    assert () == rejected(mesh(central).with_product(OLD, left), OLD)
    assert left == carried_over(Major(OLD, left), Major(NEW, new), mesh(central))
    for who, decision in now.items():
        assert all(granted(decision, c.name) <= granted(before[who], c.name) for c in OLD.columns)
        assert all(granted(decision, c.name) <= granted(newest[who], c.name) for c in COMMON)
        assert rows(decision, OLD) <= rows(before[who], OLD) & rows(newest[who], NEW)
        assert not decision.read or (before[who].read and newest[who].read)


@given(both=files(), central=st.sampled_from([CENTRAL, CENTRAL + CENTRAL_ROWS]))
def test_an_older_major_whose_policies_the_newest_states_as_well_stays_as_it_is(
    both: tuple[str, str], central: str
) -> None:
    own, _ = both

    assert own == carried_over(Major(OLD, own), Major(NEW, own), mesh(central))
