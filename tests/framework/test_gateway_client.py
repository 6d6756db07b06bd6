"""The gateway's client against a real server of the test's: answers, refusals, and answers that are cut."""

import json
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from meshwright.errors import (
    AccessDenied,
    AnswerCut,
    CatalogRefused,
    CatalogUnavailable,
    MeshError,
    NotSignedIn,
    QueryRejected,
    TooManyRequests,
    UnknownProduct,
    UnknownVersion,
)
from meshwright.io.arrow import ArrowStream
from meshwright.io.gateway import ARROW, HttpGateway
from meshwright.mesh.elsewhere import Remote
from meshwright.query import IsIn, Order, ReadQuery, ReadRequest
from meshwright.spec import Spec

pa: Any = import_module("pyarrow")  # it ships no types
END = b"\xff\xff\xff\xff\x00\x00\x00\x00"
ROWS: Any = pa.table({"serial": pa.array([-1, 0, 3], pa.int32()), "name": ["a", None, "c"]})
LEVELS = {"serial": "clear", "name": "token"}
PLAIN = ReadRequest(purpose="operations")


def stream(table: Any, rows: int = 2) -> bytes:
    """Write a table as an Arrow stream, so many rows in a batch."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    return bytes(sink.getvalue())


@dataclass
class Service:
    """What the server answers, and what it was asked."""

    url: str = ""
    status: int = 200
    pieces: Callable[[], Iterator[bytes]] = field(default=lambda: iter([stream(ROWS)]))
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def says(self, status: int, body: object) -> None:
        self.status, self.pieces = status, lambda: iter([json.dumps(body).encode()])
        self.headers = {"Content-Type": "application/problem+json"}


@pytest.fixture
def service() -> Iterator[Service]:
    known = Service(headers={"Content-Type": ARROW, "Mesh-Version": "7", "Mesh-Levels": json.dumps(LEVELS)})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known.asked.append((self.path, self.headers["Authorization"], body))
            self.send_response(known.status)
            for name, value in known.headers.items():
                self.send_header(name, value)
            if known.length is not None:
                self.send_header("Content-Length", str(known.length))
            self.end_headers()
            try:
                for piece in known.pieces():
                    self.wfile.write(piece)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gateway(service: Service) -> HttpGateway:
    return HttpGateway(service.url, token=lambda: "mine", waits=(0.01, 0.01))


def everything(gateway: HttpGateway, request: ReadRequest = PLAIN) -> pl.DataFrame:
    with gateway.read("sales.orders", request) as found:
        return pl.concat([pl.DataFrame(schema=found.schema), *found.batches])


def dictionaries(*pieces: tuple[Sequence[int | None], Sequence[str | None]]) -> bytes:
    """Write pieces of one column, each as places in a dictionary."""
    sink, kind = pa.BufferOutputStream(), pa.dictionary(pa.int32(), pa.large_string())
    options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    with pa.ipc.new_stream(sink, pa.schema([("name", kind)]), options=options) as writer:
        for places, values in pieces:
            found = pa.array(list(values), pa.large_string())
            coded = pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), found)
            writer.write_batch(pa.record_batch([coded], ["name"]))
    return bytes(sink.getvalue())


def test_dictionaries_are_written_out(gateway: HttpGateway, service: Service) -> None:
    none: Sequence[int] = ()
    grown = dictionaries(([1, 0, None], "ab"), ([2, 2, 0], "abc"), (none, "abc"), ([0, 1], "xy"), ([1, 0], "xy"))
    service.pieces = lambda: iter([grown])
    service.headers["Mesh-Levels"] = json.dumps({"name": "token"})

    found = everything(gateway)

    assert pl.Schema({"name": pl.String}) == found.schema
    assert [*"ba", None, *"cca", *"xyyx"] == found["name"].to_list()


@given(st.lists(st.tuples(st.lists(st.none() | st.integers(0, 3), max_size=5), st.sampled_from(["abcd", "efgh"]))))
def test_dictionaries_are_written_out_as_arrow_does(pieces: list[tuple[list[int | None], str]]) -> None:
    data = dictionaries(*pieces)

    found = pl.concat([pl.DataFrame(schema={"name": pl.String}), *ArrowStream(iter([data]), "catalog").batches()])

    assert pa.ipc.open_stream(data).read_all()["name"].to_pylist() == found["name"].to_list()


def test_a_dictionary_that_would_unpack_to_more_than_is_taken_is_refused(
    gateway: HttpGateway, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshwright.io.arrow.MOST", 2**16)
    service.pieces = lambda: iter([dictionaries(([1] * 100, ["a", "b" * 1000]))])

    with pytest.raises(AnswerCut, match="larger than is taken"):
        everything(gateway)


def test_an_answer_arrives_batch_by_batch_with_what_it_is_of(gateway: HttpGateway, service: Service) -> None:
    with gateway.read("sales.orders", PLAIN) as found:
        batches = list(found.batches)

    assert (7, LEVELS, [2, 1]) == (found.version, found.levels, [b.height for b in batches])
    assert pl.Schema({"serial": pl.Int32, "name": pl.String}) == found.schema
    assert [-1, 0, 3] == pl.concat(batches)["serial"].to_list()
    ((path, authorization, body),) = service.asked
    assert ("/api/v1/products/sales.orders/read", "Bearer mine") == (path, authorization)
    assert PLAIN == ReadRequest.model_validate(body)


def test_a_request_crosses_with_all_that_it_says(gateway: HttpGateway, service: Service) -> None:
    asked = ReadRequest(
        purpose="operations",
        columns=("serial",),
        filter=IsIn(column="serial", values=(1, 2)),
        version=3,
        order_by=(Order(column="serial", descending=True),),
        limit=5,
        levels={"name": "token"},
    )
    everything(gateway, asked)

    assert asked == ReadRequest.model_validate(service.asked[0][2])


@pytest.mark.parametrize("kept", range(1, len(stream(ROWS)) - 1, 23))
def test_a_cut_answer_is_an_error_wherever_it_is_cut(gateway: HttpGateway, service: Service, kept: int) -> None:
    service.pieces = lambda: iter([stream(ROWS)[:kept]])

    with pytest.raises(AnswerCut):
        everything(gateway)


def test_an_answer_without_its_mark_of_the_end_is_cut_though_all_its_rows_came(
    gateway: HttpGateway, service: Service
) -> None:
    whole = stream(pa.table({"serial": pa.array([-1, 0], pa.int32())}))
    assert END == whole[-8:]
    service.pieces = lambda: iter([whole[:-8]])

    with pytest.raises(AnswerCut, match="without its mark"):
        everything(gateway)


def test_a_connection_that_breaks_is_a_cut_answer(gateway: HttpGateway, service: Service) -> None:
    service.length = len(stream(ROWS)) + 100
    service.pieces = lambda: iter([stream(ROWS)[:-8]])

    with pytest.raises(AnswerCut):
        everything(gateway)


def test_a_piece_that_claims_to_be_enormous_is_not_taken(gateway: HttpGateway, service: Service) -> None:
    service.pieces = lambda: iter([b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"x" * 100])

    with pytest.raises(AnswerCut):
        everything(gateway)


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (401, {"detail": "A valid token is needed."}, (NotSignedIn, "a valid token is needed")),
        (403, {"detail": "user:ben may not see 'x'"}, (AccessDenied, "sales.orders: user:ben may not see 'x'")),
        (404, {"detail": "There is no such product."}, (UnknownProduct, "no product 'sales.orders'")),
        (400, {"detail": "an order needs a limit"}, (QueryRejected, "sales.orders: an order needs a limit")),
        (429, {"detail": "Too many."}, (TooManyRequests, "no more requests from you just now")),
        (503, {"detail": "Not now."}, (CatalogUnavailable, r"cannot answer \(503\): Not now\.")),
        (418, {"detail": "a teapot"}, (CatalogRefused, "a teapot")),
        (500, {"leak": "jo@example.com"}, (CatalogUnavailable, "500")),
        (400, ["jo@example.com"], (QueryRejected, "no reason that can be read")),
    ],
)
def test_a_refusal_is_an_error_of_ours(
    gateway: HttpGateway, service: Service, status: int, said: object, expected: tuple[type[MeshError], str]
) -> None:
    error, words = expected
    service.says(status, said)

    with pytest.raises(error, match=words) as caught:
        everything(gateway)

    assert type(caught.value) is error
    assert "jo@example.com" not in str(caught.value)


def test_a_reader_waits_for_a_place_and_asks_again(gateway: HttpGateway, service: Service) -> None:
    whole, answer = service.pieces, dict(service.headers)

    def taken() -> Iterator[bytes]:
        service.status, service.pieces, service.headers = 200, whole, answer
        return iter([b'{"detail": "Too many."}'])

    service.status, service.pieces = 429, taken

    assert 3 == everything(gateway).height
    assert 2 == len(service.asked)


def test_a_reader_does_not_wait_forever(gateway: HttpGateway, service: Service) -> None:
    service.says(429, {"detail": "Too many."})

    with pytest.raises(TooManyRequests):
        everything(gateway)

    assert 3 == len(service.asked)


def test_a_denial_names_columns_and_the_smallest_request(gateway: HttpGateway, service: Service) -> None:
    ask = "mesh access request sales.orders --class pii --level token"
    service.says(403, {"detail": "not granted", "columns": ["email"], "asks": [ask]})

    with pytest.raises(AccessDenied) as caught:
        everything(gateway)

    assert (("email",), (ask,)) == (caught.value.columns, caught.value.asks)


@pytest.mark.parametrize(("status", "detail"), [(404, "There is no such version yet."), (410, "No longer kept.")])
def test_a_version_that_is_not_there_is_told_apart_from_a_product(
    gateway: HttpGateway, service: Service, status: int, detail: str
) -> None:
    service.says(status, {"detail": detail})

    with pytest.raises(UnknownVersion, match="there is no version 3"):
        everything(gateway, ReadRequest(purpose="operations", version=3))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html"},
        {"Mesh-Version": "seven"},
        {"Mesh-Levels": "[]"},
        {"Mesh-Levels": '{"serial": "naked"}'},
    ],
)
def test_an_answer_of_something_else_is_not_understood(
    gateway: HttpGateway, service: Service, headers: dict[str, str]
) -> None:
    service.headers |= headers

    with pytest.raises(CatalogRefused, match="does not understand"):
        everything(gateway)


def test_nobody_at_the_address_is_unavailable() -> None:
    with pytest.raises(CatalogUnavailable, match="does not answer"):
        everything(HttpGateway("http://127.0.0.1:9", token=lambda: "mine"))


def test_a_token_is_not_sent_in_the_open() -> None:
    with pytest.raises(CatalogRefused, match="neither https nor on this machine"):
        HttpGateway("http://catalog.example.com", token=lambda: "mine")


def test_an_answer_left_early_is_left(gateway: HttpGateway, service: Service) -> None:
    batch = pa.table({"text": ["x" * 1000] * 1000})
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        whole = stream(batch, 1000)[: -len(END)]
        head = stream(batch.slice(0, 0))[: -len(END)]
        yield whole
        while True:
            sent += 1
            yield whole[len(head) :]

    service.pieces = endless
    with gateway.read("sales.orders", PLAIN) as found:
        first = next(found.batches)

    assert 1000 == first.height
    assert sent < 1000


def test_the_client_holds_a_batch_and_not_the_answer(gateway: HttpGateway, service: Service) -> None:
    batch, count = pa.table({"text": ["x" * 1000] * 1000}), 200

    def long() -> Iterator[bytes]:
        head = stream(batch.slice(0, 0))[: -len(END)]
        body = stream(batch, 1000)[len(head) : -len(END)]
        yield head
        yield from (body for _ in range(count))
        yield END

    service.pieces = long
    tracemalloc.start()
    with gateway.read("sales.orders", PLAIN) as found:
        rows = sum(b.height for b in found.batches)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count * 1000 == rows
    assert peak < 20 * 2**20


def test_a_service_whose_certificate_nobody_vouches_for_is_not_spoken_to(tmp_path: Path) -> None:
    key, said = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    built = x509.CertificateBuilder(
        said, said, key.public_key(), 1, datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
    )
    signed = built.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False).sign(
        key, SHA256()
    )
    pem = tmp_path / "own.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    asked: list[bytes] = []

    def answer() -> None:
        with pytest.raises(ssl.SSLError), context.wrap_socket(listening.accept()[0], server_side=True) as connection:
            asked.append(connection.recv(1))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(CatalogUnavailable, match="does not answer"):
            everything(HttpGateway(f"https://localhost:{listening.getsockname()[1]}", token=lambda: "mine"))
        thread.join(10)

    assert [] == asked


def test_a_frame_of_the_gateway_is_not_serialised_since_its_reader_s_token_would_go_with_it(
    gateway: HttpGateway,
) -> None:
    spec = Spec(id="sales.orders", version="1.0.0", owner="desk", purpose="operations", columns=())
    remote = Remote("sales.orders", spec, 7, "thenar", gateway, lambda _: ())
    answer = remote.answer(ReadQuery(), "operations", None)

    with pytest.raises(pl.exceptions.ComputeError, match=r"KeptHere: .*collect it, and send the rows"):
        answer.frame.serialize()
    assert ROWS.num_rows == answer.frame.collect().height
