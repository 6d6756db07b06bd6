"""One question to the issuer: no redirect is followed, only so much is read, and only so long waited."""

from collections.abc import Callable, Mapping

from meshwright.io.issuer.settings import is_here

TIMEOUT_S = 3.0
MOST_BYTES = 256 * 1024


class Unanswered(Exception):
    """Why an issuer's answer was not taken; `status` is what it answered, if it did."""

    def __init__(self, problem: str, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


def answered(
    url: str,
    monotonic: Callable[[], float],
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> bytes:
    """Return what the address itself answers to a question, or to a form; raise `Unanswered`."""
    import httpx

    deadline = monotonic() + TIMEOUT_S
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    method, body = "GET" if form is None else "POST", bytearray()
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=not is_here(url)) as client,
            client.stream(method, url, data=form, auth=auth, headers=headers) as answer,
        ):
            if answer.status_code != 200:
                raise Unanswered(f"it answers {answer.status_code}", answer.status_code)
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > MOST_BYTES or monotonic() > deadline:
                    raise Unanswered("its answer is too long, or comes too slowly")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
        raise Unanswered(type(problem).__name__) from None
    return bytes(body)
