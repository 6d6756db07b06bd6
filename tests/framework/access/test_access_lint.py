"""What is wrong with a policy is told before anybody is decided by it, with file and line."""

from dataclasses import replace

import pytest

from meshwright.access import Finding, Policies, Principals, cedar, lint
from meshwright.access.lint import blocking, rejected
from meshwright.spec import Spec

OPEN = ("true", "resource.classified", "context.purpose == context.purpose")
LATER = 'context.now > datetime("2020-01-01T00:00:00Z")'
EARLY = 'context.now.toTime() < duration("8h")'
EVERY = ("discover", "see_clear", "see_coarse", "see_token")
CHURN = 'context.purpose == Mesh::Purpose::"churn"'
SOME_DAY = (
    f"{CHURN} && {LATER}",
    f"{EARLY} && {CHURN}",
    f"({CHURN} && {EARLY}) || principal in resource.owner",
    f"!({LATER} || {CHURN})",
    f"!(principal in resource.owner && {EARLY})",
    f"if {LATER} then {CHURN} else false",
    f'{CHURN} && {{"all": context}}.all.now > datetime("2020-01-01")',
)
DESK, PRODUCT, EMAIL = 'Team::"desk"', 'Product::"sales.customers"', 'Column::"sales.customers/email"'


def policy(effect: str, action: str, what: str = "", who: str = "", when: str = "") -> str:
    """Write a policy with id and reason; `what` and `who` are entities such as Class::"pii"."""
    principal = f"principal {'==' if who.startswith('User') else 'in'} Mesh::{who}" if who else "principal"
    resource = f"resource {'in' if what.startswith(('Class', 'Domain')) else '=='} Mesh::{what}" if what else "resource"
    condition = f" when {{ {when} }}" if when else ""
    return f'@id("x") @why("w") {effect}({principal}, action == Mesh::Action::"{action}", {resource}){condition};'


def found(policies: Policies, spec: Spec, text: str) -> list[str]:
    return [str(finding) for finding in lint(replace(policies, products={spec.id: text}), [spec])]


def test_a_finding_says_where_what_and_what_to_do_if_that_is_known() -> None:
    assert "a.cedar:1: is wrong (write it anew)" == str(Finding("a.cedar:1", "is wrong", "write it anew"))
    assert "a.cedar:1: is wrong" == str(Finding("a.cedar:1", "is wrong"))


def test_the_small_mesh_is_clean(policies: Policies, customers: Spec) -> None:
    assert () == lint(policies, [customers])


def test_a_finding_names_file_and_line_of_the_policy(policies: Policies, customers: Spec) -> None:
    text = (
        f'// a comment; with a semicolon\n\n@id("a;b") @why("w")\npermit(\n{policy("permit", "read").split("(", 3)[3]}'
    )

    assert ["domains/sales/policies/customers.cedar:3"] == [
        finding.split(": ")[0] for finding in found(policies, customers, text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("permit(", "is no Cedar policy"),
        (policy("permit", "read", who=DESK, when=CHURN).removeprefix('@id("x") '), "no @id"),
        (policy("permit", "read", who=DESK, when=CHURN).replace('@why("w")', ""), "no @why"),
        ('@id("x") @why("w") permit(principal in Mesh::Team::"desk", action, resource);', "names no action"),
        (policy("permit", "read"), "names no resource"),
        (policy("permit", "see_clear", 'Class::"pii"', DESK), "for any purpose"),
        (policy("permit", "discover", who='Team::"dsk"'), "unknown team 'dsk'; did you mean 'desk'?"),
        (policy("permit", "discover", who='User::"anna"'), "unknown user 'anna'; did you mean 'ana'?"),
        (policy("permit", "discover", 'Product::"robotics.arms"'), "names 'robotics.arms', which is not"),
        (policy("forbid", "see_clear", 'Column::"sales.orders/email"'), "unknown column 'sales.orders/email'"),
        (policy("forbid", "see_clear", when='resource.tenant == "vip"'), "attribute `tenant`"),
        (policy("permit", "discover", when=CHURN), "attribute `purpose`"),
        (policy("permit", "see_row"), "does not say whose rows it is about"),
        (policy("permit", "peek", 'Class::"pii"'), "unrecognized action"),
        (policy("permit", "read", who=DESK).replace('"x"', '"mesh.domain.read"'), "2 policies have the id"),
    ],
)
def test_attack_26_each_mistake_is_one_finding(policies: Policies, customers: Spec, text: str, expected: str) -> None:
    findings = found(policies, customers, text)

    assert any(expected in finding for finding in findings), findings


