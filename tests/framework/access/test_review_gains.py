"""Who newly sees what in the clear, or other rows: the grouped answer against every decision, one by one."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from made_grants import granted

from meshwright.access import AccessRequest, Policies, Principal, decide, leaves
from meshwright.access.principals import Members
from meshwright.access.review import Holdings, gains
from meshwright.access.review.everybody import with_whoever
from meshwright.access.review.gains import A_FEW
from meshwright.access.review.who import askers
from meshwright.grants import Grant
from meshwright.registry import ColumnsAt
from meshwright.spec import Spec

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FIND = (
    '@id("find") @why("w") permit(principal, action in [Mesh::Action::"discover", Mesh::Action::"read"], resource);\n'
)
WHO = {
    "a team": 'principal in Mesh::Team::"desk"',
    "a domain": 'principal in Mesh::Domain::"sales"',
    "a person": 'principal == Mesh::User::"u3"',
    "everybody": "principal",
    "a service": 'principal == Mesh::Service::"sales.one"',
}
UNLESS = {"": "", "but one": ' unless { principal == Mesh::User::"u2" }'}
TOKENS = (
    '@id("tokens") @why("w") permit(principal, action == Mesh::Action::"see_token", resource in Mesh::Class::"pii");\n'
)


def crowd(policies: Policies) -> Policies:
    """Let there be people and services, several of each sort."""
    teams = {"desk": "sales", "planning": "supply_chain"}
    purposes = sorted(policies.purposes.parents)[:2]
    users = {
        f"u{n}": Principal("user", f"u{n}", ("sales", "supply_chain", "")[n % 3], (("desk",), ("planning",), ())[n % 3],
            tuple(purposes[: 1 + n % 2]))
        for n in range(12)
    }  # fmt: skip
    services = {f"sales.{n}": Principal("service", f"sales.{n}", "sales", (), (purposes[0],)) for n in ("one", "two")}
    of_teams = dict.fromkeys(teams, (purposes[0],))
    known = replace(
        policies.principals, users=users, alone=users, services=services, teams=teams, team_purposes=of_teams
    )
    return replace(policies, principals=known)


def clear_for(
    spec: Spec, policies: Policies, grants: tuple[Grant, ...] = (), now: datetime = NOW
) -> set[tuple[str, str, str]]:
    """Decide about everybody, one by one: who sees which classified column in the clear for which purpose."""
    classified = {leaf.path for leaf in leaves(spec.columns) if leaf.classes}
    found = set[tuple[str, str, str]]()
    for principal, purpose in askers(policies):
        decision = decide(AccessRequest(principal, purpose, now, spec, grants), policies)
        shown = {path for path, column in decision.columns.items() if decision.read and "clear" in column.granted}
        found |= {(f"{principal.kind}:{principal.name}", purpose, path) for path in shown & classified}
    return found


@pytest.mark.parametrize("earlier", [FIND, ""], ids=["who reads already", "who could not read"])
@pytest.mark.parametrize("unless", UNLESS.values(), ids=UNLESS)
@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_gains_are_what_every_single_decision_says(
    staffed: Policies, customers: Spec, who: str, unless: str, earlier: str
) -> None:
    mesh = crowd(staffed)
    scope = f'{who}, action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii"'
    see = f'@id("see") @why("w") permit({scope}){unless};'
    before, after = (mesh.with_product(customers, text) for text in (earlier, FIND + TOKENS + see))

    found = gains(customers, before, after, NOW)
    told = [(who, why, path) for g in found for who in g.principals for why in g.purposes for path in g.columns]

    assert len(told) == len(set(told)) > 0
    assert clear_for(customers, after) - clear_for(customers, before) == set(told)
    assert [] == [gain for gain in found if gain.rows or not gain.columns]


def test_who_reads_already_and_sees_other_rows_is_told_of_without_a_column(staffed: Policies, customers: Spec) -> None:
    mesh = crowd(staffed)
    about = 'resource in Mesh::Product::"sales.customers"'
    row = f'@id("row") @why("w") permit(principal, action == Mesh::Action::"see_row", {about})'
    one, all_rows = f'{row} when {{ resource.customer_id == "C1" }};', f"{row};"
    before, after = (mesh.with_product(customers, FIND + rows) for rows in (one, all_rows))

    found = gains(customers, before, after, NOW)

    assert {((), True)} == {(gain.columns, gain.rows) for gain in found}


ROWS = '@id("row") @why("w") permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Product::"{}")'
COARSE = (
    TOKENS.replace("tokens", "coarse").replace("see_token", "see_coarse").replace('Class::"pii"', 'Class::"pii.name"')
)
DESK_CLEAR = TOKENS.replace("tokens", "clear").replace("see_token", "see_clear").replace(
    "permit(principal,", 'permit(principal in Mesh::Team::"desk",'
)  # fmt: skip


def levels_of(spec: Spec, policies: Policies, who: str, purpose: str) -> dict[str, set[str]]:
    """Decide about one person, column by column: which classified ones they see at each level."""
    principal = policies.principals.find(who.partition(":")[2], "user" if who.startswith("user:") else "service")
    decision = decide(AccessRequest(principal, purpose, NOW, spec), policies)
    found = dict[str, set[str]]()
    for leaf in leaves(spec.columns):
        level = decision.columns[leaf.path].level if leaf.classes else "hidden"
        if level != "hidden":
            found.setdefault(level, set()).add(leaf.path)
    return found


@pytest.mark.parametrize(
    ("shown", "most"),
    [("", 0), (TOKENS, 1), (TOKENS + COARSE, 2), (TOKENS + COARSE + DESK_CLEAR, 3)],
    ids=["nothing", "tokens", "coarse values too", "some of it in the clear"],
)
def test_other_rows_are_told_of_with_the_level_at_which_each_reader_sees_their_classified_columns(
    staffed: Policies, customers: Spec, shown: str, most: int
) -> None:
    mesh = crowd(staffed)
    row = ROWS.format(customers.id)
    one, every = f'{row} when {{ resource.customer_id == "C1" }};', f"{row};"
    before, after = (mesh.with_product(customers, FIND + shown + rows) for rows in (one, every))

    found = gains(customers, before, after, NOW)

    told = {
        (who, why): {each.level: set(each.columns) for each in gain.rows_at}
        for gain in found
        for who in gain.principals
        for why in gain.purposes
    }
    assert {asker: levels_of(customers, after, *asker) for asker in told} == told
    assert len(list(askers(after))) == len(told)
    assert most == len({level for levels in told.values() for level in levels})
    assert all(gain.rows and not gain.columns for gain in found)


def test_somebody_who_sees_tokens_of_other_rows_is_told_apart_from_who_sees_them_clear(
    staffed: Policies, customers: Spec
) -> None:
    mesh, row = crowd(staffed), ROWS.format(customers.id)
    one, every = f'{row} when {{ resource.customer_id == "C1" }};', f"{row};"
    before, after = (mesh.with_product(customers, FIND + TOKENS + DESK_CLEAR + rows) for rows in (one, every))

    told = {who: gain.rows_at[0] for gain in gains(customers, before, after, NOW) for who in gain.principals}

    assert ("clear", "token") == (told["user:u0"].level, told["user:u1"].level)
    assert ColumnsAt(level="token", columns=told["user:u1"].columns) == told["user:u1"]
    assert "email" in told["user:u1"].columns


STOP = DESK_CLEAR.replace("permit(", "forbid(").replace('"desk"', '"planning"').replace("clear", "stop", 1)


def test_every_grant_counts_of_a_product_with_many_though_few_are_held_at_a_time(
    staffed: Policies, customers: Spec
) -> None:
    known = staffed.principals
    many = {f"u{n:03}": replace(known.users["ben"], name=f"u{n:03}") for n in range(40)}
    mesh = replace(staffed, principals=replace(known, users={**known.users, **many}))
    before, after = (mesh.with_product(customers, text) for text in (FIND + STOP, FIND))
    classes = ("pii.contact", "pii.birth_date", "pii.name")
    own = [
        granted(f"g{n}", grantee=f"user:u{n % 30:03}", requester=f"u{n % 30:03}", cls=classes[n % 7 % 3])
        for n in range(90)
    ]
    grants = (*own, granted("gt", grantee="team:planning", teams=(), cls="pii.contact.email"))
    asked = list[tuple[str, ...]]()

    def read(some: Collection[str]) -> tuple[Grant, ...]:
        asked.append(tuple(sorted(some)))
        return tuple(grant for grant in grants if grant.grantee in some)

    now = grants[0].asked_at
    found = gains(customers, before, after, now, Holdings(frozenset(g.grantee for g in grants), read))

    told = [(who, why, path) for g in found for who in g.principals for why in g.purposes for path in g.columns]
    assert len(told) == len(set(told)) > 40
    assert clear_for(customers, after, grants, now) - clear_for(customers, before, grants, now) == set(told)
    assert max(map(len, asked)) <= A_FEW + 1


CLEAR_TO = '@id("see") @why("w") permit(principal in Mesh::Team::"{}", action == Mesh::Action::"see_clear", resource);'


def gained_by(spec: Spec, mesh: Policies, team: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give who gains by a permit to a team, and which of the teams among them have nobody."""
    before, after = (mesh.with_product(spec, FIND + more) for more in ("", CLEAR_TO.format(team)))
    return [(gain.principals, gain.empty) for gain in gains(spec, before, after, NOW)]


