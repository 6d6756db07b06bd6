"""Each class that can be suggested: what says it, what looks like it, and how much of that it takes."""

from collections.abc import Callable
from dataclasses import dataclass

from meshwright.personal.names import address, birth, free_text, has, ip_name, person_name, unnamed
from meshwright.personal.values import (
    anything,
    holds_address,
    is_address_of_network,
    is_card,
    is_day,
    is_email,
    is_iban,
    is_international,
    is_phone,
    is_social_security,
    is_words,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One class: names that say it, values that look like it, and the share of values at which they say it alone."""

    name: str
    said: Callable[[list[str]], bool]
    looks: Callable[[str], bool]
    alone: float = 2.0
    at_least: float = 0.1
    vocabulary: bool = True


_IDENTIFIERS = (
    "ssn", "social_security", "passport", "passport_id", "national_id", "tax_id", "driver_license", "licence_number",
    "nino", "personal_number", "username", "user_name", "login", "login_id",
)  # fmt: skip

KINDS = (
    Kind("pii.contact.email", has("email", "e_mail", "mail", "emails"), is_email, alone=0.5),
    Kind("pii.financial", has("iban", "account_number", "bank_account"), is_iban, alone=0.8, at_least=0.3),
    Kind("pii.financial", has("card_number", "credit_card", "card_no", "pan"), is_card, alone=0.9, at_least=0.5),
    Kind(
        "pii.identifier",
        has(*_IDENTIFIERS),
        is_social_security, alone=0.9, at_least=0.0,
    ),
    Kind("pii.network", ip_name, is_address_of_network, alone=0.9),
    Kind("pii.birth_date", birth, is_day, at_least=0.5),
    Kind("pii.contact.phone", has("phone", "telephone", "tel", "mobile", "cell_phone", "cellphone", "fax", "phones"),
          is_phone, at_least=0.3),
    Kind("pii.contact.phone", unnamed, is_international, alone=0.8),
    Kind("pii.name", person_name, is_words, at_least=0.5, vocabulary=False),
    Kind("pii.address.postcode", has("postcode", "zip", "zip_code", "postal_code", "zipcode"), anything),
    Kind("pii.address.city", has("city", "town"), is_words, at_least=0.5, vocabulary=False),
    Kind("pii.address", address, is_words, at_least=0.5, vocabulary=False),
    Kind("pii", has("gender", "sex", "marital_status", "religion", "ethnicity", "nationality", "income", "salary",
                      "annual_income", "disability", "marital"), anything),
    Kind("pii.text", free_text, holds_address, alone=0.01, at_least=0.001),
    Kind("pii.text", unnamed, holds_address, alone=0.01),
)  # fmt: skip
"""The first that fits wins, so what is certain stands before what is likely."""
