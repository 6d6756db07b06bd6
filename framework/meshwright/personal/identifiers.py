# ruff: noqa: E501 - tables of words in several languages read best as lists of words
"""Numbers by which states know people, with their checksums as python-stdnum has them."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

_PROVING = (
    "be.nn", "bg.egn", "br.cpf", "ch.ssn", "cn.ric", "cz.rc", "dk.cpr", "ee.ik", "es.dni", "es.nie", "fi.hetu", "fr.nir",
    "hr.oib", "ie.pps", "is_.kennitala", "it.codicefiscale", "kr.rrn", "mx.curp", "no.fodselsnummer", "pl.pesel",
    "ro.cnp", "se.personnummer", "tr.tckimlik", "za.idnr", "ua.rntrc", "de.idnr", "at.vnr",
)  # fmt: skip
"""Those whose form says more than a checksum that every third code of a company has too."""
_GROUPED = ("ca.sin", "au.tfn", "gb.nhs", "in_.aadhaar", "il.idnr", "pt.nif", "nl.bsn")
"""Those that prove it only where they stand in the groups of their country too."""
_GLANCE = 40
_IMEI, _REPORTING = 15, ("01", "35", "86", "99", "91", "45", "49", "52", "44", "33", "50")
"""Its length, and the bodies that give them out."""


def matched(values: Sequence[str]) -> int:
    """Count the values that are numbers of one kind: the kind that takes the most of them."""
    glance = values[:_GLANCE]
    if not glance or sum(map(_possible, glance)) * 2 < len(glance):
        return 0
    counts = {name: sum(map(_validator(name), glance)) for name in _PROVING}
    best = max(counts, key=lambda name: counts[name])
    return sum(map(_validator(best), values)) if counts[best] else 0


def grouped(values: Sequence[str]) -> int:
    """Count the values that are numbers of one kind in their country's groups: the kind that takes the most of them."""
    glance = [value for value in values[:_GLANCE] if _possible(value) and not value.isdecimal()]
    if not glance or len(glance) * 2 < len(values[:_GLANCE]):
        return 0
    best = max(_GROUPED, key=lambda name: sum(_is_grouped(value, name) for value in glance))
    return sum(_is_grouped(value, best) for value in values)


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
    return 7 <= sum(map(str.isdecimal, value)) <= 18 and len(value) <= 22


@cache
def _validator(name: str) -> Callable[[str], bool]:
    found: Callable[[str], bool] = import_module(f"stdnum.{name}").is_valid
    return found
