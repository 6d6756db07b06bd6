"""Names, towns and streets that do not exist together."""

from typing import Final

FIRST: Final = (
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hugo", "Ines", "Jan", "Karin", "Luca", "Mara", "Nils",
    "Olga", "Paul", "Quentin", "Rosa", "Sven", "Tara", "Umar", "Vera", "Wim", "Xenia", "Yann", "Zora",
)  # fmt: skip
LAST: Final = (
    "Albrecht", "Bauer", "Costa", "Dubois", "Eriksen", "Ferrari", "Garcia", "Hansen", "Ivanov", "Jansen", "Keller",
    "Lindberg", "Moreau", "Novak", "Olsen", "Peeters", "Quinn", "Rossi", "Schmidt", "Tanaka", "Urban", "Vermeer",
    "Weber", "Young", "Zimmer",
)  # fmt: skip
STREETS: Final = ("Harbour Road", "Mill Lane", "Bahnhofstr.", "Rue du Port", "Via Roma", "Kirkegata", "Calle Mayor")
PLACES: Final = (  # country, town, postcode prefix, dialling code; the leading zeros are meant
    ("DE", "Dresden", "010", "+49"), ("DE", "Bremen", "281", "+49"), ("FR", "Nantes", "440", "+33"),
    ("IT", "Torino", "101", "+39"), ("NL", "Delft", "26", "+31"), ("DK", "Odense", "50", "+45"),
    ("SE", "Lund", "222", "+46"), ("ES", "Bilbao", "480", "+34"), ("US", "Boston", "021", "+1"),
    ("US", "Newark", "071", "+1"), ("JP", "Osaka", "530", "+81"), ("GB", "Leeds", "LS1", "+44"),
)  # fmt: skip
COMPANY_STEMS: Final = (
    "Aster", "Borealis", "Cobalt", "Delta", "Elm", "Fjord", "Granit", "Helio", "Iris", "Jupiter", "Kestrel", "Lumen",
    "Meridian", "Nova", "Orbit", "Polar", "Quarz", "Rhein", "Sigma", "Terra", "Umbra", "Vector", "Willow", "Zenit",
)  # fmt: skip
COMPANY_TAILS: Final = {
    "research": "Institute",
    "integrator": "Automation",
    "medical": "Clinic",
    "logistics": "Logistics",
}
SUPPLIER_CONTACTS: Final = (
    "Jörg Müller", "Zoë Lefèvre", "Søren Åkesson", "María Núñez", "René Façade", "Jürgen Weiß", "Märta Öberg",
    "François Noël", "Íñigo Peña", "Käthe Böhm", "Åse Bjørnsen", "André Garçon", "Özgür Yildiz", "Chloé Benoît",
    "Günter Jäger",
)  # fmt: skip
SUPPLIER_NAMES: Final = (
    "Präzision Müller GmbH", "Engrenages Lefèvre", "Åkesson Kullager AB", "Núñez Correas", "Façade Métal",
    "Weiß Antriebe", "Öberg Motor AB", "Noël Roulements", "Peña Cables", "Böhm Sensorik", "Bjørnsen Elektronikk",
    "Garçon Usinage", "Yildiz Civata", "Benoît Polymères", "Jäger Zahnrad KG",
)  # fmt: skip
SUPPLIER_COUNTRIES: Final = (
    "DE", "FR", "SE", "ES", "FR", "DE", "SE", "FR", "ES", "DE", "NO", "FR", "TR", "FR", "DE",
)  # fmt: skip
CARRIERS: Final = ("Nordfracht", "Société Rhône Fret", "Spedition Süd", "Østlandet Gods")
