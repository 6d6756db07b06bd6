"""The companies that buy hands, and the person who speaks for each."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

import polars as pl
from annotated_types import Len

from meshwright import (
    Contract,
    EventTime,
    Frame,
    Key,
    KnownAt,
    Matches,
    OnFail,
    Pii,
    Sla,
    Source,
    Sqlite,
    product,
    rule,
)


class ErpCustomer(Source, name="erp.customers", format=Sqlite(table="customers")):
    """One version of a customer: a move or a new address is a second row with a later `updated_at`."""

    customer_id: Annotated[str, Pii("identifier")]
    company_name: str
    contact_name: Annotated[str, Pii("name")]
    email: Annotated[str, Pii("contact.email")]
    phone: Annotated[str, Pii("contact.phone")]
    street: Annotated[str, Pii("address.street")]
    postcode: Annotated[str, Pii("address.postcode")]
    city: Annotated[str, Pii("address.city")]
    country: str
    birth_date: Annotated[date, Pii("birth_date")]
    segment: str
    created_at: datetime
    updated_at: datetime


class Customer(Contract, id="sales.customers", version="1.0.0", on_fail="quarantine"):
    """One row per customer, as the ERP knows it today.

    Earlier versions and exact duplicates are quarantined by the key. A customer whose newest version is broken keeps
    the last sound one.
    """

    customer_id: Annotated[str, Key(entity="customer", keep="last"), Matches(r"CUS-\d{6}"), Pii("identifier")]
    """Stable, never reused; personal data, because a contact person stands behind it."""
    company_name: Annotated[str, Len(1, 120)]
    """The company, as it signs."""
    contact_name: Annotated[str, Len(1, 120), Pii("name")]
    """Who speaks for the company."""
    email: Annotated[str, Matches(r"[^@\s]+@[^@\s]+\.[a-z]+"), OnFail("warn"), Pii("contact.email")] | None
    """Where we write to; null: the customer gave none.

    A wrong address is a warning and no more: orders, shipments and returns refer to the customer, and a typing error
    must not take them along.
    """
    phone: Annotated[str, Matches(r"\+[\d ]{6,20}"), Pii("contact.phone")]
    """E.164, with spaces as the contact writes them."""
    street: Annotated[str, Pii("address.street")]
    """Street and number of the office."""
    postcode: Annotated[str, Len(3, 10), Pii("address.postcode")]
    """Text: leading zeros count."""
    city: Annotated[str, Pii("address.city")]
    """Town of the office."""
    country: Annotated[str, Matches("[A-Z]{2}")]
    """ISO 3166 alpha-2."""
    birth_date: Annotated[date, Pii("birth_date")]
    """Of the contact person."""
    segment: Literal["research", "integrator", "medical", "logistics"]
    """What the company does."""
    created_at: Annotated[datetime, EventTime()]
    """When the customer first signed."""
    updated_at: Annotated[datetime, KnownAt()]
    """When the ERP learnt this version."""

    @rule(severity="error")
    def updated_after_created() -> pl.Expr:
        """Nothing is known of a customer before there is one: the ERP's clock would be wrong for all."""
        return pl.col("updated_at") >= pl.col("created_at")


@product(
    owner="order-desk",
    purpose="order-fulfilment",
    sla=Sla(latency=timedelta(hours=1), frequency=timedelta(days=1), retention=timedelta(days=3650)),
    tags=("master-data",),
)
def customers(erp: Frame[ErpCustomer]) -> Frame[Customer]:
    """Customers without the blanks that people type around a country, and without empty addresses."""
    given = pl.col("email").str.strip_chars()
    return Customer.conform(
        erp.with_columns(
            country=pl.col("country").str.strip_chars(),
            email=pl.when(given != "").then(given),
        )
    )
