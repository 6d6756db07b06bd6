"""What sales.customers does to a customer, and which customer it holds back."""

from collections.abc import Mapping
from datetime import UTC, datetime

from meshwright.testing import failed
from thenar_sales.customers import Customer, ErpCustomer, customers

GIVEN = {
    "customer_id": "CUS-000001",
    "company_name": "Iris Institute",
    "contact_name": "Ines Keller",
    "email": "ines@iris.example",
    "phone": "+34 942 920533",
    "street": "Via Roma 1",
    "postcode": "01234",
    "city": "Bilbao",
    "country": "ES",
    "segment": "research",
    "created_at": datetime(2024, 1, 1, tzinfo=UTC),
    "updated_at": datetime(2024, 1, 1, tzinfo=UTC),
}


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(Customer, customers(ErpCustomer.example([{**GIVEN, **change} for change in changes])))


def test_a_customer_as_the_erp_knows_it_passes() -> None:
    found = customers(ErpCustomer.example([GIVEN])).collect()

    assert [[]] == broken({})
    assert "01234" == found["postcode"].item()


def test_a_blank_behind_the_country_is_taken_away() -> None:
    assert ["ES"] == customers(ErpCustomer.example([GIVEN | {"country": "ES "}])).collect()["country"].to_list()


def test_an_empty_address_is_no_address() -> None:
    found = customers(ErpCustomer.example([GIVEN | {"email": ""}, GIVEN | {"email": " a@b.example"}])).collect()

    assert [None, "a@b.example"] == found["email"].to_list()


def test_an_address_without_at_is_named_and_is_a_warning_alone() -> None:
    email = customers.spec.column("email")

    assert [["email.pattern"]] == broken({"email": "ines.at.iris.example"})
    assert email is not None
    assert "warn" == email.on_fail


def test_the_newest_version_stays_and_the_earlier_and_the_copy_go() -> None:
    moved = {"street": "New Street 2", "updated_at": datetime(2024, 2, 1, tzinfo=UTC)}

    assert [["key"], ["key"], []] == broken({}, moved, moved)


def test_a_broken_new_version_does_not_push_out_a_sound_one() -> None:
    wrong = {"country": "Spain", "updated_at": datetime(2024, 2, 1, tzinfo=UTC)}

    assert [[], ["country.pattern"]] == broken({}, wrong)


def test_limits_hold_back_what_is_no_customer() -> None:
    changes: list[dict[str, object]] = [
        {"customer_id": "42"},
        {"company_name": ""},
        {"contact_name": ""},
        {"phone": "none"},
        {"postcode": "1"},
        {"segment": "military"},
    ]

    assert [
        ["customer_id.pattern"],
        ["company_name.min_length"],
        ["contact_name.min_length"],
        ["phone.pattern"],
        ["postcode.min_length"],
        ["segment.values"],
    ] == [broken(change)[0] for change in changes]


def test_a_version_older_than_its_customer_stops_the_build() -> None:
    rule = next(r for r in customers.spec.rules if r.name == "updated_after_created")

    assert [["updated_after_created"]] == broken({"updated_at": datetime(2023, 1, 1, tzinfo=UTC)})
    assert "error" == rule.severity
