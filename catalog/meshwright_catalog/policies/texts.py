"""Policies and their tests as texts that are kept once."""

import hashlib

from sqlalchemy.orm import Session

from meshwright_catalog.models import PolicyText


def keep(session: Session, text: str, tests: str) -> str:
    """Keep a product's policies and tests; return their digest."""
    found = digest(text, tests)
    if session.get(PolicyText, found) is None:
        session.add(PolicyText(digest=found, text=text, tests=tests))
        session.flush()
    return found


def digest(*texts: str) -> str:
    """Hash texts so that none can pass for a part of another (SHA-256, hex)."""
    hashed = hashlib.sha256()
    for text in texts:
        data = text.encode()
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()
