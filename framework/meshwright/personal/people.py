# ruff: noqa: E501, RUF001, SIM905 - tables of words in several languages read best as lists of words
"""Names of people: what is written like one, what is written like a company's, and given names that are common."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

_BETWEEN = frozenset("and und et y e og och ja és ve de".split())
_COMPANY = _BETWEEN | frozenset(
    "gmbh ag kg ohg kgaa mbh ug inc llc ltd plc corp co lp llp sa sas sarl eurl spa srl snc bv nv vof ab oy oyj as asa aps a/s "
    "kft zrt bt nyrt sro ltda lda sl slu cia ooo oao zao ip og gbr ev ei ood scs scop fpuh phu spolka "
    "group groupe gruppo grupo holding holdings company partners associates sons brothers systems robotics technologies "
    "technology industries industrial solutions services logistics hospital clinic klinik clinica university institute "
    "institut laboratories lycée lycee collège college ehpad école ecole colegio escuela liceo scuola szkoła szkola škola schule gymnasium hospital krankenhaus klinikum hôpital hopital ospedale seminar kindergarten kita kirche église eglise parish church academy académie laboratories labs works foundation bank energy medical research center centre school college stiftung "
    "fundacja gabinety sistemas robotica stowarzyszenie spółka hijos hermanos "
    "san tic ticaret sanayi aş şti fratelli figli frères fils söhne gebrüder & + ооо оао зао ао ип нпо пао рао гк".split()
)
_TITLES = frozenset("mr mrs ms miss dr prof ing dipl hr fr herr frau mme m sr sra sig dott dott.ssa pan pani univ rer nat med "
                    "md phd dds dvm jr ii iii iv v mba bsc msc dhr mevr drs van von der de".split())  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]*)*\.?")
_EAST = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{1,4}[ \u3000]?[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{1,6}"
)
_KINDS = frozenset(
    "north south east west northern southern eastern western central middle upper lower left right front rear inside outside "
    "internal external retail wholesale online direct field office remote other others unknown none vacant various all any "
    "day night early late first second third red blue green yellow black white default system automatic manual admin guest test "
    "nord süd sud ost west intern extern andere keine unbekannt frei früh spät nacht norte sur sul este oeste otro otros outros".split()
)
"""What stands for a part of a whole, under the name of a role too."""
_INITIALLED = re.compile(
    r"(?:[^\W\d_]\.[ -]?){1,3}(?:(?:van|von|der?|den|te[rn]|da|d[ioa]s?|del|la|le|el|al|bin) ){0,3}[^\W\d_]['’]?[^\W\d_][\w'’-]+|[^\W\d_][\w'’-]+,? [^\W\d_]\.(?: ?[^\W\d_]\.)?"
)
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "ı": "i", "đ": "d", "æ": "ae"})
_FATHERED = ("ович", "евич", "ич", "овна", "евна", "ична", "йович", "івна")
"""How names of fathers end."""
_ASIDE = re.compile(r" *\([^()]*\)$")
_BESIDE = re.compile(
    r"[\s,;:/|-]{0,4}(?:(?:[Tt]el|[Mm]ob|[Pp]h|[Hh]andy)?[.:]{0,2} ?\(?\+?\d[\d ()./-]{4,22}|[(<\[][^()<>\[\]]{1,40}[)>\]]|\S{1,40}@\S{3,40})\s?$"
)
_LONGEST = 120
_WORDS_TOO = frozenset(
    "april may june august juni juli mai marc amber ruby olive violet jade scarlet hazel rosa viola rose ginger ivory indigo coral iris daisy lily "
    "heather jasmine poppy dahlia victoria florence charlotte augusta adelaide sofia paris sydney austin houston jackson lincoln madison santiago "
    "jordan georgia chad israel max mark art will grant dot nova".split()
)
"""Given names that are as often something else: a month, a colour, a flower, a town."""


def is_full_name(value: str) -> bool:
    """Tell whether a value is written as the full name of a person is, and not as that of a company or in capitals."""
    return not value.isupper() and _is_full(value)


def _is_full(value: str) -> bool:
    if _EAST.fullmatch(value):
        return not any(word in value for word in ("会社", "公司", "주식회사"))
    words = _ASIDE.sub("", value).replace(",", " ").replace("^", " ").split()
    if not 2 <= len(words) <= 7 or not all(map(_WORD.fullmatch, words)):
        return False
    plain = [word.strip(".").lower() for word in words]
    if any(word in _COMPANY and word not in _TITLES for word in plain):
        return False
    names = [w for w, p in zip(words, plain, strict=True) if p.replace(".", "") not in _TITLES]
    return 2 <= len(names) <= 5 and all(w[0].isupper() or w[0] in "'’" for w in names)


def is_company(value: str) -> bool:
    """Tell whether a word stands in a value that only a company's name has."""
    words = [word.strip(".,").lower() for word in value.split()]
    return any(word in _COMPANY and word not in _TITLES and word not in _BETWEEN for word in words)


