# ruff: noqa: E501 - tables of words in several languages read best as lists of words
"""Each class that can be suggested: what says it, what looks like it, and how much of that it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from meshwright.personal import identifiers, mobiles, phones
from meshwright.personal.accounts import is_account, is_key, is_known_account, is_plate
from meshwright.personal.family_names import families, is_titled
from meshwright.personal.mailboxes import of_somebody
from meshwright.personal.names import (
    address,
    any_thing,
    birth,
    free_text,
    has,
    human,
    ip_name,
    keyed,
    living,
    located,
    no_owner,
    of_machine,
    of_message,
    of_people,
    of_user,
    part,
    party,
    person,
    person_name,
    plated,
    premises,
    role,
    signed,
    unnamed,
    unowned,
)
from meshwright.personal.names_elsewhere import is_name_elsewhere
from meshwright.personal.people import (
    is_full_name,
    is_given_name,
    is_initialled,
    is_known_name,
    is_login,
    is_somebody,
    is_surname,
    without_aside,
)
from meshwright.personal.streets import is_street, is_street_elsewhere
from meshwright.personal.value_words import is_demographic, not_of_machines, speaks_of_health
from meshwright.personal.values import (
    anything,
    holds_address,
    is_account_of_poland,
    is_address_of_network,
    is_bank_account,
    is_card,
    is_code,
    is_day,
    is_email,
    is_iban,
    is_line,
    is_phone,
    is_place,
    is_social_security,
    is_words,
    is_written_phone,
)
from meshwright.personal.written import (
    holds_public_address,
    is_age,
    is_born_on,
    is_cookie,
    is_icd,
    is_illness_code,
    is_trace,
    speaks_of_somebody,
)

Count = Callable[[Sequence[str]], int]


def each(looks: Callable[[str], bool]) -> Count:
    """Count the values that look like it, one by one."""
    return lambda values: sum(map(looks, values))


def spoken(tokens: list[str]) -> bool:
    """Tell whether a name is that of a person, or of what only a person is to somebody."""
    return person_name(tokens) or human(tokens)


def is_called(value: str) -> bool:
    """Tell whether a value is a name of a person in any script, also before a telephone number, a day or an address."""
    plain = without_aside(value)
    return is_known_name(plain) or is_given_name(plain) or is_initialled(plain) or is_name_elsewhere(plain)


def is_signed(value: str) -> bool:
    """Tell whether a value is a name with initials, or behind a title."""
    return is_initialled(value) or is_titled(value)


@dataclass(frozen=True, slots=True)
class Kind:
    """One class: names that say it, values that look like it, and the share of values at which they say it alone.

    Only a `certain` kind stops a build: what its values show is hardly ever anything else. `fewest` is how many
    values must look like it where the name does not say so. `vocabulary`: a few values that repeat may be it too.
    `barred`: names under which the values say nothing.
    """

    name: str
    said: Callable[[list[str]], bool]
    count: Count
    alone: float = 2.0
    at_least: float = 0.1
    vocabulary: bool = True
    certain: bool = True
    fewest: int = 3
    barred: Callable[[list[str]], bool] = unnamed


_CALLED = {
    "au.tfn": {"tfn", "tax_file_number"},
    "ca.sin": {"sin", "social_insurance", "sin_number"},
    "gb.nhs": {"nhs", "nhs_number", "nhs_no"},
    "il.idnr": {"teudat_zehut", "mispar_zehut"},
    "in_.aadhaar": {"aadhaar", "aadhar"},
    "nl.bsn": {"bsn", "sofinummer", "burgerservicenummer", "burgerservicenr", "burger_service_nummer"},
    "pt.nif": {"nif", "contribuinte"},
}
"""What numbers are called whose form says nothing: every eleventh number has the same checksum."""

KINDS = (
    Kind("pii.contact.email", has({"email", "e_mail", "mail", "emails", "correo", "epost", "eposta", "mejl"}), each(is_email)),
    Kind("pii.contact.email", unnamed, of_somebody, alone=0.5),
    Kind("pii.contact.email", unnamed, each(is_email), alone=0.5, certain=False, barred=of_message),
    Kind("pii.financial", has({"iban", "account_number", "bank_account", "kontonummer"}), each(is_iban), alone=0.8, at_least=0.3),
    Kind("pii.financial", has({"bank_details"}), each(is_iban), at_least=0.3),
    Kind("pii.financial", has({"bank_details"}), each(is_bank_account), at_least=0.8, certain=False),
    Kind("pii.financial", unnamed, each(is_account_of_poland), alone=0.95, fewest=8),
    Kind("pii.financial", has({"card_number", "credit_card", "card_no", "pan"}), each(is_card), alone=0.9, at_least=0.5),
    Kind("pii.identifier", has({"state_number"}), each(is_social_security), alone=0.97),
    Kind("pii.identifier", has({"state_number"}), identifiers.matched, at_least=0.9),
    Kind("pii.identifier", unnamed, identifiers.matched, alone=0.9, fewest=20),
    Kind("pii.identifier", unnamed, identifiers.matched, alone=0.97, fewest=8, certain=False, barred=any_thing),
    *(Kind("pii.identifier", has(names), identifiers.of(state), at_least=0.9) for state, names in _CALLED.items()),
    Kind("pii.identifier", of_people({"state_number"}), each(is_code), at_least=0.5, certain=False),
    Kind("pii.identifier", has({"login"}), each(is_words), at_least=0.5, certain=False, vocabulary=False),
    Kind("pii.identifier", unnamed, identifiers.grouped, alone=0.97, fewest=8, certain=False, barred=part),
    Kind("pii.identifier", keyed, each(is_key), at_least=0.9, certain=False),
    Kind("pii.identifier", role, each(is_key), at_least=0.9, vocabulary=False, certain=False),
    Kind("pii.identifier", plated, each(is_plate), at_least=0.8, certain=False, barred=part),
    Kind("pii.identifier", unnamed, each(is_known_account), alone=0.9, fewest=8, certain=False, barred=any_thing),
    Kind("pii.network", ip_name, each(is_address_of_network), alone=0.9, barred=of_machine),
    Kind("pii.network", has({"trace_of_somebody"}), each(is_trace), at_least=0.5, certain=False, barred=unowned),
    Kind("pii.network", unnamed, each(is_cookie), alone=0.9, fewest=8, certain=False),
    Kind("pii.network", unnamed, each(identifiers.is_imei), alone=0.95, fewest=12, certain=False, barred=no_owner),
    Kind("pii.birth_date", birth, each(is_day), at_least=0.5, barred=has({"product"})),
    Kind("pii.birth_date", unnamed, each(is_born_on), alone=0.5, certain=False),
    Kind("pii.location", has({"born_at"}), each(is_words), at_least=0.5, certain=False),
    Kind("pii.location", located, each(is_place), at_least=0.9, vocabulary=False),
    Kind("pii.contact.phone", has({"phone"}), each(is_phone), at_least=0.3),
    Kind("pii.contact.phone", has({"contact", "contacts", "contacto", "contato", "contatto", "kontakt", "kontaktdaten", "one_person"}), each(is_written_phone), at_least=0.9, certain=False, barred=part),
    Kind("pii.contact.phone", unnamed, each(phones.is_international), alone=0.8),
    Kind("pii.contact.phone", unnamed, phones.coded, alone=0.95, fewest=12, certain=False, barred=any_thing),
    Kind("pii.contact.phone", unnamed, mobiles.mobile, alone=0.9, fewest=8, certain=False, barred=any_thing),
    Kind("pii.contact.phone", unnamed, phones.national, alone=0.9, fewest=8, certain=False, barred=part),
    Kind("pii.contact.phone", unnamed, phones.national, alone=0.75, fewest=8, certain=False, barred=any_thing),
    Kind("pii.name", person_name, each(is_words), at_least=0.5, vocabulary=False),
    Kind("pii.name", party, each(is_full_name), at_least=0.6, vocabulary=False),
    Kind("pii.name", person, each(is_known_name), alone=0.25, at_least=0.2, vocabulary=False, fewest=8),
    Kind("pii.name", human, each(is_surname), at_least=0.8, vocabulary=False, certain=False),
    Kind("pii.name", has({"somebody"}), each(is_called), at_least=0.5, vocabulary=False),
    Kind("pii.name", has({"party"}), each(is_called), at_least=0.5, vocabulary=False, certain=False),
    Kind("pii.name", has({"somebody"}), each(is_words), at_least=0.5, vocabulary=False, certain=False),
    Kind("pii.name", human, each(is_called), at_least=0.5, vocabulary=False, certain=False),
    Kind("pii.name", has({"name_in_short"}), each(is_surname), at_least=0.8, vocabulary=False, certain=False, barred=part),
    Kind("pii.identifier", signed, each(is_account), at_least=0.8, vocabulary=False, certain=False),
    Kind("pii.identifier", of_user, each(is_account), at_least=0.9, vocabulary=False, certain=False),
    Kind("pii.name", unnamed, each(is_name_elsewhere), alone=0.9, vocabulary=False, fewest=8, certain=False, barred=any_thing),
    Kind("pii.name", unnamed, each(is_titled), alone=0.4, vocabulary=False, fewest=8, certain=False, barred=part),
    Kind("pii.name", unnamed, each(is_signed), alone=0.9, vocabulary=False, fewest=8, certain=False, barred=part),
    Kind("pii.name", unnamed, each(is_given_name), alone=0.7, vocabulary=False, fewest=8, certain=False, barred=part),
    Kind("pii.name", unnamed, families, alone=0.5, vocabulary=False, fewest=8, certain=False, barred=any_thing),
    Kind("pii.address.postcode", of_people({"postcode", "zip", "zip_code", "postal_code", "zipcode", "plz", "postleitzahl"}), each(anything), certain=False),
    Kind("pii.address.city", of_people({"city", "town", "wohnort"}), each(is_words), at_least=0.5, vocabulary=False, certain=False),
    Kind("pii.address", has({"house_number", "hausnr", "hausnummer", "huisnummer"}), each(anything), certain=False),
    Kind("pii.address", address, each(is_line), at_least=0.5, vocabulary=False),
    Kind("pii.address", living, each(is_line), at_least=0.5, vocabulary=False, certain=False),
    Kind("pii.address", unnamed, each(is_street), alone=0.5, fewest=8, barred=premises),
    Kind("pii.address", unnamed, each(is_street_elsewhere), alone=0.5, fewest=8, certain=False, barred=premises),
    Kind("pii", has({"race"}), each(is_demographic), at_least=0.2, certain=False),
    Kind("pii", of_people({"demographic", "diagnosis"}), not_of_machines, certain=False),
    Kind("pii", has({"salary"}), not_of_machines, certain=False),
    Kind("pii", of_people({"age"}), each(is_age), at_least=0.9, certain=False),
    Kind("pii", has({"illness_code"}), each(is_illness_code), at_least=0.6, certain=False),
    Kind("pii", unnamed, each(is_icd), alone=0.6, fewest=8, certain=False, barred=any_thing),
    Kind("pii", unnamed, each(is_demographic), alone=0.6, fewest=2, certain=False, barred=any_thing),
    Kind("pii", unnamed, each(speaks_of_health), alone=0.4, fewest=4, certain=False, barred=any_thing),
    Kind("pii.text", free_text, each(holds_address), alone=0.01, at_least=0.001, fewest=1),
    Kind("pii.text", unnamed, each(phones.holds_international), alone=0.01, fewest=1),
    Kind("pii.text", unnamed, phones.held, alone=0.01, certain=False, barred=part),
    Kind("pii.text", unnamed, each(holds_public_address), alone=0.3, certain=False),
    Kind("pii.text", has({"remarks"}), each(speaks_of_somebody), at_least=0.05, certain=False, barred=any_thing),
    Kind("pii.text", has({"remarks"}), each(speaks_of_health), at_least=0.1, certain=False, barred=any_thing),
    Kind("pii.text", unnamed, each(speaks_of_somebody), alone=0.2, fewest=5, certain=False, barred=any_thing),
)  # fmt: skip
"""The first that fits wins, so what is certain stands before what is likely."""

OF_FEW = (
    Kind("pii.name", spoken, each(is_known_name), alone=0.8, at_least=0.3, barred=part),
    Kind("pii.name", person, each(is_known_name), alone=0.6, at_least=0.3, fewest=2, certain=False, barred=part),
    Kind("pii.name", spoken, each(is_somebody), at_least=0.5, certain=False),
    Kind("pii.name", has({"somebody", "party"}), each(is_called), at_least=0.3, certain=False),
    Kind("pii.name", unnamed, each(is_given_name), alone=0.7, fewest=2, certain=False, barred=part),
    Kind("pii.name", unnamed, each(is_initialled), alone=0.9, fewest=2, certain=False, barred=part),
    Kind(
        "pii.identifier", has({"login"}), each(is_login), alone=0.6, at_least=0.3, fewest=2, certain=False, barred=part
    ),
)
"""Of a column with few different values, as a team or a vocabulary has, where nothing of `KINDS` fits.

A share of so few values says less, so that only names of which the given one is known stop a build.
"""