def test_a_contract_that_speaks_of_unknown_things_is_found(policies: Policies, customers: Spec) -> None:
    column = customers.columns[1].model_copy(update={"classes": ("pii.contact.emial",)})
    odd = customers.model_copy(update={"owner": "dsk", "purpose": "frud", "columns": (column,)})

    expected = [
        "sales.customers.email: unknown class 'pii.contact.emial'; did you mean 'pii.contact.email'?",
        "sales.customers: unknown purpose 'frud'; did you mean 'fraud'?",
        "sales.customers: unknown owner 'dsk'; did you mean 'desk'?",
    ]
    found = lint(policies, [odd])
    assert expected == [str(finding) for finding in found]
    assert ["error", "error", "warning"] == [finding.severity for finding in found]


def test_a_contract_that_names_no_owner_and_no_purpose_speaks_of_nothing_unknown(
    policies: Policies, customers: Spec
) -> None:
    assert () == lint(policies, [customers.model_copy(update={"owner": "", "purpose": ""})])


def test_a_file_for_no_product_is_found(policies: Policies, customers: Spec) -> None:
    findings = lint(replace(policies, products={"sales.customer": ""}), [customers])

    assert ["domains/sales/policies/customer.cedar: no product 'sales.customer'; did you mean 'sales.customers'?"] == [
        str(finding) for finding in findings
    ]


@pytest.mark.parametrize("name", ["catalog.waiting", "catalog.", "catalog.of-mine"])
def test_an_id_of_the_catalog_is_refused_in_a_product_s_file_and_in_the_mesh_s(
    policies: Policies, customers: Spec, name: str
) -> None:
    text = policy("permit", "read", PRODUCT, DESK).replace('"x"', f'"{name}"')
    own, central = replace(policies, products={customers.id: text}), replace(policies, central=policies.central + text)

    assert ["error"] == [each.severity for each in lint(own, [customers]) if "is of the catalog" in each.problem]
    assert ["error"] == [each.severity for each in lint(central, [customers]) if "is of the catalog" in each.problem]
    assert ["is of the catalog"] == [each.problem[-17:] for each in rejected(own, customers)]
    assert () == blocking(own, customers)


def test_a_file_for_no_product_is_found_beside_a_central_row_policy(policies: Policies, customers: Spec) -> None:
    rows = '@id("r") @why("w") permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Domain::"sales");'
    odd = replace(policies, central=policies.central + rows, products={"sales.customer": ""})

    assert ["no product"] == [each.problem[:10] for each in lint(odd, [customers])]


def test_somebody_who_is_not_known_is_no_error(policies: Policies, customers: Spec) -> None:
    careless = policy("permit", "discover", PRODUCT, 'User::"anna"')

    findings = lint(replace(policies, products={customers.id: careless}), [customers])

    assert ["warning"] == [finding.severity for finding in findings]


