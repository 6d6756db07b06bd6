"""A port fits the published contract, and the decision grants what it asks; or one line says what does not."""

from collections.abc import Callable

import pytest

from meshwright.access import Decision, Policies, port_decision, port_problems
from meshwright.errors import AccessDenied, PortMismatch
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, PortSpec, ScalarType, Spec, StructType

Decide = Callable[..., Decision]
STRING = ScalarType(kind="string")


def port(*columns: ColumnSpec, major: int = 1) -> PortSpec:
    return PortSpec(product="sales.customers", major=major, columns=columns)


ID = ColumnSpec(name="customer_id", type=STRING)
EMAIL = ColumnSpec(name="email", type=STRING, nullable=True, classes=("pii.contact.email",))
BORN = ColumnSpec(name="born", type=ScalarType(kind="date"), nullable=True, classes=("pii.birth_date",))
PLACE = StructType(fields=(ColumnSpec(name="street", type=STRING, nullable=True),))
ITEM = ColumnSpec(name="item", type=PLACE)


def test_a_port_gets_what_it_asks_and_the_rest_stays_hidden(customers: Spec, decided: Decide) -> None:
    street = ColumnSpec(name="country", type=STRING, nullable=True)
    address = ColumnSpec(name="address", type=StructType(fields=(street,)), nullable=True)

    found = port_decision(port(ID, EMAIL, address), customers, decided("ana", "fraud"))

    expected = {"customer_id": "clear", "email": "clear", "address.street": "hidden", "address.country": "clear"}
    assert expected == dict(found)


def test_a_port_may_ask_for_tokens(customers: Spec, decided: Decide) -> None:
    asked = port(EMAIL.model_copy(update={"level": "token"}))

    assert {"email": "token"} == dict(port_decision(asked, customers, decided("ben", "churn")))


def test_a_token_is_text_whatever_the_columns_type(customers: Spec, decided: Decide) -> None:
    asked = port(BORN.model_copy(update={"level": "token"}))

    assert ("column 'born' is String (a token is text), not Date",) == port_problems(asked, customers)
    as_text = port(BORN.model_copy(update={"level": "token", "type": STRING}))
    assert {"born": "token"} == dict(port_decision(as_text, customers, decided("ben", "churn")))


def test_less_than_asked_is_denied_with_the_smallest_request(customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied) as denied:
        port_decision(port(ID, EMAIL), customers, decided("ben", "churn"))

    assert ("email",) == denied.value.columns
    wanted = "--columns email --level clear --purpose churn --until 30d --reason '...'"
    ask = f"mesh access request sales.customers {wanted}"
    assert (ask,) == denied.value.asks
    assert "user:ben may not see 'email' as clear for 'churn'" in str(denied.value)


def test_who_may_not_read_at_all_asks_once_for_the_columns_of_the_port(customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied) as denied:
        port_decision(port(ID, EMAIL), customers, decided("eve", "marketing"))

    wanted = "--columns email --level clear --purpose marketing --until 30d --reason '...'"
    assert (f"mesh access request sales.customers {wanted}",) == denied.value.asks


def test_a_column_of_several_classes_is_asked_for_by_its_name(customers: Spec, decided: Decide) -> None:
    both = ColumnSpec(name="both", type=STRING, nullable=True, classes=("pii.name", "export-controlled"))

    with pytest.raises(AccessDenied) as denied:
        port_decision(port(both), customers, decided("ben", "churn"))

    assert ["--columns both --level clear" in ask for ask in denied.value.asks] == [True]


def test_what_a_forbid_keeps_is_denied_without_a_request(customers: Spec, decided: Decide) -> None:
    password = ColumnSpec(name="password", type=STRING, nullable=True, classes=("secret",))

    with pytest.raises(AccessDenied) as denied:
        port_decision(port(password), customers, decided("ben", "churn"))

    assert ("password",) == denied.value.columns
    assert not any(denied.value.asks)


def test_a_token_that_is_not_granted_is_denied_though_clear_is(customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied, match="'email' as token"):
        port_decision(port(EMAIL.model_copy(update={"level": "token"})), customers, decided("ana", "fraud"))


