# ruff: noqa: E501 - tables of words in several languages read best as lists of words
"""Names of columns that say that personal data stands there, and those that only seem to."""

import re
from collections.abc import Callable
from itertools import dropwhile

_PERSON = {"customer", "contact", "person", "employee", "patient", "user", "holder", "recipient", "buyer", "client",
           "guest", "member", "owner", "driver", "passenger", "author", "manager", "operator"}  # fmt: skip
_ABOUT = {"verified", "valid", "count", "type", "status", "flag", "template", "sent", "opened", "at", "consent",
          "domain", "length", "format", "optin", "opt", "in", "out", "rate", "id", "key", "url", "mode",
          "line", "lines", "version", "is", "has", "allowed", "enabled"}  # fmt: skip
_THINGS = {"product", "model", "part", "item", "file", "company", "supplier", "vendor", "brand", "table", "column",
           "category", "subcategory", "shop", "store", "plant", "machine", "event", "project", "domain", "host",
           "server", "app", "device", "sheet", "field", "class", "type", "group", "team", "memory", "web", "mac",
           "bus", "register"}  # fmt: skip


def has(*words: str) -> Callable[[list[str]], bool]:
    """Look for any of some names, one or more words each, unless the name ends in what is only about it."""

    def said(tokens: list[str]) -> bool:
        text = f"_{'_'.join(tokens)}_"
        return any(f"_{w}_" in text for w in words) and not _only_about(tokens, words)

    return said


def _only_about(tokens: list[str], words: tuple[str, ...]) -> bool:
    ends = tokens[-1] in _ABOUT and not any("_".join(tokens).endswith(w) for w in words)
    return ends or tokens[0] in ("is", "has")


def person_name(tokens: list[str]) -> bool:
    """Tell whether a name is that of a person."""
    text = "_".join(tokens)
    single = r"(^|_)(vorname|nachname|prenom|apellidos?|cognome|nazwisko|imie|voornaam|achternaam|surname|forename|firstname|lastname|fullname|givenname|familyname|nickname|maidenname)(_|$)"
    paired = r"(^|_)(first|last|given|family|full|middle|maiden|nick)_name(_|$)"
    if _only_about(tokens, ("name",)):
        return False
    if re.search(single, text) or re.search(paired, text):
        return True
    return tokens[-1] == "name" and bool(_PERSON & set(tokens)) and not _THINGS & set(tokens)


_LINE = frozenset({"1", "2", "3", "line", "line1", "line2", "line3"})


def address(tokens: list[str]) -> bool:
    """Tell whether a name is that of a postal address."""
    words = ("address", "addresses", "street", "house_number", "postal_address", "address1", "address2", "addr")
    lines = list(dropwhile(_LINE.__contains__, reversed(tokens)))
    return (
        bool(lines)
        and has(*words)(lines[::-1])
        and not _THINGS & set(lines)
        and not {"email", "ip", "url"} & set(lines)
    )


def free_text(tokens: list[str]) -> bool:
    """Tell whether a name is that of what somebody wrote."""
    return bool({"comment", "comments", "note", "notes", "remark", "remarks", "message", "feedback"} & set(tokens))


def ip_name(tokens: list[str]) -> bool:
    """Tell whether a name is that of a network address."""
    return bool({"ip", "ipv4", "ipv6"} & set(tokens)) and not _only_about(tokens, ("ip", "address"))


def birth(tokens: list[str]) -> bool:
    """Tell whether a name is that of a day of birth."""
    return bool(
        {
            "birth",
            "birthdate",
            "birthday",
            "dob",
            "born",
            "geburtsdatum",
            "geburtstag",
            "naissance",
            "nacimiento",
            "nascita",
        }
        & set(tokens)
    ) and tokens[-1] not in ("place", "rate")


_SIGNED = re.compile(
    r"(?:signed|approved|created|reviewed|checked|requested|ordered|handled|assigned|sold|inspected)_(?:by|to)"
)
_ROLES = _PERSON | {"name", "full", "customers", "employees", "assignee", "approver", "reviewer", "inspector", "signer",
                    "applicant", "attendee", "student", "teacher", "doctor", "physician", "nurse", "tenant", "candidate",
                    "sender", "receiver", "requester", "respondent", "who", "payee", "cardholder"}  # fmt: skip


def role_name(tokens: list[str]) -> bool:
    """Tell whether a name is that of what a person is to somebody: `customer`, `approved_by`."""
    text = "_".join(tokens)
    return _SIGNED.fullmatch(text) is not None or (
        tokens[-1] in _ROLES - {"name", "full"} and not _THINGS & set(tokens)
    )


def person(tokens: list[str]) -> bool:
    """Tell whether a name speaks of somebody's name, even beside a thing: `supplier_contact_name`."""
    return tokens[-1] == "name" and bool(_ROLES - {"name", "full"} & set(tokens))


def unnamed(_: list[str]) -> bool:
    """Take no name: the values decide."""
    return False
