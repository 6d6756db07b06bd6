"""E-mail addresses of somebody, and not of a role, a program or a message."""

import re
from collections.abc import Sequence

from meshwright.personal.family_names import family_names
from meshwright.personal.people import given_names
from meshwright.personal.values import is_email

_FREE = re.compile(
    r"@(?:g(?:oogle)?mail|hotmail|outlook|live|msn|yahoo|ymail|aol|icloud|me|mac|gmx|web|t-online|freenet|posteo|proton(?:mail)?|pm|orange|wanadoo|free"
    r"|laposte|sfr|libero|virgilio|alice|tin|ziggo|kpnmail|telenet|skynet|bluewin|wp|o2|onet|interia|seznam|centrum|abv|ukr|mail|bk|inbox|list|yandex|rambler"
    r"|qq|163|126|sina|foxmail|naver|daum|hanmail|docomo|ezweb|softbank|rediffmail|uol|bol|terra|btinternet|sky|comcast|verizon|att|bigpond|walla)"
    r"\.[a-z]{2,3}(?:\.[a-z]{2})?$",
    re.IGNORECASE,
)
_APART = re.compile(r"[\W\d_]+")
_SOME = 0.2
_SHORTEST = 3


def of_somebody(values: Sequence[str]) -> int:
    """Count the addresses; none where hardly any names somebody or is of a provider of private ones."""
    addresses = [value for value in values if is_email(value)]
    named = sum(map(_names_somebody, addresses))
    return len(addresses) if named > _SOME * len(addresses) else 0


def _names_somebody(address: str) -> bool:
    if _FREE.search(address.rstrip("> ")):
        return True
    words = _APART.split(address.partition("@")[0].lower())
    return any(len(word) >= _SHORTEST and (word in given_names() or word in family_names()) for word in words)
