# ruff: noqa: E501 - a form is read best on one line
"""Patterns and checksums of personal data."""

import ipaddress
import re

from meshwright.personal.value_words import is_mailbox_of_a_role

_EMAIL = re.compile(r"[^@\s,;<>*]+@[^@\s,;<>]+\.[A-Za-z]{2,}")
_WRAPPED = re.compile(r"mailto:|^[^<>@]*<(?=[^<>]*>$)|(?<=[^<])>$")
_PHONE = re.compile(r"(?:\+|00)?[0-9(][0-9 ()./-]{5,22}[0-9](?: ?(?:x|ext\.?) ?[0-9]{1,6})?")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_CARD = re.compile(r"[2-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}")
_ISSUED = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|(?:5[1-5]|2[2-7])[0-9]{14}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}"
    r"|(?:6011|6[45][0-9]{2}|62[0-9]{2}|35[2-8][0-9])[0-9]{12}(?:[0-9]{3})?|(?:5[06-9]|6[0-9])[0-9]{10,17}"
)
_SSN = re.compile(r"(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
_BIRTH = re.compile(
    r"[0-9]{1,2} (?:[^\W\d_]{1,3}\.){1,3} ?[0-9]{2,4}|[0-9]{1,4}([./ -]{1,2}[^\W_]{1,9}[./ -]{1,2}[0-9]{1,4}.*)|(?:1[89]|20)[0-9]{2}(?:[0-9]{4})?|[0-9]{8}|[0-9]{6}"
    r"|(?:[\u3400-\u9fff]{2}|[MTSHR]\.?)?[0-9元]{1,4}[年년./-] ?[0-9]{1,2}[月월./-] ?[0-9]{1,2}[日일]?生?|[0-9]{4}[年년]生?"
    r"|(?:19|20)[0-9]{2}[./-][0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}"
)
_BORN_AT = re.compile(r"^[^\W\d_][^\d,]{1,40}, (?=\d)")
_ACCOUNT = re.compile(r"[0-9][0-9 -]{5,28}[0-9]|[0-9]{2,6}[/-][0-9]{4,12}(?:/[0-9]{2,4})?")
_LABELLED = re.compile(r"(?:[^\W\d_]{2,8}[.:]{0,2} ?[0-9][0-9 -]{3,18}[0-9][ ,/]{0,3}){1,3}|[0-9]{6} / [0-9]{5,10}")
_MASKED = re.compile(r"\d{0,6}(?:[ -]?[*xX•]{2,6}){1,4}[ -]?\d{2,4}")
_PAYS_TO = re.compile(r"[\w.-]{2,40}@[a-z]{2,12}")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}|[\u3040-\u30ff\u3400-\u9fff]{2,}")
_DEGREES = r"[-+]?[0-9]{1,3}\.[0-9]{2,}"
_PLACE = re.compile(
    rf"[A-Za-z(\[:= ]*{_DEGREES}°?(?: ?[NSEW])?(?: ?[,; ] ?[A-Za-z:=]*{_DEGREES}°?(?: ?[NSEW])?[)\] ]*)?"
)

_THREE_WORDS = re.compile(r"/{0,3}[^\W\d_]{3,}(?:\.[^\W\d_]{3,}){2}")


def is_email(value: str) -> bool:
    """Tell whether the whole value is one e-mail address, also as a link or behind the name of its owner.

    That of a role, such as `info@`, is nobody's.
    """
    if "@" not in value:
        return False
    plain = _WRAPPED.sub("", value)
    if value.startswith("<") and _digits(plain) > len(plain) / 3:
        return False  # the number of a message
    return _EMAIL.fullmatch(plain) is not None and not is_mailbox_of_a_role(plain)


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def is_phone(value: str) -> bool:
    """Tell whether a value is written like a telephone number; most numbers are, so a name must say it too."""
    written = _PHONE.fullmatch(value) is not None and _DECIMAL.fullmatch(value) is None
    return written and 7 <= _digits(value) <= 20


def is_written_phone(value: str) -> bool:
    """Tell whether a value is written as a telephone number, and not as a number of something else may be, too."""
    return is_phone(value) and (value[0] in "+0(" or not value.isdecimal())


def is_iban(value: str) -> bool:
    """Tell whether a value is an IBAN, with its checksum (ISO 13616)."""
    plain = value.replace(" ", "").upper()
    if _IBAN.fullmatch(plain) is None:
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_account_of_poland(value: str) -> bool:
    """Tell whether a value is the number of a Polish account, an IBAN without its country."""
    plain = value.replace(" ", "")
    return len(plain) == 26 and plain.isdecimal() and is_iban(f"PL{plain}")


def is_bank_account(value: str) -> bool:
    """Tell whether a value is written like the number of an account without IBAN, of a card in part, or a way to pay."""
    return any(form.fullmatch(value) for form in (_ACCOUNT, _LABELLED, _MASKED, _PAYS_TO))


def is_card(value: str) -> bool:
    """Tell whether a value is written like a card number and passes its checksum (ISO/IEC 7812)."""
    digits = [int(c) for c in value if c.isdecimal()]
    plain = "".join(map(str, digits))
    if _CARD.fullmatch(value) is None or _ISSUED.fullmatch(plain) is None or len(set(digits)) < 2:
        return False
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_address_of_network(value: str) -> bool:
    """Tell whether a value is an IP or MAC address and hardly a version."""
    if _MAC.fullmatch(value):
        return True
    first = value.partition(",")[0]
    plain = first.rpartition(":")[0] if first.count(":") == 1 else first
    try:
        address = ipaddress.ip_address(plain)
    except ValueError:
        return False
    # Versions such as 1.12.0.3 are addresses too, but small ones.
    return address.version == 6 or max(address.packed) > 31


def is_words(value: str) -> bool:
    """Tell whether a value has letters."""
    return any(c.isalpha() for c in value)


def is_social_security(value: str) -> bool:
    """Tell whether a value is written like a social security number of the USA."""
    return _SSN.fullmatch(value) is not None


def holds_address(value: str) -> bool:
    """Tell whether an e-mail address stands anywhere in a text; alone, or within an address of the net, it is none."""
    if "@" not in value or " " not in value:
        return False
    return any(not is_mailbox_of_a_role(found[0].lstrip("(<")) for found in _EMAIL.finditer(value))


def anything(_: str) -> bool:
    """Take any value: the name decides."""
    return True


def is_day(value: str) -> bool:
    """Tell whether a value is written like a date or a year."""
    return _BIRTH.fullmatch(_BORN_AT.sub("", value)) is not None


def is_code(value: str) -> bool:
    """Tell whether a value is written like a number by which somebody is known."""
    return 5 <= len(value) <= 24 and any(map(str.isdecimal, value))


def is_line(value: str) -> bool:
    """Tell whether a value may be a line of an address: some words, or a long one; not what a machine calls a place."""
    return is_words(value) and (" " in value or _LONG_WORD.search(value) is not None)


def is_place(value: str) -> bool:
    """Tell whether a value is a degree on the earth with some decimals, or two of them, or three words for a place."""
    return _PLACE.fullmatch(value) is not None or _THREE_WORDS.fullmatch(value) is not None
