"""An issuer of access tokens on this machine: keys made at run time, published by a server that counts its callers."""

import base64
import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

AUDIENCE = "urn:mesh:catalog"
ISSUER = "https://issuer.example"


def published(kid: str, key: PrivateKey, **said: Any) -> dict[str, Any]:
    """Write the public half of a key as an issuer publishes it."""
    if isinstance(key, rsa.RSAPrivateKey):
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        public = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    kept = {name: value for name, value in public.items() if name not in ("key_ops", "alg")}
    return kept | {"kid": kid, "use": "sig"} | said


def segment(value: bytes | Mapping[str, Any]) -> str:
    """Write one part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Answer:
    """What the server says instead of its keys."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass
class Issuer:
    """Keys by id, and what was asked for; `answer` stands in for the published keys while it is set."""

    url: str
    keys: dict[str, PrivateKey]
    requests: list[str] = field(default_factory=list[str])
    answer: Answer | None = None

    @property
    def jwks(self) -> str:
        """Where the keys are."""
        return f"{self.url}/jwks"

    def document(self) -> bytes:
        """Write the set of keys."""
        return json.dumps({"keys": [published(kid, key) for kid, key in self.keys.items()]}).encode()

    def claims(self, now: datetime, **changed: Any) -> dict[str, Any]:
        """Say what a token for ana says, with changes; None leaves a claim out."""
        at = int(now.timestamp())
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ana", "client_id": "portal", "iat": at, "exp": at + 300}
        return {name: value for name, value in (usual | changed).items() if value is not None}

    def token(self, claims: Mapping[str, Any] | bytes, by: str = "rsa", **header: Any) -> str:
        """Sign claims, or the very bytes given, as an access token."""
        key = self.keys[by]
        usual = {"alg": algorithm_of(key), "typ": "at+jwt", "kid": by}
        return signed({k: v for k, v in (usual | header).items() if v is not None}, claims, key)


def algorithm_of(key: PrivateKey) -> str:
    """Name the algorithm that a key signs with."""
    if isinstance(key, rsa.RSAPrivateKey):
        return "RS256"
    return "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "EdDSA"


def signed(header: Mapping[str, Any] | bytes, claims: Mapping[str, Any] | bytes, key: PrivateKey) -> str:
    """Sign whatever header and claims say, as an issuer never would."""
    said = f"{segment(header)}.{segment(claims)}"
    method: Any = jwt.get_algorithm_by_name(algorithm_of(key))
    return f"{said}.{segment(method.sign(said.encode(), key))}"


@contextmanager
def serving(keys: Mapping[str, PrivateKey]) -> Generator[Issuer]:
    """Publish keys on a free port of this machine."""
    issuer = Issuer("", dict(keys))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.requests.append(self.path)
            answer = issuer.answer or Answer(body=issuer.document(), headers={"Content-Type": "application/json"})
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
