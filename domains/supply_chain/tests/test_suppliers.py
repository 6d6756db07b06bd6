"""What supply_chain.suppliers makes of a supplier, and which it holds back."""

from datetime import date

from meshwright.testing import failed
from thenar_supply_chain.suppliers import Supplier, SupplierList, suppliers

GIVEN = {
    "supplier_id": "SUP-01",
    "name": "Präzision Müller GmbH",
    "country": "DE",
    "contact_name": "Jörg Müller",
    "contact_email": "sales1@supplier-01.example",
    "contact_phone": "+44 359 818759",
    "rating": 4.5,
    "since": date(2017, 6, 23),
}


def broken(**change: object) -> list[str]:
    (found,) = failed(Supplier, suppliers(SupplierList.example([GIVEN | change])))
    return found


def test_a_blank_behind_the_country_is_taken_away() -> None:
    assert ["DE"] == suppliers(SupplierList.example([GIVEN | {"country": "DE "}])).collect()["country"].to_list()
    assert [] == broken(country="DE ")


def test_a_wrong_address_and_an_early_day_are_warnings_alone() -> None:
    email = suppliers.spec.column("contact_email")
    (rule,) = suppliers.spec.rules

    assert ["contact_email.pattern"] == broken(contact_email="sales14.at.supplier-14.example")
    assert ["not_from_before_the_mail"] == broken(since=date(1989, 12, 31))
    assert email is not None
    assert ("warn", "warn") == (email.on_fail, rule.severity)


def test_contacts_are_people() -> None:
    assert {"contact_name", "contact_email", "contact_phone"} == {
        c.name for c in suppliers.spec.columns if any(name.startswith("pii.") for name in c.classes)
    }


def test_limits_hold_back_what_is_no_supplier() -> None:
    assert ["supplier_id.pattern"] == broken(supplier_id="1")
    assert ["name.min_length"] == broken(name="")
    assert ["country.pattern"] == broken(country="Germany")
    assert ["contact_name.min_length"] == broken(contact_name="")
    assert ["contact_phone.pattern"] == broken(contact_phone="none")
    assert ["rating.le"] == broken(rating=5.1)
    assert ["rating.ge"] == broken(rating=0.9)
