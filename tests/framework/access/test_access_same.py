"""Decisions as values: what is equal, what is not, and what is kept from one to the next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from meshwright.access import AccessRequest, ColumnDecision, Decision, Policies, decide, policies_of
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

Decide = Callable[..., Decision]


def with_policy(policies: Policies, text: str) -> Policies:
    return replace(policies, products={"sales.customers": policies.products["sales.customers"] + text})


def test_a_decision_that_forbids_to_read_hides_columns_and_one_that_knows_none_forbids_none() -> None:
    columns = {"email": ColumnDecision("clear", ("clear",))}
    closed = Decision("sales.customers", "user:ana", "fraud", columns=columns)

    assert ColumnDecision() == closed.column("email") == replace(closed, read=True).column("other")
    assert ("hidden", ()) == (closed.column("email").level, closed.column("email").forbidden)
    assert "clear" == replace(closed, read=True).column("email").level


def test_tokens_are_equal_for_a_domain_and_purpose_and_for_who_has_no_domain_alone(
    decided: Decide, policies: Policies, customers: Spec, now: datetime
) -> None:
    service = decide(
        AccessRequest(policies.principals.find("sales.customers", "service"), "fraud", now, customers), policies
    )

    assert ["sales/fraud", "sales/fraud", "supply_chain/churn", "eve/marketing"] == [
        decided("ana", "fraud").scope,
        service.scope,
        decided("ben", "churn").scope,
        decided("eve", "marketing").scope,
    ]


def test_the_order_of_columns_makes_no_other_decision(decided: Decide) -> None:
    one = decided("ben", "churn")
    turned = replace(one, columns=dict(list(one.columns.items())[::-1]))

    assert (one, hash(one), one.digest()) == (turned, hash(turned), turned.digest())


def test_meshes_that_differ_in_one_tree_are_decided_apart_and_have_other_digests(
    texts: PolicyTexts, customers: Spec, now: datetime
) -> None:
    """Trees are kept for the next decision."""
    apart = replace(texts, purposes=texts.purposes.replace('parent = "analytics"\n', ""))
    people = texts.principals.replace('["analytics"]', '["analytics", "churn"]')
    one, other = (policies_of(replace(each, principals=people), [customers]) for each in (texts, apart))

    def level(policies: Policies) -> str:
        asked = AccessRequest(policies.principals.find("ben"), "churn", now, customers)
        return decide(asked, policies).column("email").level

    assert ("token", "hidden", "token") == (level(one), level(other), level(one))
    assert one.digest(customers.id) != other.digest(customers.id)


def test_the_order_of_a_file_makes_no_other_policies(texts: PolicyTexts, customers: Spec) -> None:
    ana, ben = '[users.ana]\nteams = ["desk"]\n', '[users.ben]\nteams = ["planning"]\n'
    turned = texts.principals.replace(ana + ben, ben + ana)

    one, other = (policies_of(replace(texts, principals=people), [customers]) for people in (texts.principals, turned))

    assert texts.principals != turned
    assert one.digest(customers.id) == other.digest(customers.id)


def test_how_files_are_laid_out_makes_no_other_policies(texts: PolicyTexts, customers: Spec) -> None:
    classes, purposes, principals = (f"\n{each}# so\n" for each in (texts.classes, texts.purposes, texts.principals))
    spaced = replace(texts, classes=classes, purposes=purposes, principals=principals)

    one, other = policies_of(texts, [customers]), policies_of(spaced, [customers])

    assert one == other
    assert (one.common_digest, one.common_parts) == (other.common_digest, other.common_parts)


@pytest.mark.parametrize(
    ("part", "more", "file"),
    [
        ("classes", "[classes.frozen]\n", "classes.toml"),
        ("purposes", "[purposes.audit]\n", "purposes.toml"),
        ("principals", "[users.zoe]\n", "principals.toml"),
        ("central", "forbid(principal, action, resource);", "mesh.cedar"),
    ],
)
def test_the_file_that_says_something_else_is_told_by_its_name(
    texts: PolicyTexts, customers: Spec, part: str, more: str, file: str
) -> None:
    before = policies_of(texts, [customers])
    after = policies_of(replace(texts, **{part: getattr(texts, part) + more}), [customers])

    assert before.common_digest != after.common_digest
    assert [file] == [name for name, said in after.common_parts.items() if said != before.common_parts[name]]


def test_the_products_that_a_process_knows_beside_one_are_no_part_of_what_decides_it(
    texts: PolicyTexts, customers: Spec
) -> None:
    """A workspace knows all of its products, and a catalog makes rules for the one that is asked for."""
    other = customers.model_copy(update={"id": "planning.demand"})
    declared = replace(texts, principals=f'{texts.principals}\n[services."planning.demand"]\ndomain = "planning"\n')

    workspace, catalog = policies_of(texts, [customers, other]), policies_of(replace(texts, products={}))
    written = policies_of(declared, [customers, other])

    served = catalog.with_product(customers, texts.products[customers.id])
    assert workspace.digest(customers.id) == served.digest(customers.id)
    assert workspace.digest(customers.id) != written.digest(customers.id)


def test_two_contracts_of_one_product_are_held_against_its_policies_apart(
    decided: Decide, policies: Policies, customers: Spec
) -> None:
    """What stops a product is kept for the next decision, which may come with another version of the contract."""
    born = 'resource == Mesh::Column::"sales.customers/born"'
    known = with_policy(policies, f'@id("x") forbid(principal, action == Mesh::Action::"see_clear", {born});')
    before = decided("ana", "fraud", known)
    fewer = customers.model_copy(update={"columns": tuple(c for c in customers.columns if c.name != "born")})

    after = decided("ana", "fraud", known, fewer)

    assert ("", True) == (before.problem, before.read)
    assert "unknown column 'sales.customers/born'" in after.problem


def test_equal_decisions_have_equal_digests_and_a_changed_policy_another(decided: Decide, policies: Policies) -> None:
    one, same = decided("ben", "churn"), decided("ben", "churn")
    changed = decided("ben", "churn", with_policy(policies, "// no change of meaning\n"))

    assert one == same
    assert {one} == {one, same}
    assert one.digest() == same.digest()
    assert one.digest() != changed.digest()
    assert one.digest() != decided("ana", "fraud").digest()


def test_without_classes_the_owners_own_line_permits_to_read() -> None:
    decision = Decision("sales.customers", "user:ana", "fraud", grantee="desk")

    assert "mesh access allow desk sales.customers --level read --purpose fraud" == decision.request("read")
