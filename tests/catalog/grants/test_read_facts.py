"""What the audit is told of a read, fact by fact."""

from dataclasses import replace

from gateway_lake import ORDERS, ORDERS_CEDAR
from granting import Desk

from meshwright_catalog.gateway.auditing import ReadFacts


def test_an_event_tells_each_fact_of_the_read(desk: Desk) -> None:
    """Whoever leaves one of them empty, or takes it from elsewhere, fails here."""
    served, grant = desk.served, desk.granted("ben")
    served.publish()
    asked = {"filter": {"op": "ge", "column": "quantity", "value": 3}, "version": 1}

    allowed = served.ask({**asked, "columns": ["email", "born"]})
    denied = served.ask({**asked, "columns": ["email", "margin"]})

    assert [200, 403] == [allowed.status_code, denied.status_code], allowed.text
    rules = served.policies[0].with_product(ORDERS, ORDERS_CEDAR)
    expected = ReadFacts(
        principal="user:ben",
        purpose="analytics",
        product="sales.orders",
        contract="1.2.0",
        version=1,
        levels={"email": "clear", "born": "coarse", "quantity": "clear"},
        filter='{"op": "ge", "column": "quantity", "value": "int"}',
        policies=rules.digest(ORDERS.id),
        grants=(grant,),
        request_id=allowed.headers["X-Request-ID"],
    )
    (_, intent), (_, _, rows, status), (_, refused, problem) = served.account.events
    assert expected == intent
    assert (8, "complete") == (rows, status)
    assert replace(expected, levels={}, request_id=denied.headers["X-Request-ID"]) == refused
    assert "'margin'" in problem