@pytest.mark.parametrize(
    ("text", "severity", "finding"),
    [
        (policy("permit", "see_clear", 'Class::"pii"', DESK), "warning", "shows classified columns for any purpose"),
        (policy("permit", "see_token", EMAIL, DESK), "warning", "shows classified columns for any purpose"),
        (policy("permit", "discover", 'Product::"sales.leads"', DESK), "error", "which is not 'sales.customers'"),
        (policy("permit", "discover", who=DESK).replace('"w"', '" "'), "error", "has no @why"),
        (policy("permit", "discover", who='Team::"dsk"'), "error", "unknown team 'dsk'; did you mean 'desk'?"),
        (policy("forbid", "see_clear", who='Team::"dsk"'), "error", "unknown team 'dsk'; did you mean 'desk'?"),
        (policy("permit", "discover", who='User::"anna"'), "warning", "unknown user 'anna'"),
        (policy("permit", "discover", who='Domain::"slaes"'), "warning", "unknown domain 'slaes'"),
        (policy("forbid", "discover", who='Domain::"slaes"'), "error", "unknown domain 'slaes'"),
        (policy("forbid", "read", 'Product::"sales.custmers"'), "error", "unknown product 'sales.custmers'"),
        (policy("forbid", "read", 'Product::"parts.orders"'), "warning", "unknown product 'parts.orders'"),
        (policy("permit", "discover", who='Service::"sales.bot"'), "warning", "unknown service 'sales.bot'"),
        (policy("permit", "read", DESK).replace('"x"', '"grant:x"'), "error", "is of a grant"),
    ],
)
def test_what_is_only_careless_is_a_warning(
    policies: Policies, customers: Spec, text: str, severity: str, finding: str
) -> None:
    found = lint(replace(policies, products={customers.id: text}), [customers])

    assert [severity] == [each.severity for each in found if finding in str(each)]


@pytest.mark.parametrize(
    ("text", "severity", "finding"),
    [
        (policy("permit", "read"), "warning", "permits everybody everything"),
        (policy("permit", "see_clear", 'Class::"pii"', DESK), "warning", "shows classified columns for any purpose"),
        (policy("permit", "see_token", who=DESK), "warning", "shows classified columns for any purpose"),
        (policy("permit", "see_clear", when='resource in Mesh::Class::"pii"'), "error", "to everybody for any purpose"),
        (policy("permit", "see_clear", 'Class::"pii"'), "error", "columns to everybody for any purpose"),
        (policy("permit", "see_clear", 'Class::"pii"', when="principal.age > 1"), "warning", "columns for any purpose"),
        *((policy("permit", "see_clear", when=each), "error", "shows everybody what is classified") for each in OPEN),
        (policy("permit", "see_token", when=CHURN), "error", "shows everybody what is classified"),
        *((policy("permit", "see_token", when=each), "error", "shows everybody what is") for each in SOME_DAY),
        (policy("permit", "see_token", when=CHURN).replace(";", f" unless {{ {LATER} }};"), "error", "shows everybody"),
    ],
)
def test_the_meshs_own_policies_may_be_wide_and_show_strangers_no_class_that_they_do_not_name(
    policies: Policies, customers: Spec, text: str, severity: str, finding: str
) -> None:
    found = lint(replace(policies, central=policies.central + text), [customers])

    assert [severity] == [each.severity for each in found if finding in str(each)]


@pytest.mark.parametrize(
    "text",
    [
        policy("permit", "see_clear", when="!resource.classified"),
        policy("permit", "see_token", 'Class::"pii"', when=CHURN),
        policy("permit", "see_clear", when=f"principal in resource.owner && {CHURN}"),
        policy("permit", "see_token", 'Class::"pii"', DESK, CHURN),
        policy("permit", "see_token", when=f"!resource.classified && {LATER} && {CHURN}"),
        policy("permit", "see_token", when=f"!(!(principal in Mesh::{DESK}) || {EARLY}) && {CHURN}"),
        policy("permit", "see_token", when=CHURN).replace(";", f" unless {{ {LATER} || resource.classified }};"),
        policy("forbid", "see_clear"),
    ],
)
def test_the_meshs_own_policies_that_name_somebody_or_a_class_are_no_wildcards(
    policies: Policies, customers: Spec, text: str
) -> None:
    found = lint(replace(policies, central=policies.central + text), [customers])

    assert [] == [each for each in found if each.severity == "error"]


def test_a_central_permit_of_everything_that_has_no_id_is_an_error_at_its_line(
    policies: Policies, customers: Spec
) -> None:
    text = policy("permit", "see_clear").removeprefix('@id("x") ')

    findings = lint(replace(policies, central=text), [customers])

    assert [("policies/mesh.cedar:1", "has no @id"), ("policies/mesh.cedar:1", "permits everybody everything")] == [
        (each.where, each.problem) for each in findings if each.severity == "error"
    ]


