"""Who delivers parts, and whom to call there."""

from datetime import date, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Interval, Len

from meshwright import Contract, Csv, DateFormat, Frame, Key, Matches, OnFail, Pii, Sla, Source, product, rule

MAIL = r"[^@\s]+@[^@\s]+\.[a-z]+"


class SupplierList(Source, name="purchasing.suppliers", format=Csv(delimiter=";", decimal=",", encoding="latin-1")):
    """One supplier, as purchasing keeps it in a spreadsheet."""

    supplier_id: str
    name: str
    country: str
    contact_name: Annotated[str, Pii("name")]
    contact_email: Annotated[str, Pii("contact.email")]
    contact_phone: Annotated[str, Pii("contact.phone")]
    rating: float
    since: Annotated[date, DateFormat("%d.%m.%Y")]


class Supplier(Contract, id="supply_chain.suppliers", version="1.0.0", on_fail="quarantine"):
    """One row per supplier; the contact is a person."""

    supplier_id: Annotated[str, Key(entity="supplier"), Matches(r"SUP-\d{2}")]
    """Never reused."""
    name: Annotated[str, Len(1, 120)]
    """The company, as it signs."""
    country: Annotated[str, Matches("[A-Z]{2}")]
    """ISO 3166 alpha-2."""
    contact_name: Annotated[str, Len(1, 120), Pii("name")]
    """Whom to ask for."""
    contact_email: Annotated[str, Matches(MAIL), OnFail("warn"), Pii("contact.email")]
    """Where to write; a wrong address is a warning and no more, for every lot refers to its supplier."""
    contact_phone: Annotated[str, Matches(r"\+[\d ]{6,20}"), Pii("contact.phone")]
    """E.164 with spaces."""
    rating: Annotated[float, Interval(ge=1, le=5)]
    """Purchasing's own judgement: 5 is best."""
    since: date
    """First day of business with us."""

    @rule(severity="warn")
    def not_from_before_the_mail() -> pl.Expr:
        """A day before 1990 is a typing error more often than a long friendship."""
        return pl.col("since") >= pl.date(1990, 1, 1)


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(days=7), frequency=timedelta(days=30)),
    tags=("master-data",),
)
def suppliers(listed: Frame[SupplierList]) -> Frame[Supplier]:
    """Suppliers without the blanks that people type behind a country."""
    return Supplier.conform(listed.with_columns(country=pl.col("country").str.strip_chars()))
