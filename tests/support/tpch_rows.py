"""Small tables of TPC-H, typed as in the specification: each of its queries finds rows, the same ones each time."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import polars as pl

KEY, TEXT, MONEY, DAY = pl.Int64(), pl.String(), pl.Decimal(15, 2), pl.Date()
SCHEMAS: Mapping[str, pl.Schema] = {
    name: pl.Schema(columns)
    for name, columns in {
        "region": {"r_regionkey": KEY, "r_name": TEXT, "r_comment": TEXT},
        "nation": {"n_nationkey": KEY, "n_name": TEXT, "n_regionkey": KEY, "n_comment": TEXT},
        "supplier": {
            "s_suppkey": KEY,
            "s_name": TEXT,
            "s_address": TEXT,
            "s_nationkey": KEY,
            "s_phone": TEXT,
            "s_acctbal": MONEY,
            "s_comment": TEXT,
        },
        "part": {
            "p_partkey": KEY,
            "p_name": TEXT,
            "p_mfgr": TEXT,
            "p_brand": TEXT,
            "p_type": TEXT,
            "p_size": pl.Int32(),
            "p_container": TEXT,
            "p_retailprice": MONEY,
            "p_comment": TEXT,
        },
        "partsupp": {
            "ps_partkey": KEY,
            "ps_suppkey": KEY,
            "ps_availqty": pl.Int32(),
            "ps_supplycost": MONEY,
            "ps_comment": TEXT,
        },
        "customer": {
            "c_custkey": KEY,
            "c_name": TEXT,
            "c_address": TEXT,
            "c_nationkey": KEY,
            "c_phone": TEXT,
            "c_acctbal": MONEY,
            "c_mktsegment": TEXT,
            "c_comment": TEXT,
        },
        "orders": {
            "o_orderkey": KEY,
            "o_custkey": KEY,
            "o_orderstatus": TEXT,
            "o_totalprice": MONEY,
            "o_orderdate": DAY,
            "o_orderpriority": TEXT,
            "o_clerk": TEXT,
            "o_shippriority": pl.Int32(),
            "o_comment": TEXT,
        },
        "lineitem": {
            "l_orderkey": KEY,
            "l_partkey": KEY,
            "l_suppkey": KEY,
            "l_linenumber": pl.Int32(),
            "l_quantity": MONEY,
            "l_extendedprice": MONEY,
            "l_discount": MONEY,
            "l_tax": MONEY,
            "l_returnflag": TEXT,
            "l_linestatus": TEXT,
            "l_shipdate": DAY,
            "l_commitdate": DAY,
            "l_receiptdate": DAY,
            "l_shipinstruct": TEXT,
            "l_shipmode": TEXT,
            "l_comment": TEXT,
        },
    }.items()
}
REGIONS = ("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST")
NATIONS = (("BRAZIL", 1), ("CANADA", 1), ("FRANCE", 3), ("GERMANY", 3), ("INDIA", 2), ("CHINA", 2), ("SAUDI ARABIA", 4))
BRANDS = ("Brand#12", "Brand#23", "Brand#34", "Brand#45")
TYPES = ("ECONOMY ANODIZED STEEL", "PROMO BURNISHED BRASS", "MEDIUM POLISHED TIN", "STANDARD PLATED BRASS")
CONTAINERS = ("SM CASE", "MED BOX", "LG BOX", "SM PKG", "MED BAG", "LG PACK")
NAMES = ("forest green", "green almond", "forest azure", "linen navy")
SIZES = (3, 9, 15, 49, 5)
PRIORITIES = ("1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW")
Row = tuple[object, ...]


def tables(orders: int = 260, seed: int = 7) -> dict[str, pl.DataFrame]:
    """Make the tables: so many orders of five lines on average, and the rest to match."""
    random = Random(seed)
    rows: dict[str, list[Row]] = {
        "region": [(n, name, f"region {n}") for n, name in enumerate(REGIONS)],
        "nation": [(n, name, region, f"nation {n}") for n, (name, region) in enumerate(NATIONS)],
        "supplier": [_supplier(random, n) for n in range(21)],
        "part": [_part(random, n) for n in range(96)],
        "partsupp": [_offer(random, n, s) for n in range(96) for s in range(n % 7, 21, 7)],
        "customer": [_customer(random, n) for n in range(60)],
        "orders": [_order(random, n) for n in range(orders)],
    }
    days = {n: row[4] for n, row in enumerate(rows["orders"])}
    rows["lineitem"] = [_line(random, n, days[n], at) for n in days for at in range(random.choice((1, 5, 9)))]
    return {n: pl.DataFrame(made, schema=SCHEMAS[n], orient="row") for n, made in rows.items()}


def _money(random: Random, low: int, high: int) -> Decimal:
    return Decimal(random.randint(low * 100, high * 100)) / 100


def _phone(random: Random) -> str:
    return f"{random.choice((13, 31, 23, 29, 11))}-{random.randint(100, 999)}-{random.randint(1000, 9999)}"


def _supplier(random: Random, n: int) -> Row:
    comment = "Customer many Complaints" if n % 9 == 4 else f"supplier {n}"
    return n, f"Supplier#{n:09}", f"street {n}", n % len(NATIONS), _phone(random), _money(random, -900, 9000), comment


def _part(random: Random, n: int) -> Row:
    size, container = random.choice(SIZES), CONTAINERS[n % len(CONTAINERS)]
    words = f"{NAMES[n % len(NAMES)]} {n}"
    brand, kind = random.choice(BRANDS), random.choice(TYPES)
    return n, words, f"Manufacturer#{n % 5}", brand, kind, size, container, _money(random, 900, 2000), f"part {n}"


def _offer(random: Random, part: int, supplier: int) -> Row:
    return part, supplier, random.randint(1, 60), _money(random, 1, 1000), f"offer {part} {supplier}"


def _customer(random: Random, n: int) -> Row:
    balance, segment = _money(random, -900, 9000), random.choice(("BUILDING", "MACHINERY"))
    return n, f"Customer#{n:09}", f"lane {n}", n % len(NATIONS), _phone(random), balance, segment, f"customer {n}"


def _order(random: Random, n: int) -> Row:
    day = date(1993, 7, 1) + timedelta(days=random.randint(0, 1100))
    comment = "special deposits, many requests" if n % 8 == 0 else f"order {n}"
    status, urgency = random.choice("FFOP"), random.choice(PRIORITIES)
    customer = random.randrange(40)  # a third of the customers never ordered
    return n, customer, status, _money(random, 900, 400_000), day, urgency, f"Clerk#{n % 10}", n % 2, comment


def _line(random: Random, order: int, day: object, at: int) -> Row:
    assert isinstance(day, date)
    part = random.randrange(96)
    supplier = random.choice(range(part % 7, 21, 7))
    shipped = day + timedelta(days=random.randint(1, 121))
    due, received = day + timedelta(days=random.randint(60, 150)), shipped + timedelta(days=random.randint(1, 30))
    return (
        *(order, part, supplier, at, Decimal(random.choice((1, 2, 11, 22, 45, 50))), _money(random, 900, 90_000)),
        *(Decimal(random.randint(0, 10)) / 100, Decimal(random.randint(0, 8)) / 100, random.choice("RAN")),
        *(random.choice("FO"), shipped, due, received, random.choice(("DELIVER IN PERSON", "NONE"))),
        *(random.choice(("MAIL", "SHIP", "AIR", "AIR REG")), f"line {order} {at}"),
    )