@pytest.mark.parametrize(
    ("action", "scope"),
    [
        ("read", 'resource == Mesh::Product::"sales.customers"'),
        ("see_row", 'resource in Mesh::Product::"sales.customers"'),
        ("see_clear", 'resource in Mesh::Class::"..."'),
    ],
)
def test_who_leaves_the_resource_open_is_told_what_to_write_for_the_action(
    policies: Policies, customers: Spec, action: str, scope: str
) -> None:
    known = replace(policies, products={customers.id: policy("permit", action, who=DESK, when=CHURN)})

    assert [f"write {scope}"] == [each.hint for each in lint(known, [customers]) if "no resource" in each.problem]


@pytest.mark.parametrize("level", ["see_clear", "see_coarse", "see_token"])
@pytest.mark.parametrize("when", ["", *OPEN, CHURN, 'principal in Mesh::Team::"desk"'])
def test_in_a_products_file_no_condition_makes_up_for_a_scope_that_names_nobody_or_nothing(
    policies: Policies, customers: Spec, level: str, when: str
) -> None:
    texts = [
        policy("permit", level, when=when),
        policy("permit", level, who=DESK, when=when),
        policy("permit", level, 'Class::"pii"', when=when),
        policy("permit", level, 'Class::"pii"', when=when).replace("(principal,", "(principal is Mesh::User,"),
    ]

    for text in texts:
        known = replace(policies, products={customers.id: text})
        assert "error" in [each.severity for each in lint(known, [customers]) if "is a wildcard" in each.problem]
        assert rejected(known, customers)


@pytest.mark.parametrize(
    "text",
    [
        policy("permit", "read", when=CHURN),
        policy("permit", "discover"),
        policy("permit", "discover", who=DESK),
        policy("permit", "read", who=DESK, when=CHURN).replace("resource)", "resource is Mesh::Product)"),
        policy("permit", "read", PRODUCT, DESK)
        .replace("== Mesh::Action", "in [Mesh::Action")
        .replace('"read"', '"read", ' + ", ".join(f'Mesh::Action::"{each}"' for each in EVERY) + "]")
        .replace("resource ==", "resource in"),
    ],
)
def test_a_products_file_names_what_it_opens_and_not_every_action(
    policies: Policies, customers: Spec, text: str
) -> None:
    known = replace(policies, products={customers.id: text})

    assert ["error"] == [each.severity for each in lint(known, [customers]) if "is a wildcard" in each.problem]
    assert ["is a wildcard"] == [each.problem.partition(":")[0] for each in rejected(known, customers)]


@pytest.mark.parametrize("domain", ["planning", "sales"])
@pytest.mark.parametrize("effect", ["permit", "forbid"])
def test_a_products_file_speaks_of_no_domains_products(
    policies: Policies, customers: Spec, effect: str, domain: str
) -> None:
    whole = f'Domain::"{domain}"'
    texts = [
        policy(effect, "read", whole, DESK, CHURN),
        policy(effect, "read", PRODUCT, DESK, f"resource in Mesh::{whole} && {CHURN}"),
        policy(effect, "read", PRODUCT, DESK, f"resource.domain == Mesh::{whole} && {CHURN}"),
        policy(effect, "read", PRODUCT, DESK, f"[Mesh::{whole}].contains(resource.domain) && {CHURN}"),
    ]

    for text in texts:
        known = replace(policies, products={customers.id: text})
        expected = f"domains/sales/policies/customers.cedar:1: x: is about all products of '{domain}', "
        assert [expected] == [str(each).partition("not about")[0] for each in rejected(known, customers)]


