# ruff: noqa: E501 - tables of words in several languages read best as lists of words
"""Numbers by which states know people, with their checksums as python-stdnum has them."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from meshwright.personal import state_numbers

Check = Callable[[str], bool]
_PROVING = (
    "be.nn", "bg.egn", "br.cpf", "ch.ssn", "cn.ric", "cz.rc", "dk.cpr", "ee.ik", "es.dni", "es.nie", "fi.hetu", "fr.nir",
    "hr.oib", "ie.pps", "is_.kennitala", "it.codicefiscale", "kr.rrn", "mx.curp", "no.fodselsnummer", "pl.pesel",
    "ro.cnp", "se.personnummer", "tr.tckimlik", "za.idnr", "ua.rntrc", "de.idnr", "at.vnr",
    "cu.ni", "gr.amka", "lt.asmens", "si.emso", "in_.pan", "id.nik", "my.nric", "ec.ci", "mu.nid", "in_.epic", *state_numbers.NAMES,
)  # fmt: skip
"""Those whose form says more than a checksum that every third code of a company has too."""
_GROUPED = (
    "ca.sin",
    "au.tfn",
    "gb.nhs",
    "in_.aadhaar",
    "il.idnr",
    "pt.nif",
    "nl.bsn",
    "th.pin",
    "pk.cnic",
    "us.itin",
    "cl.rut",
)
"""Those that prove it only where they stand in the groups of their country too."""
_GLANCE = 40
_OFTEN = 0.2
_IMEI, _REPORTING = 15, ("01", "35", "86", "99", "91", "45", "49", "52", "44", "33", "50")
"""Its length, and the bodies that give them out."""


def matched(values: Sequence[str]) -> int:
    """Count the values that are numbers of the kinds that take many of them."""
    glance = values[:_GLANCE]
    if not glance or sum(map(_possible, glance)) * 2 < len(glance):
        return 0
    return _passing(values, _frequent(map(_validator, _PROVING), glance))


def grouped(values: Sequence[str]) -> int:
    """Count the values that are numbers, in their country's groups, of kinds that take many of them; or of `matched`."""
    glance = [value for value in values[:_GLANCE] if _possible(value) and not value.isdecimal()]
    if not glance or len(glance) * 4 < len(values[:_GLANCE]):
        return 0
    found = [name for name in _GROUPED if _frequent([_in_groups(name)], glance)]
    proving = _frequent(map(_validator, _PROVING), glance)
    bare = sum(any(_validator(name)(value) for name in found) for value in values if value.isdecimal())
    written = [value for value in values if not value.isdecimal()]
    return bare + _passing(written, [*map(_in_groups, found), *proving]) if found else 0


def _passing(values: Sequence[str], checks: Sequence[Check]) -> int:
    """Count the values that pass any of the checks."""
    return sum(any(check(value) for check in checks) for value in values)


def _frequent(checks: Iterable[Check], glance: Sequence[str]) -> list[Check]:
    """Choose the checks that more values pass than by chance: one column holds the numbers of a few countries at most."""
    return [check for check in checks if sum(map(check, glance)) >= _OFTEN * len(glance)]


def _in_groups(name: str) -> Check:
    return lambda value: _is_grouped(value, name)


def of(name: str) -> Callable[[Sequence[str]], int]:
    """Count the numbers of one kind, for a column that is called like it; spreadsheets lose the zeros in front."""
    return lambda values: sum(_validator(name)(value) or _validator(name)(f"0{value}") for value in values)


def is_imei(value: str) -> bool:
    """Tell whether a value is the number of a mobile telephone, with its checksum."""
    digits = value.replace(" ", "").replace("-", "")
    return len(digits) == _IMEI and digits.isdecimal() and digits[:2] in _REPORTING and _validator("imei")(digits)


def _is_grouped(value: str, name: str) -> bool:
    if not _validator(name)(value):
        return False
    module: Any = import_module(f"stdnum.{name}")
    return value == (module.format(value) if hasattr(module, "format") else value)


def _possible(value: str) -> bool:
    return 2 <= sum(map(str.isdecimal, value)) <= 18 and not value.islower() and len(value) <= 22


@cache
def _validator(name: str) -> Check:
    if name in state_numbers.NAMES:
        return state_numbers.validator(name)
    found: Check = import_module(f"stdnum.{name}").is_valid
    return found