def test_a_permit_to_a_team_without_people_is_that_team_s_gain(staffed: Policies, customers: Spec) -> None:
    mesh = crowd(staffed)
    people = {name: who for name, who in mesh.principals.users.items() if "planning" not in who.teams}
    empty = replace(mesh, principals=replace(mesh.principals, users=people, alone=people))

    assert [(("team:planning",), ("team:planning",))] == gained_by(customers, empty, "planning")
    assert not any(who.startswith("team:") for names, _ in gained_by(customers, mesh, "planning") for who in names)


def test_a_permit_to_a_team_whose_people_see_everything_already_is_the_team_s_gain(
    staffed: Policies, customers: Spec
) -> None:
    mesh = crowd(staffed)
    one = {name: who for name, who in mesh.principals.users.items() if "planning" not in who.teams or name == "u1"}
    mesh = replace(mesh, principals=replace(mesh.principals, users=one, alone=one))
    already = CLEAR_TO.replace("see", "own", 1).replace('in Mesh::Team::"{}"', '== Mesh::User::"u1"')
    before, after = (mesh.with_product(customers, FIND + already + more) for more in ("", CLEAR_TO.format("planning")))

    assert [(("team:planning",), ())] == [(g.principals, g.empty) for g in gains(customers, before, after, NOW)]