def test_a_products_file_may_name_the_domain_of_who_asks(policies: Policies, customers: Spec) -> None:
    asks = policy("permit", "read", PRODUCT, 'Domain::"sales"', f'principal in Mesh::Domain::"sales" && {CHURN}')

    assert [] == found(policies, customers, asks)


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        ('@mask("null")', "unknown annotation @mask"),
        ('@expires("2020-01-01")', "unknown annotation @expires"),
        ('@Id("y")', "unknown annotation @Id"),
        ("@reviewed", "unknown annotation @reviewed"),
    ],
)
def test_an_annotation_that_nobody_obeys_denies_and_is_told(
    policies: Policies, customers: Spec, note: str, problem: str
) -> None:
    text = f"{note} {policy('permit', 'read', PRODUCT, DESK, CHURN)}"
    known = replace(policies, products={customers.id: text})

    assert [problem] == [each.problem for each in blocking(known, customers)]
    assert [problem] == [each.problem for each in lint(known, [customers])]
    assert [problem] == [each.problem for each in rejected(known, customers)]


def test_an_annotation_misspelt_for_the_id_is_told_beside_the_missing_id(policies: Policies, customers: Spec) -> None:
    text = policy("permit", "read", PRODUCT, DESK, CHURN).replace("@id", "@Id")

    problems = [each.problem for each in lint(replace(policies, products={customers.id: text}), [customers])]

    assert ["unknown annotation @Id", "has no @id"] == problems


def test_a_file_that_check_only_warns_of_is_taken(policies: Policies, customers: Spec) -> None:
    text = policy("permit", "see_clear", 'Class::"pii"', DESK)

    assert () == rejected(replace(policies, products={customers.id: text}), customers)


def test_what_is_wrong_in_the_meshs_own_file_is_no_fault_of_a_product(policies: Policies, customers: Spec) -> None:
    odd = replace(policies, central=f"{policies.central} permit(", products={customers.id: ""})

    assert blocking(odd, customers)
    assert () == rejected(odd, customers)


def test_a_team_is_not_misspelt_where_no_team_is_known(policies: Policies, customers: Spec) -> None:
    nobody = replace(policies, principals=Principals(), products={customers.id: policy("permit", "read", who=DESK)})

    found = [each.severity for each in lint(nobody, [customers]) if "unknown team" in str(each)]

    assert ["warning"] == found


@pytest.mark.parametrize(
    "text",
    [
        policy("permit", "see_clear", 'Class::"pii"', DESK, CHURN),
        policy("permit", "see_clear", EMAIL, DESK, when=f"!resource.classified && {CHURN}"),
        policy("permit", "discover", PRODUCT),
        policy("permit", "read", PRODUCT),
        policy("permit", "discover", PRODUCT, DESK),
        policy("forbid", "see_clear"),
        policy("forbid", "see_clear", 'Class::"pii"'),
        policy("forbid", "see_clear", 'Column::"sales.customers/address.street"'),
        policy("forbid", "see_clear", 'Column::"sales.customers/address"'),
    ],
)
def test_what_is_careful_is_no_finding(policies: Policies, customers: Spec, text: str) -> None:
    assert [] == found(policies, customers, text)


def test_an_id_that_two_files_have_is_found_once_for_the_mesh(policies: Policies, customers: Spec) -> None:
    text = policy("permit", "discover", PRODUCT, DESK)
    other = customers.model_copy(update={"id": "sales.leads"})
    texts = {customers.id: text, other.id: text.replace("sales.customers", "sales.leads")}

    findings = lint(replace(policies, products=texts), [customers, other])

    places = "domains/sales/policies/customers.cedar:1, domains/sales/policies/leads.cedar:1"
    told = f"policies: 2 policies have the id 'x' (they stand in {places}: give each an @id of its own)"
    assert [told] == [str(finding) for finding in findings]
    assert ["error"] == [finding.severity for finding in findings]


