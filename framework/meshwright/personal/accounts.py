"""What systems know people by: accounts, keys, and the plates of their vehicles, where a column's name says so."""

import re

from meshwright.personal.people import is_login

_ACCOUNT = re.compile(r"(?:[A-Za-z][\w-]{0,14}\\)?[A-Za-z][A-Za-z_.-]{2,30}\d{0,4}(?:@[A-Za-z][\w.-]*)?")
_PROGRAM = re.compile(
    r"(?:.*\\)?(?:svc|srv|sys|system|job|batch|bot|app|api|etl|cron|sync|admin|root|service|import|export|migration|interface"
    r"|auto\w*|default|unknown|none|null|yes|no|true|false)(?:[\W_\d].*)?",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"[A-Za-z][A-Za-z0-9-]{1,14}\\[A-Za-z][\w.$-]{1,30}|[a-z]\.[a-z]{4,20}\d{0,2}|[a-z.]{3,30}@[A-Z.]{2,20}|S-1-5-21(?:-\d{5,10}){3}-\d{3,6}"
    r"|@[A-Za-z0-9_](?:[\w.]{1,28})\w|(?:https?://)?(?:www\.)?(?:linkedin\.com/in|facebook\.com|instagram\.com|x\.com|twitter\.com|t\.me|github\.com)/@?[\w.%-]{2,}/?"
)
_TWO = re.compile(r"[a-z]{2,}[._-][a-z]{2,}")
_KEY = re.compile(
    r"(?=.*\d)(?:[\w./-]{5,24}|\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?|[0-9A-Fa-f]{32,64})"
)
_BETWEEN = re.compile(r"[ .·・-]")
_OF_DIGITS = re.compile(r"\d{2,3}-\d{2,3}-\d{2,3}")
_LETTERS, _DIGITS = range(1, 6), range(1, 7)


def is_account(value: str) -> bool:
    """Tell whether a value may be somebody's login, and hardly that of a program: `KAISERG`, `svogel`."""
    return _ACCOUNT.fullmatch(value) is not None and _PROGRAM.fullmatch(value) is None


def is_known_account(value: str) -> bool:
    """Tell whether a value is written as logins are and little else: `l.schneider`, `@ada_keller`, `ACME\\jsmith`."""
    return _KNOWN.fullmatch(value) is not None or (_TWO.fullmatch(value) is not None and is_login(value))


def is_key(value: str) -> bool:
    """Tell whether a value may be the key of one row: a number or code of some length, a UUID, a hash."""
    return _KEY.fullmatch(value) is not None


def is_plate(value: str) -> bool:
    """Tell whether a value is written like the registration of a vehicle: up to five letters and up to six digits."""
    plain = _BETWEEN.sub("", value)
    letters, digits = sum(map(str.isalpha, plain)), sum(map(str.isdecimal, plain))
    if letters + digits != len(plain) or not 4 <= len(plain) <= 10:
        return False
    return (letters in _LETTERS and (digits in _DIGITS or not plain.isascii())) or bool(_OF_DIGITS.fullmatch(value))
