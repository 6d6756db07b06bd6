"""What the newest major's policies leave of an older one's: what is taken back there is taken back here."""

from dataclasses import replace

import pytest

from meshwright.access import Policies, policies_of
from meshwright.access.exposing import WITHOUT_CLEAR
from meshwright.access.majors import Major, carried_over
from meshwright.access.statements import statements
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, ScalarType, Spec

CLASSES = "[classes.pii]\n[classes.commercial]\n"
PEOPLE = '[teams.desk]\ndomain = "sales"\n'


def spec(version: str, *columns: str) -> Spec:
    found = (ColumnSpec(name=name, type=ScalarType(kind="string"), nullable=True) for name in columns)
    email = ColumnSpec(name="email", type=ScalarType(kind="string"), classes=("pii",), nullable=True)
    return Spec(id="sales.orders", version=version, owner="desk", columns=(*found, email))


OLD, NEW = spec("1.0.0", "id", "fax"), spec("2.0.0", "id", "region")


@pytest.fixture(scope="module")
def mesh() -> Policies:
    return policies_of(PolicyTexts(CLASSES, "", PEOPLE, ""))


def see(level: str, name: str, what: str = 'Class::"pii"', effect: str = "permit") -> str:
    return (
        f'@id("{name}") @why("w") {effect}(principal in Mesh::Team::"desk", '
        f'action == Mesh::Action::"see_{level}", resource in Mesh::{what});'
    )


def rows(name: str, when: str, effect: str = "permit") -> str:
    return see("row", name, 'Product::"sales.orders"', effect).replace(");", f") when {{ {when} }};")


TOKEN, FAX = see("token", "token"), see("token", "fax", 'Column::"sales.orders/fax"')
EU, US = (rows(name, f'resource has region && resource.region == "{name}"') for name in ("EU", "US"))
NO_ID = rows("no-id", "resource has id", "forbid")
FOR_X = '(context.purpose) == Mesh::Purpose::"x"'
OF_USERS, OF_DESK_USERS = (
    TOKEN.replace(");", f") when {{ principal is Mesh::User{within} }};") for within in ("", ' in Mesh::Team::"desk"')
)
ONLY_US, NONE = (
    f'@id("today.rows") @why("the newest major version shows no other rows") forbid(principal, '
    f'action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.orders") unless {{ {shown} }};'
    for shown in (
        '(principal in Mesh::Team::"desk") && ((resource has region) && ((resource.region) == "US"))',
        "false",
    )
)


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ([TOKEN], [TOKEN], [TOKEN]),
        ([TOKEN], [], []),
        ([], [TOKEN], []),
        ([TOKEN], [see("coarse", "token")], []),
        ([TOKEN], [see("token", "renamed")], [TOKEN]),
        ([TOKEN], [see("token", "token", effect="forbid")], [see("token", "today.token", effect="forbid")]),
        ([TOKEN], [TOKEN.replace('in Mesh::Team::"desk"', "is Mesh::User")], [OF_USERS]),
        ([TOKEN], [TOKEN.replace("in Mesh::Team", "is Mesh::User in Mesh::Team")], [OF_DESK_USERS]),
        ([TOKEN, FAX], [], [FAX]),
        ([FAX], [see("token", "region", 'Column::"sales.orders/region"', "forbid")], [FAX]),
        ([TOKEN], [TOKEN, see("token", "stop", effect="forbid")], [TOKEN, see("token", "stop", effect="forbid")]),
        ([see("token", "stop", effect="forbid")], [TOKEN], [see("token", "stop", effect="forbid")]),
        ([EU], [], [EU]),
        ([], [EU], [EU]),
        ([EU], [EU, US], [EU]),
        ([EU, US], [US], [EU, US, ONLY_US]),
        ([EU], [US, NO_ID], [EU, NO_ID, ONLY_US]),
        ([see("clear", "see"), EU], [see("clear", "see"), US, NO_ID], [see("clear", "see"), EU, NO_ID, ONLY_US]),
        ([EU], [NO_ID], [EU, NO_ID, NONE]),
        ([see("token", "see")], [see("clear", "see")], []),
        ([see("clear", "see")], [see("token", "see")], []),
        ([TOKEN], [TOKEN.replace(");", f") when {{ {FOR_X} }};")], [TOKEN.replace(");", f") when {{ {FOR_X} }};")]),
        ([TOKEN.replace(");", f") when {{ {FOR_X} }};")], [TOKEN], [TOKEN.replace(");", f") when {{ {FOR_X} }};")]),
    ],
)
def test_the_newest_major_takes_away_from_the_older_and_opens_no_clear_personal_data(
    mesh: Policies, old: list[str], new: list[str], left: list[str]
) -> None:
    found = carried_over(Major(OLD, "\n".join(old)), Major(NEW, "\n".join(new)), mesh)
    again = carried_over(Major(OLD, found), Major(NEW, "\n".join(new)), mesh)

    assert [each.split() for each in left] == [f"{each};".split() for each in found.split(";")[:-1]]
    assert found == again


def test_a_text_that_loses_nothing_stays_to_the_last_space(mesh: Policies) -> None:
    text = f"// for the desk\n{TOKEN}\n\n{EU}\n"

    assert text == carried_over(Major(OLD, text), Major(NEW, f"{EU}{TOKEN}{see('coarse', 'more')}"), mesh)


def test_rows_of_which_the_newest_says_nothing_are_those_that_the_mesh_chooses(mesh: Policies) -> None:
    central = rows("mesh", "resource has id").replace('in Mesh::Product::"sales.orders"', "")
    ruled = replace(mesh, central=central)

    found = carried_over(Major(OLD, EU), Major(NEW, ""), ruled)

    assert ["EU", "today.rows"] == [each.id for each in statements(found, "x")[0]]
    assert found == carried_over(Major(OLD, found), Major(NEW, ""), ruled)


def test_policies_of_the_newest_that_wait_take_nothing_from_the_older(mesh: Policies) -> None:
    assert TOKEN == carried_over(Major(OLD, TOKEN), Major(NEW, WITHOUT_CLEAR), mesh)


def test_policies_of_the_newest_that_cannot_be_read_deny_the_older_too(mesh: Policies) -> None:
    assert "permit(" == carried_over(Major(OLD, TOKEN), Major(NEW, "permit("), mesh)


def test_a_forbid_under_the_id_of_an_older_one_counts_beside_it(mesh: Policies) -> None:
    old = [see("clear", "see"), see("clear", "stop", effect="forbid")]
    new = [see("clear", "see"), see("token", "stop", effect="forbid")]

    found = carried_over(Major(OLD, "".join(old)), Major(NEW, "".join(new)), mesh)

    assert ["see", "stop", "today.stop"] == [each.id for each in statements(found, "x")[0]]


def test_an_id_that_the_older_has_under_both_names_is_numbered(mesh: Policies) -> None:
    old = [see("clear", "stop", effect="forbid"), see("coarse", "today.stop", effect="forbid")]

    found = carried_over(Major(OLD, "".join(old)), Major(NEW, see("token", "stop", effect="forbid")), mesh)

    assert ["stop", "today.stop", "today.2.stop"] == [each.id for each in statements(found, "x")[0]]