def test_where_tokens_name_the_teams_everybody_is_who_they_say(staffed: Policies, customers: Spec) -> None:
    mesh = crowd(staffed)
    known = mesh.principals
    alone = {name: replace(who, teams=()) for name, who in known.users.items()}
    known = replace(known, alone=alone)
    came = {name: known.member(name, teams) for name, teams in (("u0", ["planning"]), ("u1", ["desk"]))}
    claimed = replace(mesh, principals=replace(known, claimed=Members(came)))

    named = {who for names, _ in gained_by(customers, claimed, "planning") for who in names}
    empty = {who for _, names in gained_by(customers, claimed, "planning") for who in names}

    assert ({"team:planning", "user:u0"}, set()) == (named, empty)


def test_whoever_may_come_to_be_in_a_team_is_known_to_no_other_decision(staffed: Policies, customers: Spec) -> None:
    mesh = crowd(staffed)
    made = mesh.principals.whoever("planning")
    decision = decide(AccessRequest(made, made.purposes[0], NOW, customers), mesh)

    assert (False, True) == (decision.discover, "unknown user" in decision.problem)


def test_whoever_may_come_to_be_in_a_team_has_no_word_in_anything(policies: Policies) -> None:
    known = policies.principals
    claimed = Members({"ana": known.users["ana"]})

    by_file, by_tokens = (
        with_whoever(replace(policies, principals=replace(known, claimed=members))).principals
        for members in (None, claimed)
    )

    assert (known.users, True) == (by_file.members, by_file.claimed is not None and by_file.claimed.settled)
    assert by_tokens.claimed is claimed
    assert {"team:desk", "team:planning"} == {*by_tokens.users} - {*known.users} == {*by_file.users} - {*known.users}
