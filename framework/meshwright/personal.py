"""Suggest which columns hold personal data, with counts as evidence and never a value.

A suggestion needs the column's name, or values that pass a pattern and, where there is one, a checksum. Names that
only speak of personal data (`email_verified`, `product_name`) and closed vocabularies are left out: bare patterns
take every order number for a telephone number.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from meshwright.names import snake_case

_SAMPLE = 10_000
_GLANCE = 200
_VOCABULARY = 12

_PERSON = {"customer", "contact", "person", "employee", "patient", "user", "holder", "recipient", "buyer", "client",
           "guest", "member", "owner", "driver", "passenger", "author", "manager", "operator"}  # fmt: skip
_ABOUT = {"verified", "valid", "count", "type", "status", "flag", "template", "sent", "opened", "at", "consent",
          "domain", "length", "format", "optin", "opt", "in", "out", "rate", "id", "key", "number", "url", "mode",
          "line", "lines", "version", "is", "has", "allowed", "enabled"}  # fmt: skip
_THINGS = {"product", "model", "part", "item", "file", "company", "supplier", "vendor", "brand", "table", "column",
           "category", "subcategory", "shop", "store", "plant", "machine", "event", "project", "domain", "host",
           "server", "app", "device", "sheet", "field", "class", "type", "group", "team", "memory", "web", "mac",
           "bus", "register"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class for a column: of `checked` different values `matched` look like it; `named` when its name says so."""

    column: str
    name: str
    checked: int
    matched: int
    named: bool

    @property
    def evidence(self) -> str:
        """Say why, in counts."""
        says = "the name says so" if self.named else "the name does not say so"
        return f"{self.matched} of {self.checked} different values look like it, {says}"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One class: names that say it, values that look like it, and the share of values at which they say it alone."""

    name: str
    said: Callable[[list[str]], bool]
    looks: Callable[[str], bool]
    alone: float = 2.0
    at_least: float = 0.1
    vocabulary: bool = True


def suggest(frame: pl.DataFrame) -> tuple[Suggestion, ...]:
    """Suggest at most one class for each column of a frame; values are read as text."""
    found = (_of_column(frame[name]) for name in frame.columns if not frame[name].dtype.is_nested())
    return tuple(suggestion for suggestion in found if suggestion)


def _of_column(column: pl.Series) -> Suggestion | None:
    tokens = snake_case(column.name).split("_")
    distinct = column.drop_nulls().unique(maintain_order=True)
    closed = distinct.len() <= _VOCABULARY and column.len() > 4 * _VOCABULARY
    values = [v for v in _texts(distinct.head(_SAMPLE)) if v]
    for kind in _KINDS:
        named = kind.said(tokens)
        if (closed and not kind.vocabulary) or not (named or kind.alone <= 1):
            continue
        if not named and sum(map(kind.looks, values[:_GLANCE])) < kind.alone * min(len(values), _GLANCE) / 4:
            continue
        matched = sum(map(kind.looks, values))
        share = matched / len(values) if values else 1.0 if named else 0.0
        if share >= (kind.at_least if named else kind.alone) and (named or matched >= 3):
            return Suggestion(column.name, kind.name, len(values), matched, named)
    return None


def _texts(values: pl.Series) -> Iterator[str]:
    if values.dtype == pl.Binary():
        return iter(())
    return (str(v).strip() for v in values.cast(pl.String, strict=False).to_list() if v is not None)


def _has(*words: str) -> Callable[[list[str]], bool]:
    """Look for any of some names, one or more words each, unless the name ends in what is only about it."""

    def said(tokens: list[str]) -> bool:
        text = f"_{'_'.join(tokens)}_"
        return any(f"_{w}_" in text for w in words) and not _only_about(tokens, words)

    return said


def _only_about(tokens: list[str], words: tuple[str, ...]) -> bool:
    ends = tokens[-1] in _ABOUT and not any("_".join(tokens).endswith(w) for w in words)
    return ends or tokens[0] in ("is", "has")


def _person_name(tokens: list[str]) -> bool:
    text = "_".join(tokens)
    single = r"(^|_)(surname|forename|firstname|lastname|fullname|givenname|familyname|nickname|maidenname)(_|$)"
    paired = r"(^|_)(first|last|given|family|full|middle|maiden|nick)_name(_|$)"
    if _only_about(tokens, ("name",)):
        return False
    if re.search(single, text) or re.search(paired, text):
        return True
    return tokens[-1] == "name" and bool(_PERSON & set(tokens)) and not _THINGS & set(tokens)


def _address(tokens: list[str]) -> bool:
    words = ("address", "addresses", "street", "house_number", "postal_address", "address1", "address2", "addr")
    lines = tokens[:-1] if tokens[-1] in ("1", "2", "line", "line1", "line2") else tokens
    return bool(lines) and _has(*words)(lines) and not _THINGS & set(lines) and not {"email", "ip", "url"} & set(lines)


def _free_text(tokens: list[str]) -> bool:
    return bool({"comment", "comments", "note", "notes", "remark", "remarks", "message", "feedback"} & set(tokens))


def _ip_name(tokens: list[str]) -> bool:
    return bool({"ip", "ipv4", "ipv6"} & set(tokens)) and not _only_about(tokens, ("ip", "address"))


def _birth(tokens: list[str]) -> bool:
    return bool({"birth", "birthdate", "birthday", "dob", "born"} & set(tokens)) and tokens[-1] not in ("place", "rate")


_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?:\+|00)?[0-9(][0-9 ()./-]{5,22}[0-9](?: ?(?:x|ext\.?) ?[0-9]{1,6})?")
_CARD = re.compile(r"[3-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}")
_SSN = re.compile(r"(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")
_BIRTH = re.compile(r"[0-9]{1,4}([./ -][0-9A-Za-z]{1,9}[./ -][0-9]{1,4}.*)?|[0-9]{8}")


def _is_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


def _is_phone(value: str) -> bool:
    return _PHONE.fullmatch(value) is not None and 7 <= sum(map(str.isdecimal, value)) <= 20


def _is_iban(value: str) -> bool:
    plain = value.replace(" ", "").upper()
    if _IBAN.fullmatch(plain) is None:
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _is_card(value: str) -> bool:
    digits = [int(c) for c in value if c.isdecimal()]
    if _CARD.fullmatch(value) is None or len(set(digits)) < 3:
        return False
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_address_of_network(value: str) -> bool:
    if _MAC.fullmatch(value):
        return True
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    # Versions such as 1.12.0.3 are addresses too, but small ones.
    return address.version == 6 or max(address.packed) > 31


def _is_words(value: str) -> bool:
    return any(c.isalpha() for c in value)


def _is_social_security(value: str) -> bool:
    return _SSN.fullmatch(value) is not None


def _holds_address(value: str) -> bool:
    return "@" in value and _EMAIL.search(value) is not None


def _anything(_: str) -> bool:
    return True


_KINDS = (
    _Kind("pii.contact.email", _has("email", "e_mail", "mail", "emails"), _is_email, alone=0.5),
    _Kind("pii.financial", _has("iban", "account_number", "bank_account"), _is_iban, alone=0.8, at_least=0.3),
    _Kind("pii.financial", _has("card_number", "credit_card", "card_no", "pan"), _is_card, alone=0.9, at_least=0.5),
    _Kind(
        "pii.identifier",
        _has("ssn", "social_security", "passport", "national_id", "tax_id", "driver_license", "licence_number", "nino",
             "personal_number", "username", "user_name", "login"),
        _is_social_security, alone=0.9, at_least=0.0,
    ),
    _Kind("pii.network", _ip_name, _is_address_of_network, alone=0.9),
    _Kind("pii.birth_date", _birth, lambda v: _BIRTH.fullmatch(v) is not None, at_least=0.5),
    _Kind("pii.contact.phone", _has("phone", "telephone", "tel", "mobile", "cell_phone", "cellphone", "fax", "phones"),
          _is_phone, at_least=0.3),
    _Kind("pii.contact.phone", lambda _: False, lambda v: v.startswith("+") and _is_phone(v), alone=0.8),
    _Kind("pii.name", _person_name, _is_words, at_least=0.5, vocabulary=False),
    _Kind("pii.address.postcode", _has("postcode", "zip", "zip_code", "postal_code", "zipcode"), _anything),
    _Kind("pii.address.city", _has("city", "town"), _is_words, at_least=0.5, vocabulary=False),
    _Kind("pii.address", _address, _is_words, at_least=0.5, vocabulary=False),
    _Kind("pii", _has("gender", "sex", "marital_status", "religion", "ethnicity", "nationality", "income", "salary",
                      "annual_income", "disability", "marital"), _anything),
    _Kind("pii.text", _free_text, _holds_address, alone=0.01, at_least=0.001),
    _Kind("pii.text", lambda _: False, _holds_address, alone=0.01),
)  # fmt: skip
"""The first that fits wins, so what is certain stands before what is likely."""
