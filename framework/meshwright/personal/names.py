"""Names of columns that say that personal data stands there, and those that only seem to."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import dropwhile, pairwise

from meshwright.names import snake_case
from meshwright.personal.words import (
    ABOUT,
    ADDRESS,
    BARE,
    GIVEN,
    HOLDERS,
    KEYED,
    KIND_OF,
    MACHINES,
    MESSAGES,
    NAME,
    PARTIES,
    PARTS,
    PEOPLE,
    STORED,
    THINGS,
)

_BORN = re.compile(
    r"birth|geburt|geboorte|naissance|nacimiento|nascimento|nascita|urodzenia|fodelse|fodsels|syntyma|narozeni|dogum"
)
_KEYS = frozenset(["id", "uuid", "guid", "gid", "key", "no", "nr", "number", "num", "ref", "hash", "pk", "sk"])
_LINE = frozenset({"1", "2", "3", "line", "line1", "line2", "line3", "ligne"})


def has(words: Iterable[str]) -> Callable[[list[str]], bool]:
    """Look for any of some names, one or more words each, unless the name ends in what is only about it."""
    known = frozenset(words)

    def said(tokens: list[str]) -> bool:
        found = _spoken(tokens, known)
        return bool(found) and not _only_about(tokens, found)

    return said


def _spoken(tokens: Sequence[str], known: frozenset[str]) -> frozenset[str]:
    """Find the names that stand in a column's, of up to three words each."""
    runs = ("_".join(tokens[n : n + length]) for length in (1, 2, 3) for n in range(len(tokens) - length + 1))
    return known.intersection(runs)


def _only_about(tokens: list[str], words: Iterable[str]) -> bool:
    ends = tokens[-1] in ABOUT and not any("_".join(tokens).endswith(w) for w in words)
    return ends or tokens[0] in ("is", "has")


def thing(tokens: list[str]) -> bool:
    """Tell whether a name is that of a thing, or of what belongs to one."""
    return not THINGS.isdisjoint(tokens)


def part(tokens: list[str]) -> bool:
    """Tell whether a name is that of a thing whose numbers and words are no person's; `field_3` may hold anything."""
    return not (THINGS - {"field", "column", "table"} | PARTS).isdisjoint(tokens)


def of_people(words: Iterable[str]) -> Callable[[list[str]], bool]:
    """Look for names as `has` does, and not beside those of things: `city`, and not `plant_city`."""
    said, known = has(words), frozenset(words)

    def spoken(tokens: list[str]) -> bool:
        found = {word for name in _spoken(tokens, known) for word in name.split("_")}
        return said(tokens) and not thing([token for token in tokens if token not in found | KIND_OF])

    return spoken


def person_name(tokens: list[str]) -> bool:
    """Tell whether a name is that of a person."""
    if _only_about(tokens, ("name",)) or "robot" in tokens:
        return False
    if _spoken(tokens, NAME):
        return True
    compound = tokens[-1].removesuffix("name")
    if compound and compound != tokens[-1] and compound.rstrip("sn") in PEOPLE | {"kunde", "kun"}:
        return True
    return tokens[-1] == "name" and bool((PEOPLE | PARTIES).intersection(tokens)) and not thing(tokens)


def address(tokens: list[str]) -> bool:
    """Tell whether a name is that of a postal address."""
    lines = list(dropwhile(_LINE.__contains__, reversed(tokens)))
    others = set(lines) - {"street", "ort"}
    return (
        bool(lines)
        and has(ADDRESS)(lines[::-1])
        and not thing(sorted(others))
        and not premises(tokens)
        and not {"email", "mail", "ip", "url"} & others
    )


def premises(tokens: list[str]) -> bool:
    """Tell whether a name is that of where a company works or sits: `siège social`."""
    return "premises" in tokens


def living(tokens: list[str]) -> bool:
    """Tell whether a name says in some language where somebody lives."""
    return "living_at" in tokens and not premises(tokens) and not thing(tokens)


def of_machine(tokens: list[str]) -> bool:
    """Tell whether a name is that of a machine on a net of a company."""
    return not MACHINES.isdisjoint(tokens)


def unowned(tokens: list[str]) -> bool:
    """Tell whether a name is that of what lies in stock, which nobody owns yet, or belongs to a machine."""
    return not STORED.isdisjoint(tokens) or of_machine(tokens)