@pytest.mark.parametrize(
    "text",
    [
        policy("forbid", "see_clear", 'Column::"sales.customers/address"'),
        policy("permit", "see_row", when='resource.customer_id == "x"').replace(
            "resource)", 'resource in Mesh::Product::"sales.customers")'
        ),
    ],
)
def test_whether_a_policy_can_be_obeyed_is_told_by_each_contract_that_it_is_asked_of(
    policies: Policies, customers: Spec, text: str
) -> None:
    known = replace(policies, products={customers.id: text})
    other = customers.model_copy(update={"columns": customers.columns[1:2]})

    assert [0, 1, 0] == [len(blocking(known, spec)) for spec in (customers, other, customers)]


def test_two_central_policies_of_one_id_are_told_of_where_they_stand(policies: Policies, customers: Spec) -> None:
    known = replace(policies, central=policies.central * 2, products={})

    assert {"policies/mesh.cedar"} == {finding.where for finding in blocking(known, customers)}


def test_every_action_of_the_schema_is_known() -> None:
    assert [] == [action for action in cedar.ACTIONS if f" {action}" not in cedar.SCHEMA.replace(",", " ")]


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("(" * 5000 + "true" + ")" * 5000, "brackets one in another"),
        ("[" * 50_000 + "]" * 50_000 + " == []", "brackets one in another"),
        (" && ".join(["true"] * 3000), "operators"),
        ("context" + ".now" * 3000 + " == 1", "operators"),
        ("if true then " * 90 + "true" + " else false" * 90, "nest too deep"),
        ("true // " + "x" * 200_000 + "\n", "characters"),
    ],
    ids=["brackets", "sets", "conditions", "attributes", "branches", "size"],
)
def test_a_policy_that_would_overflow_the_engine_is_refused_before_it_is_read(
    policies: Policies, customers: Spec, condition: str, problem: str
) -> None:
    problems = found(policies, customers, policy("permit", "read", when=condition))

    assert any(problem in each for each in problems)


def test_more_policies_than_a_search_can_ask_are_refused(policies: Policies, customers: Spec) -> None:
    text = "".join(policy("permit", "read").replace('"x"', f'"x{number}"') for number in range(501))

    assert any("500 policies" in each for each in found(policies, customers, text))


def test_brackets_in_texts_and_comments_are_no_depth(policies: Policies, customers: Spec) -> None:
    text = policy("permit", "read", when=f'context.purpose like "{"(" * 90}" // {"[" * 90}\n')

    assert not any("brackets" in each for each in found(policies, customers, text))


@pytest.mark.parametrize(
    ("column", "told", "denied"),
    [
        ("sales.customers/email", [], []),
        (
            "sales.customers/emial",
            ["unknown column 'sales.customers/emial'; did you mean 'sales.customers/email'?"],
            ["sales.customers"],
        ),
        ("sales.custmers/email", ["unknown product 'sales.custmers'; did you mean 'sales.customers'?"], []),
        (
            "sales.customers.email",
            ["no column is named like 'sales.customers.email'"],
            ["sales.customers", "sales.leads"],
        ),
    ],
)
def test_a_central_forbid_of_a_column_is_checked_and_hides_no_other_product(
    policies: Policies, customers: Spec, column: str, told: list[str], denied: list[str]
) -> None:
    leads = customers.model_copy(update={"id": "sales.leads"})
    forbid = policy("forbid", "see_clear", f'Column::"{column}"')
    known = replace(policies, central=policies.central + forbid)

    assert told == [each.problem for each in lint(known, [customers, leads]) if each.severity == "error"]
    assert denied == [spec.id for spec in (customers, leads) if blocking(known, spec)]


def test_a_permit_on_a_class_that_no_column_has_is_told_and_a_forbid_is_not(
    policies: Policies, customers: Spec
) -> None:
    spec = customers.model_copy(update={"columns": customers.columns[:1]})
    condition = f"{CHURN} && resource in Mesh::{PRODUCT}"

    permit, forbid = (
        found(policies, spec, policy(effect, "see_token", 'Class::"pii.contact"', DESK, condition))
        for effect in ("permit", "forbid")
    )

    said = "no column of sales.customers has class 'pii.contact', nor one below it (it shows nothing yet)"
    assert [said] == [each.partition(": x: ")[2] for each in permit if "no column" in each]
    assert not [each for each in forbid if "no column" in each]
