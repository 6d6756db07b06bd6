# ruff: noqa: E501, RUF001 - tables of words in several languages read best as lists of words
"""Postal addresses: a word for a street and a number, or a postcode; not a part, or a place in a store."""

import re

_NUMBER = r"(?:n[º°ro.]{0,2}:? ?)?\d{1,5} ?[a-zA-Z]?(?:[-/] ?\d{1,4}[a-zA-Z]?)?"
_AHEAD = r"(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|way|close|highway|hwy|crescent|terrace|parkway|pkwy|circle|cir|trail|trl|turnpike|loop|grove|gardens|walk|hill|green|rise|row|mews|parade)"
_BEHIND = r"(?:calle|c/|avenida|avda|av|paseo|plaza|plazuela|cuesta|camino|carrer|ronda|via|viale|vicolo|corso|piazza|largo|rua|travessa|praça|alameda|estrada|ulica|ul|aleja|al|plac|os|strada|str|bulevardul|intrarea|aleea|rue|avenue|chemin|impasse|boulevard|place|quai|cours|allée|chaussée|route|улица|ул|пр|пер|наб|бул|пл|алл|ш)"
_LAST = r"(?:street|road|avenue|cad|cd|caddesi|sok|sk|sokak|sokağı|mah|mahallesi|utca|u|út|útja|tér|tere|körút|köz|sor|krt|náměstí|nám|třída|gatan|vägen|gränd|gade|vej|allé|katu|tie|kuja|polku|stræde|strasse|straße|str|weg|gasse|platz|allee)"
_JOINED = r"[^\W\d_]-?(?:stra(?:ss|ß)e|str|weg|gasse|platz|allee|ring|damm|ufer|straat|laan|gracht|plein|kade|singel|dreef|boulevard|steeg|hof|gatan|vägen|gränd|gade|vej|vænget|stræde|katu|tie|kuja|polku|allén)\.?"
_THINGS = r"(?:lager|stell|steck|regal|park|mess|verfahr|hub|schalt|feder|dicht|dichtungs|sicherungs|spreng|kolben|gleit|wellen|stütz|simmer|o-)(?:platz|weg|ring)\b"
_STREET = re.compile(
    rf"^\W*(?:[\w ]{{1,12}}, ?)?{_NUMBER}(?: bis| ter)?,? (?:[\w.'’-]+ ){{1,4}}{_AHEAD}\b(?!-)"
    rf"|^\W*\d{{1,5}}(?: bis| ter| ?[a-zA-Z])?,? (?:rue|avenue|chemin|impasse|boulevard|place|quai|cours|allée|route|av)\b"
    rf"|(?:^|[,;] ?){_BEHIND}\.? (?:[^\W\d_][\w.'’-]*,? ){{1,6}}{_NUMBER}(?=$|\W)"
    rf"|[^\W\d_][\w.-]* {_LAST}\.?,? {_NUMBER}(?=$|[\s,;/.])"
    rf"|{_JOINED} {_NUMBER}(?=$|,|;| -|/| \d{{4,5}}\b)",
    re.IGNORECASE,
)
_POSTED = re.compile(
    r"[^\W\d_]{3,} \d{1,4} ?[a-zA-Z]?(?:/\d{1,4})?, ?(?:[A-Z]{1,2}-)?(?:\d{5}|\d{3} \d\d|\d\d-\d{3}|\d{4} ?[A-Z]{2}),? [^\W\d_]{3,}"
    r"|\d.*, [A-Z]{2} \d{5}(?:-\d{4})?$|\d.*, [A-Z]{1,2}\d[A-Z0-9]? \d[A-Z]{2}$"
)
"""A number, and behind a comma the postcode of a country of Europe with its town, of the USA or of Great Britain."""
_ELSEWHERE = re.compile(
    r"[\u3400-\u9fff]{2,}(?:省|市|区|區|县|縣|郡|町|村|路|街|道|巷|弄).*\d|[\u3400-\u9fff]{1,3}[都道府県市].*[町村区].*\d"
    r"|[가-힣]+(?:시|도|구|군)\b.*[가-힣]+\d*(?:로|길|동|읍|면|리)\b.*\d"
    r"|(?:^|[\s,])(?:ул|пр-?т|просп|пер|бул|вул|просп|мкр|наб|ш)\. ?[^\d]{2,40},? ?(?:д\.? ?)?\d"
    r"|(?:улица|проспект|переулок|бульвар|вулиця|шоссе) [^\d]{2,40}\d|\b[дД]\. ?\d+.*\b(?:кв|корп)\. ?\d"
    r"|(?:οδός|οδος|λεωφ\.?|λεωφόρος) [^\d]{2,40}\d|[Α-Ω][\w.]+ \d{1,3}, ?(?:\d{3} ?\d\d )?[Α-Ω]"
    r"|(?:شارع|حي|طريق|خیابان|کوچه|بلوار|پلاک) .{2,}|(?:רחוב|רח'|שדרות|שד'|דרך) [^\d]{2,40}\d"
    r"|(?:^|\s)(?:หมู่|ถนน|ถ\.|ซอย|ต\.|ตำบล|แขวง|อ\.|อำเภอ|เขต).{2,}"
    r"|(?:मकान|गली|मोहल्ला|वार्ड|सेक्टर|नगर|रोड).{2,}\d|\d.*(?:গলি|রোড|সড়ক|নগর|வீதி|தெரு|சாலை|నగర్|రోడ్)"
    r"|\b(?:Jl|Jln|Jalan|Gg|Gang|Perum|Komp|Taman|Lorong|Kampung|Kg)\.? [A-Z0-9].*\d|\bRT ?\d+.?RW ?\d+"
    r"|\b(?:đường|phường|quận|huyện|xã|thôn|ngõ|hẻm|P\.|Q\.) ?[\wÀ-ỹ]+.*|\d.*\b(?:Đường|Phường|Quận|P\.\d|Q\.\d)"
    r"|\b(?:H\.? ?No|House No|Flat(?: No)?|Plot(?: No)?|Door No|Sector|Phase|Block|Nagar|Colony|Marg|Chowk|Layout|Barangay|Brgy|Purok|Blk|P\.? ?O\.? Box|S\.L\.P)\.?[ :-]+.*\d"
    r"|\b(?:Cra|Cl|Cll|Calle|Carrera|Kr|Dg|Tv|Diagonal|Transversal|Av)\.? ?\d{1,3} ?[A-Za-z]? ?(?:#|No\.?|Nº|N°) ?\d"
    r"|\b(?:ulica|ul|os|al|nám|bul|str|u|utca|tér)\. ?[^\d]{2,40}\d",
)
"""Words for a street, a quarter or a house in countries whose addresses have another order, and a number."""
_NOT = re.compile(_THINGS, re.IGNORECASE)


def is_street(value: str) -> bool:
    """Tell whether a value is a postal address with its street and number."""
    if not 6 <= len(value) <= 160 or _NOT.search(value):
        return False
    return _STREET.search(value) is not None or _POSTED.search(value) is not None


def is_street_elsewhere(value: str) -> bool:
    """Tell whether a value is written like an address of Asia, Africa or Eastern Europe, whose forms say less."""
    return 6 <= len(value) <= 160 and _ELSEWHERE.search(value) is not None