def is_known_name(value: str) -> bool:
    """Tell whether a value is written as a full name, or in capitals, and has a common given name first or last."""
    if not _is_full(value):
        return False
    plain = [w for w in re.split(r"[\s.,()^-]+", _ASIDE.sub("", value).lower()) if w and w not in _TITLES]
    return bool(plain) and (any(map(_is_given, {plain[0], plain[-1]})) or plain[-1].endswith(_FATHERED))


def without_aside(value: str) -> str:
    """Leave out what stands behind a name in one cell: `Ada Keller (mother), 0171 234567`, `Ada Keller 3.5.2024`."""
    plain = value[:_LONGEST]
    for _ in range(2):
        plain = _BESIDE.sub("", plain)
    return plain


def is_given_name(value: str) -> bool:
    """Tell whether a value is one common given name and hardly anything else, also in capitals."""
    return value[:1].isupper() and _is_given(value.lower())


def _is_given(word: str) -> bool:
    """Look a word in small letters up, with its accents and without: in capitals they are often left out."""
    return word not in _WORDS_TOO and (word in given_names() or plain_letters(word) in given_names())


def plain_letters(word: str) -> str:
    spelled = word.translate(_LETTERS)
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()


def is_title(value: str) -> bool:
    """Tell whether a value is what stands before or after names: `Dr.`, `Frau`."""
    words = re.split(r"[\s.]+", value.lower().strip(". "))
    return all(word in _TITLES for word in words)


def is_login(value: str) -> bool:
    """Tell whether a value is a common given name and another, run together in small letters: `ada.keller`."""
    parts = re.split(r"[._-]", value)
    two = len(parts) == 2 and value.islower() and all(len(part) > 1 and part.isalpha() for part in parts)
    return two and any(map(_is_given, parts))


def is_initialled(value: str) -> bool:
    """Tell whether a value is written like a family name with initials."""
    return value[:1].isupper() and _INITIALLED.fullmatch(value) is not None


def is_surname(value: str) -> bool:
    """Tell whether a value is one name, a name with initials, or a full name, and not what a company is called."""
    alone = " ".join(word for word in value.split() if word.strip(".").lower() not in _TITLES) or value
    single = _WORD.fullmatch(alone) is not None and alone[0].isupper() and alone.lower() not in _COMPANY
    return single or is_initialled(value) or _is_full(value)


def is_somebody(value: str) -> bool:
    """Tell whether a value is one name and hardly a word that says which part, place or kind: `North`, `External`."""
    return is_surname(value) and _KINDS.isdisjoint(value.lower().split())


@cache
def given_names() -> frozenset[str]:
    """Read the given names that are common in languages with capitals, most of them of Europe and America, in small letters."""
    text = files("meshwright.personal").joinpath("given_names.txt").read_text(encoding="utf-8")
    return frozenset(text.split()) | frozenset(map(plain_letters, text.split())) - {""}