def test_an_unreadable_product_is_denied_as_a_whole(customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied, match="--level read --purpose marketing"):
        port_decision(port(ID), customers, decided("eve", "marketing"))


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (ID.model_copy(update={"name": "customer"}), "column 'customer' is not published; did you mean 'customer_id'?"),
        (ID.model_copy(update={"type": ScalarType(kind="integer")}), "column 'customer_id' is String, not Int64"),
        (ID.model_copy(update={"unit": "piece"}), "column 'customer_id' is in no unit, not in piece"),
        (ID.model_copy(update={"entity": "robot"}), "column 'customer_id' identifies no entity, not robot"),
        (EMAIL.model_copy(update={"nullable": False}), "column 'email' may be null: write `| None`"),
        (EMAIL.model_copy(update={"classes": ()}), "column 'email' has Pii(\"contact.email\"), not no class"),
        (ID.model_copy(update={"classes": ("pii",)}), "column 'customer_id' has no class, not Class(\"pii\")"),
        (EMAIL.model_copy(update={"level": "hidden"}), "column 'email' asks for nothing: drop it"),
        (
            ColumnSpec(
                name="address",
                nullable=True,
                type=StructType(fields=(ColumnSpec(name="strete", type=STRING, nullable=True),)),
            ),
            "column 'address.strete' is not published; did you mean 'street'?",
        ),
        (
            ColumnSpec(
                name="contacts",
                nullable=True,
                type=ListType(
                    items=ColumnSpec(
                        name="item",
                        type=StructType(fields=(ColumnSpec(name="mail", type=STRING, nullable=True),)),
                    )
                ),
            ),
            "column 'contacts.item.mail' has Pii(\"contact.email\"), not no class",
        ),
    ],
)
def test_a_port_that_does_not_fit_is_one_clause(
    customers: Spec, decided: Decide, column: ColumnSpec, problem: str
) -> None:
    with pytest.raises(PortMismatch) as mismatch:
        port_decision(port(column), customers, decided("ana", "fraud"))

    assert (problem,) == mismatch.value.problems
    assert "mesh show sales.customers" in str(mismatch.value)


@pytest.mark.parametrize(
    ("name", "kind", "classes", "problem"),
    [
        ("email", PLACE, EMAIL.classes, "column 'email' is String, not Struct({'street': String})"),
        ("address", STRING, (), "column 'address' is Struct({'street': String, 'country': String}), not String"),
        ("aliases", ListType(items=ITEM), (), "column 'aliases' is List(String), not List(Struct({'street': String}))"),
        ("aliases", STRING, (), "column 'aliases' is List(String), not String"),
        ("contacts", PLACE, (), "column 'contacts' is List(Struct({'mail': String, 'kind': String})), not Struct"),
        ("address", ListType(items=ITEM), (), "column 'address' is Struct({'street': String, 'country': String}), not"),
    ],
)
def test_another_shape_does_not_fit_and_is_told_with_both_types(
    customers: Spec, name: str, kind: ColumnType, classes: tuple[str, ...], problem: str
) -> None:
    (found,) = port_problems(port(ColumnSpec(name=name, type=kind, nullable=True, classes=classes)), customers)

    assert found.startswith(problem)


def test_a_list_of_structs_fits_field_by_field(customers: Spec, decided: Decide) -> None:
    mail = ColumnSpec(name="mail", type=STRING, nullable=True, classes=("pii.contact.email",))
    item = ColumnSpec(name="item", type=StructType(fields=(mail,)), level="token")
    asked = port(ColumnSpec(name="contacts", type=ListType(items=item), nullable=True))

    found = port_decision(asked, customers, decided("ben", "churn"))

    assert {"contacts.item.mail": "token", "contacts.item.kind": "hidden"} == dict(found)


def test_another_major_version_does_not_fit(customers: Spec) -> None:
    assert ("version 2 is asked, 1.0.0 is published",) == port_problems(port(ID, major=2), customers)


def test_a_wider_decimal_fits(customers: Spec, policies: Policies) -> None:
    published = ColumnSpec(name="cost", type=DecimalType(precision=18, scale=2))
    spec = customers.model_copy(update={"columns": (published,)})

    assert () == port_problems(port(ColumnSpec(name="cost", type=DecimalType())), spec)
    assert () != port_problems(port(ColumnSpec(name="cost", type=DecimalType(precision=18, scale=1))), spec)