def of_message(tokens: list[str]) -> bool:
    """Tell whether a name is that of the number of a message, which is written like an address."""
    return not MESSAGES.isdisjoint(tokens) and tokens[-1] in _KEYS


def any_thing(tokens: list[str]) -> bool:
    """Tell whether a name is that of a thing, of where one stands, or of a machine."""
    return part(tokens) or premises(tokens) or of_machine(tokens)


def is_given(name: str) -> bool:
    """Tell whether a column is called after given names: `prénom`."""
    return snake_case(name) in GIVEN


def is_bare_name(name: str) -> bool:
    """Tell whether a column is called `nom` and nothing else, which may be anything's."""
    return snake_case(name) in BARE


def no_owner(tokens: list[str]) -> bool:
    """Tell whether a name is that of a thing, also of one that nobody has bought."""
    return any_thing(tokens) or unowned(tokens)


def free_text(tokens: list[str]) -> bool:
    """Tell whether a name is that of what somebody wrote."""
    return "remarks" in tokens


def ip_name(tokens: list[str]) -> bool:
    """Tell whether a name is that of a network address."""
    return bool({"ip", "ipv4", "ipv6"} & set(tokens)) and not _only_about(tokens, ("ip", "address"))


def birth(tokens: list[str]) -> bool:
    """Tell whether a name is that of a day or year of birth."""
    if "jahrgang" in tokens and not PEOPLE.isdisjoint(tokens):
        return True
    said = bool({"dob", "yob", "born", "geb", "gebdat", "gebdatum"} & set(tokens)) or any(map(_BORN.match, tokens))
    return said and tokens[-1] not in ABOUT | {"place", "name", "ort"} and not tokens[-1].endswith(("ort", "name"))


def located(tokens: list[str]) -> bool:
    """Tell whether a name is that of where a person is or lives: `home_lat`, `driver_position`."""
    return "position" in tokens and not (HOLDERS | PEOPLE).isdisjoint(tokens)


def plated(tokens: list[str]) -> bool:
    """Tell whether a name is that of the plates of vehicles; alone, `plate` is, beside others it may be of steel."""
    return ("plate_of_vehicle" in tokens and KIND_OF.isdisjoint(tokens)) or tokens == ["plate"]


def of_user(tokens: list[str]) -> bool:
    """Tell whether a name is that of a user of a system: `session_user`."""
    return tokens[-1] in ("user", "usr") and not thing(tokens)


def keyed(tokens: list[str]) -> bool:
    """Tell whether a name is that of the key of a person: `visitor_uuid`, `patient_key`."""
    if {"one_person", "number_word"} <= set(tokens):
        return True
    return any(first in PEOPLE | KEYED and second in _KEYS for first, second in pairwise(tokens))


def role(tokens: list[str]) -> bool:
    """Tell whether a name is that of what only a person is to somebody: `patient`, `approved_by`."""
    return (signed(tokens) or _last(tokens, PEOPLE)) and not thing(tokens)


def human(tokens: list[str]) -> bool:
    """Tell the same in any language, of which some words are those of things, too."""
    return role(tokens) or ("one_person" in tokens and not thing(tokens))


def signed(tokens: list[str]) -> bool:
    """Tell whether a name is that of who did something to a row: `approved_by`, `angelegt_von`."""
    return "done_by" in tokens


def party(tokens: list[str]) -> bool:
    """Tell whether a name is that of what a person, or a company, is to somebody: `customer`."""
    return role(tokens) or (_last(tokens, PARTIES) and not thing(tokens))


def _last(tokens: list[str], words: frozenset[str]) -> bool:
    plain = tokens[:-1] if tokens[-1].isdecimal() and len(tokens) > 1 else tokens
    return tokens[0] not in ("is", "has") and any("_".join(plain[-length:]) in words for length in (1, 2, 3))


def person(tokens: list[str]) -> bool:
    """Tell whether a name speaks of somebody's name, even beside a thing: `supplier_contact_name`."""
    return tokens[-1] == "name" and bool((PEOPLE | PARTIES).intersection(tokens))


def unnamed(_: list[str]) -> bool:
    """Take no name: the values decide."""
    return False
