"""The 22 queries of TPC-H, written for Polars from the SQL of the specification, with its validation parameters."""

from collections.abc import Callable
from datetime import date

import polars as pl

c = pl.col
F = pl.LazyFrame
REVENUE = c.l_extendedprice * (1 - c.l_discount)


def q01(lineitem: F) -> F:
    """Pricing summary report."""
    return (
        lineitem.filter(c.l_shipdate <= date(1998, 9, 2))
        .group_by("l_returnflag", "l_linestatus")
        .agg(
            sum_qty=c.l_quantity.sum(),
            sum_base_price=c.l_extendedprice.sum(),
            sum_disc_price=REVENUE.sum(),
            sum_charge=(REVENUE * (1 + c.l_tax)).sum(),
            avg_qty=c.l_quantity.mean(),
            avg_price=c.l_extendedprice.mean(),
            avg_disc=c.l_discount.mean(),
            count_order=pl.len(),
        )
        .sort("l_returnflag", "l_linestatus")
    )


def q02(part: F, supplier: F, partsupp: F, nation: F, region: F) -> F:
    """Minimum cost supplier."""
    offers = (
        partsupp.join(supplier, left_on="ps_suppkey", right_on="s_suppkey")
        .join(nation, left_on="s_nationkey", right_on="n_nationkey")
        .join(region.filter(c.r_name == "EUROPE"), left_on="n_regionkey", right_on="r_regionkey")
    )
    wanted = part.filter((c.p_size == 15) & c.p_type.str.ends_with("BRASS"))
    found = wanted.join(offers, left_on="p_partkey", right_on="ps_partkey")
    least = found.group_by("p_partkey").agg(ps_supplycost=c.ps_supplycost.min())
    return (
        found.join(least, on=["p_partkey", "ps_supplycost"])
        .select("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
        .sort("s_acctbal", "n_name", "s_name", "p_partkey", descending=[True, False, False, False])
        .head(100)
    )


def q03(customer: F, orders: F, lineitem: F) -> F:
    """Shipping priority."""
    day = date(1995, 3, 15)
    return (
        customer.filter(c.c_mktsegment == "BUILDING")
        .join(orders.filter(c.o_orderdate < day), left_on="c_custkey", right_on="o_custkey")
        .join(lineitem.filter(c.l_shipdate > day), left_on="o_orderkey", right_on="l_orderkey")
        .group_by("o_orderkey", "o_orderdate", "o_shippriority")
        .agg(revenue=REVENUE.sum())
        .select(l_orderkey="o_orderkey", revenue="revenue", o_orderdate="o_orderdate", o_shippriority="o_shippriority")
        .sort("revenue", "o_orderdate", "l_orderkey", descending=[True, False, False])
        .head(10)
    )


def q04(orders: F, lineitem: F) -> F:
    """Order priority checking."""
    late = lineitem.filter(c.l_commitdate < c.l_receiptdate)
    return (
        orders.filter(c.o_orderdate.is_between(date(1993, 7, 1), date(1993, 10, 1), closed="left"))
        .join(late, left_on="o_orderkey", right_on="l_orderkey", how="semi")
        .group_by("o_orderpriority")
        .agg(order_count=pl.len())
        .sort("o_orderpriority")
    )


def q05(customer: F, orders: F, lineitem: F, supplier: F, nation: F, region: F) -> F:
    """Local supplier volume."""
    return (
        region.filter(c.r_name == "ASIA")
        .join(nation, left_on="r_regionkey", right_on="n_regionkey")
        .join(customer, left_on="n_nationkey", right_on="c_nationkey")
        .join(
            orders.filter(c.o_orderdate.is_between(date(1994, 1, 1), date(1995, 1, 1), closed="left")),
            left_on="c_custkey",
            right_on="o_custkey",
        )
        .join(lineitem, left_on="o_orderkey", right_on="l_orderkey")
        .join(supplier, left_on=["l_suppkey", "n_nationkey"], right_on=["s_suppkey", "s_nationkey"])
        .group_by("n_name")
        .agg(revenue=REVENUE.sum())
        .sort("revenue", descending=True)
    )


def q06(lineitem: F) -> F:
    """Forecasting revenue change."""
    return lineitem.filter(
        c.l_shipdate.is_between(date(1994, 1, 1), date(1995, 1, 1), closed="left"),
        c.l_discount.is_between(pl.lit("0.05").cast(pl.Decimal(15, 2)), pl.lit("0.07").cast(pl.Decimal(15, 2))),
        c.l_quantity < 24,
    ).select(revenue=(c.l_extendedprice * c.l_discount).sum())


def q07(supplier: F, lineitem: F, orders: F, customer: F, nation: F) -> F:
    """Volume shipping."""
    france, germany = "FRANCE", "GERMANY"
    return (
        supplier.join(lineitem, left_on="s_suppkey", right_on="l_suppkey")
        .join(orders, left_on="l_orderkey", right_on="o_orderkey")
        .join(customer, left_on="o_custkey", right_on="c_custkey")
        .join(nation.select("n_nationkey", supp_nation="n_name"), left_on="s_nationkey", right_on="n_nationkey")
        .join(nation.select("n_nationkey", cust_nation="n_name"), left_on="c_nationkey", right_on="n_nationkey")
        .filter(
            ((c.supp_nation == france) & (c.cust_nation == germany))
            | ((c.supp_nation == germany) & (c.cust_nation == france)),
            c.l_shipdate.is_between(date(1995, 1, 1), date(1996, 12, 31)),
        )
        .group_by("supp_nation", "cust_nation", l_year=c.l_shipdate.dt.year())
        .agg(revenue=REVENUE.sum())
        .sort("supp_nation", "cust_nation", "l_year")
    )


def q08(part: F, supplier: F, lineitem: F, orders: F, customer: F, nation: F, region: F) -> F:
    """National market share."""
    volume = (
        part.filter(c.p_type == "ECONOMY ANODIZED STEEL")
        .join(lineitem, left_on="p_partkey", right_on="l_partkey")
        .join(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .join(orders, left_on="l_orderkey", right_on="o_orderkey")
        .filter(c.o_orderdate.is_between(date(1995, 1, 1), date(1996, 12, 31)))
        .join(customer, left_on="o_custkey", right_on="c_custkey")
        .join(nation.select("n_nationkey", "n_regionkey"), left_on="c_nationkey", right_on="n_nationkey")
        .join(region.filter(c.r_name == "AMERICA"), left_on="n_regionkey", right_on="r_regionkey")
        .join(nation.select("n_nationkey", nation="n_name"), left_on="s_nationkey", right_on="n_nationkey")
        .select("nation", o_year=c.o_orderdate.dt.year(), volume=REVENUE.cast(pl.Float64))
    )
    brazil = pl.when(c.nation == "BRAZIL").then(c.volume).otherwise(0)
    return volume.group_by("o_year").agg(mkt_share=brazil.sum() / c.volume.sum()).sort("o_year")


def q09(part: F, supplier: F, lineitem: F, partsupp: F, orders: F, nation: F) -> F:
    """Product type profit measure."""
    return (
        part.filter(c.p_name.str.contains("green", literal=True))
        .join(partsupp, left_on="p_partkey", right_on="ps_partkey")
        .join(lineitem, left_on=["p_partkey", "ps_suppkey"], right_on=["l_partkey", "l_suppkey"])
        .join(supplier, left_on="ps_suppkey", right_on="s_suppkey")
        .join(orders, left_on="l_orderkey", right_on="o_orderkey")
        .join(nation, left_on="s_nationkey", right_on="n_nationkey")
        .select(nation="n_name", o_year=c.o_orderdate.dt.year(), amount=REVENUE - c.ps_supplycost * c.l_quantity)
        .group_by("nation", "o_year")
        .agg(sum_profit=c.amount.sum())
        .sort("nation", "o_year", descending=[False, True])
    )


def q10(customer: F, orders: F, lineitem: F, nation: F) -> F:
    """Returned item reporting."""
    who = ["c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment"]
    return (
        customer.join(orders, left_on="c_custkey", right_on="o_custkey")
        .filter(c.o_orderdate.is_between(date(1993, 10, 1), date(1994, 1, 1), closed="left"))
        .join(lineitem.filter(c.l_returnflag == "R"), left_on="o_orderkey", right_on="l_orderkey")
        .join(nation, left_on="c_nationkey", right_on="n_nationkey")
        .group_by(who)
        .agg(revenue=REVENUE.sum())
        .select("c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment")
        .sort("revenue", "c_custkey", descending=[True, False])
        .head(20)
    )


def q11(partsupp: F, supplier: F, nation: F) -> F:
    """Important stock identification."""
    stock = (
        partsupp.join(supplier, left_on="ps_suppkey", right_on="s_suppkey")
        .join(nation.filter(c.n_name == "GERMANY"), left_on="s_nationkey", right_on="n_nationkey")
        .select("ps_partkey", value=(c.ps_supplycost * c.ps_availqty).cast(pl.Float64))
    )
    total = stock.select(threshold=c.value.sum() * 0.0001)
    return (
        stock.group_by("ps_partkey")
        .agg(value=c.value.sum())
        .join(total, how="cross")
        .filter(c.value > c.threshold)
        .select("ps_partkey", "value")
        .sort("value", descending=True)
    )


def q12(orders: F, lineitem: F) -> F:
    """Shipping modes and order priority."""
    urgent = c.o_orderpriority.is_in(["1-URGENT", "2-HIGH"])
    return (
        lineitem.filter(
            c.l_shipmode.is_in(["MAIL", "SHIP"]),
            c.l_commitdate < c.l_receiptdate,
            c.l_shipdate < c.l_commitdate,
            c.l_receiptdate.is_between(date(1994, 1, 1), date(1995, 1, 1), closed="left"),
        )
        .join(orders, left_on="l_orderkey", right_on="o_orderkey")
        .group_by("l_shipmode")
        .agg(
            high_line_count=pl.when(urgent).then(1).otherwise(0).sum(),
            low_line_count=pl.when(~urgent).then(1).otherwise(0).sum(),
        )
        .sort("l_shipmode")
    )


def q13(customer: F, orders: F) -> F:
    """Customer distribution."""
    counted = orders.filter(~c.o_comment.str.contains("special.*requests"))
    return (
        customer.join(counted, left_on="c_custkey", right_on="o_custkey", how="left")
        .group_by("c_custkey")
        .agg(c_count=c.o_orderkey.count())
        .group_by("c_count")
        .agg(custdist=pl.len())
        .sort("custdist", "c_count", descending=True)
    )


def q14(lineitem: F, part: F) -> F:
    """Promotion effect."""
    promo = pl.when(c.p_type.str.starts_with("PROMO")).then(REVENUE.cast(pl.Float64)).otherwise(0)
    return (
        lineitem.filter(c.l_shipdate.is_between(date(1995, 9, 1), date(1995, 10, 1), closed="left"))
        .join(part, left_on="l_partkey", right_on="p_partkey")
        .select(promo_revenue=100.0 * promo.sum() / REVENUE.cast(pl.Float64).sum())
    )


def q15(lineitem: F, supplier: F) -> F:
    """Top supplier."""
    revenue = (
        lineitem.filter(c.l_shipdate.is_between(date(1996, 1, 1), date(1996, 4, 1), closed="left"))
        .group_by("l_suppkey")
        .agg(total_revenue=REVENUE.sum())
    )
    return (
        supplier.join(revenue, left_on="s_suppkey", right_on="l_suppkey")
        .filter(c.total_revenue == c.total_revenue.max())
        .select("s_suppkey", "s_name", "s_address", "s_phone", "total_revenue")
        .sort("s_suppkey")
    )


def q16(partsupp: F, part: F, supplier: F) -> F:
    """Parts/supplier relationship."""
    complained = supplier.filter(c.s_comment.str.contains("Customer.*Complaints"))
    return (
        partsupp.join(part, left_on="ps_partkey", right_on="p_partkey")
        .filter(
            c.p_brand != "Brand#45",
            ~c.p_type.str.starts_with("MEDIUM POLISHED"),
            c.p_size.is_in([49, 14, 23, 45, 19, 3, 36, 9]),
        )
        .join(complained, left_on="ps_suppkey", right_on="s_suppkey", how="anti")
        .group_by("p_brand", "p_type", "p_size")
        .agg(supplier_cnt=c.ps_suppkey.n_unique())
        .sort("supplier_cnt", "p_brand", "p_type", "p_size", descending=[True, False, False, False])
    )


def q17(lineitem: F, part: F) -> F:
    """Small-quantity-order revenue."""
    wanted = part.filter((c.p_brand == "Brand#23") & (c.p_container == "MED BOX"))
    lines = wanted.join(lineitem, left_on="p_partkey", right_on="l_partkey")
    few = lines.group_by("p_partkey").agg(few=0.2 * c.l_quantity.cast(pl.Float64).mean())
    return (
        lines.join(few, on="p_partkey")
        .filter(c.l_quantity.cast(pl.Float64) < c.few)
        .select(avg_yearly=c.l_extendedprice.cast(pl.Float64).sum() / 7.0)
    )


def q18(customer: F, orders: F, lineitem: F) -> F:
    """Large volume customer."""
    large = lineitem.group_by("l_orderkey").agg(c.l_quantity.sum()).filter(c.l_quantity > 300)
    return (
        orders.join(large, left_on="o_orderkey", right_on="l_orderkey", how="semi")
        .join(customer, left_on="o_custkey", right_on="c_custkey")
        .join(lineitem, left_on="o_orderkey", right_on="l_orderkey")
        .group_by("c_name", "o_custkey", "o_orderkey", "o_orderdate", "o_totalprice")
        .agg(sum_quantity=c.l_quantity.sum())
        .sort("o_totalprice", "o_orderdate", "o_orderkey", descending=[True, False, False])
        .head(100)
    )


def q19(lineitem: F, part: F) -> F:
    """Discounted revenue."""

    def kind(brand: str, containers: list[str], least: int, largest: int) -> pl.Expr:
        return (
            (c.p_brand == brand)
            & c.p_container.is_in(containers)
            & c.l_quantity.is_between(least, least + 10)
            & c.p_size.is_between(1, largest)
        )

    return (
        lineitem.join(part, left_on="l_partkey", right_on="p_partkey")
        .filter(
            c.l_shipmode.is_in(["AIR", "AIR REG"]),
            c.l_shipinstruct == "DELIVER IN PERSON",
            kind("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5)
            | kind("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10)
            | kind("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15),
        )
        .select(revenue=REVENUE.sum())
    )


def q20(supplier: F, nation: F, partsupp: F, part: F, lineitem: F) -> F:
    """Potential part promotion."""
    shipped = (
        lineitem.filter(c.l_shipdate.is_between(date(1994, 1, 1), date(1995, 1, 1), closed="left"))
        .group_by("l_partkey", "l_suppkey")
        .agg(half=0.5 * c.l_quantity.cast(pl.Float64).sum())
    )
    excess = (
        partsupp.join(
            part.filter(c.p_name.str.starts_with("forest")), left_on="ps_partkey", right_on="p_partkey", how="semi"
        )
        .join(shipped, left_on=["ps_partkey", "ps_suppkey"], right_on=["l_partkey", "l_suppkey"])
        .filter(c.ps_availqty > c.half)
    )
    return (
        supplier.join(nation.filter(c.n_name == "CANADA"), left_on="s_nationkey", right_on="n_nationkey")
        .join(excess, left_on="s_suppkey", right_on="ps_suppkey", how="semi")
        .select("s_name", "s_address")
        .sort("s_name")
    )


def q21(supplier: F, lineitem: F, orders: F, nation: F) -> F:
    """Suppliers who kept orders waiting."""
    late = lineitem.filter(c.l_receiptdate > c.l_commitdate)
    many = lineitem.group_by("l_orderkey").agg(all=c.l_suppkey.n_unique()).filter(c.all > 1)
    alone = late.group_by("l_orderkey").agg(late=c.l_suppkey.n_unique()).filter(c.late == 1)
    return (
        late.join(many, on="l_orderkey", how="semi")
        .join(alone, on="l_orderkey", how="semi")
        .join(orders.filter(c.o_orderstatus == "F"), left_on="l_orderkey", right_on="o_orderkey")
        .join(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .join(nation.filter(c.n_name == "SAUDI ARABIA"), left_on="s_nationkey", right_on="n_nationkey")
        .group_by("s_name")
        .agg(numwait=pl.len())
        .sort("numwait", "s_name", descending=[True, False])
        .head(100)
    )


def q22(customer: F, orders: F) -> F:
    """Global sales opportunity."""
    known = customer.with_columns(cntrycode=c.c_phone.str.slice(0, 2)).filter(
        c.cntrycode.is_in(["13", "31", "23", "29", "30", "18", "17"])
    )
    average = known.filter(c.c_acctbal > 0).select(average=c.c_acctbal.mean())
    return (
        known.join(average, how="cross")
        .filter(c.c_acctbal > c.average)
        .join(orders, left_on="c_custkey", right_on="o_custkey", how="anti")
        .group_by("cntrycode")
        .agg(numcust=pl.len(), totacctbal=c.c_acctbal.sum())
        .sort("cntrycode")
    )


QUERIES: dict[str, Callable[..., F]] = {
    query.__name__: query
    for query in (
        *(q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11),
        *(q12, q13, q14, q15, q16, q17, q18, q19, q20, q21, q22),
    )
}
