"""Which products one caller may discover: looked up together, decided each on its own, remembered where that holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from meshwright.names import governed_by
from meshwright.registry import Entry
from meshwright.spec import Spec
from meshwright_catalog.gate import Visit
from meshwright_catalog.known import Decisions, Live, Outline
from meshwright_catalog.models import ContractText, PolicyText, ProductRow, RegistrationRow
from meshwright_catalog.products import entry_of, newest

_TOGETHER = 1_000


@dataclass
class Products:
    """The products that a question has met: the policy is asked once for each, and for no other."""

    visit: Visit
    _live: dict[str, Live | None] = field(default_factory=dict[str, Live | None])
    _entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    _decided: Decisions | None = field(init=False)
    _granted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._decided = self.visit.known.decisions(self.visit.gate.basis(self.visit.principal))
        self._granted = frozenset(grant.product for grant in self.visit.grants)

    def decide(self, products: Iterable[str]) -> None:
        """Ask for each of these products whether the caller may discover it."""
        new = sorted(set(products) - self._live.keys())
        self._live |= dict.fromkeys(new)
        for start in range(0, len(new), _TOGETHER):
            self._decide(new[start : start + _TOGETHER])

    def _decide(self, products: list[str]) -> None:
        found = [Live(*row) for row in self.visit.session.connection().execute(_live(), {"some": products})]
        newest_major = {each.product: each for each in found}
        recalled = {name: each for name, each in newest_major.items() if self._recalled(each)}
        asked = self._ask({name: newest_major.get(name) for name in products if name not in recalled})
        self._live |= {**recalled, **asked}

    def live(self, product: str) -> Live | None:
        """Give a product's live registration, where the caller may discover it."""
        return self._live.get(product)

    def outline(self, product: str) -> Outline | None:
        """Give in short what the contract says of a product that the caller may discover."""
        live = self._live.get(product)
        return None if live is None else self.visit.known.outline(live.contract) or self._read(live)

    def entry(self, product: str) -> Entry | None:
        """Give the whole entry of a product that the caller may discover, read with all that were met by then."""
        if self._live.get(product) is None:
            return None
        if product not in self._entries:
            met = [name for name, live in self._live.items() if live is not None and name not in self._entries]
            self._entries |= {row.product: entry_of(row) for row in newest(self.visit.session, among=met)}
        return self._entries[product]

    def _recalled(self, live: Live) -> bool:
        """Recall that a product was allowed; grants come and go with time, so that what they may open is asked anew."""
        if self._decided is None or governed_by(live.product) in self._granted:
            return False
        return live.digests in self._decided and self.visit.known.outline(live.contract) is not None

    def _ask(self, products: Mapping[str, Live | None]) -> dict[str, Live]:
        """Decide by contracts and policies; a product that is not there is as much work as a hidden one."""
        if not products:
            return {}
        rows = self.visit.session.connection().execute(_texts(), {"some": list(products)})
        texts = {(row.contract_digest, row.policy_digest): (row.body, row.text) for row in rows}
        allowed: dict[str, Live] = {}
        for name, live in products.items():
            if live is None:
                self.visit.decide_in_vain()
            elif self._asked(live, *texts[live.digests]):
                allowed[name] = live
        return allowed

    def _asked(self, live: Live, contract: str, policies: str) -> bool:
        visit, spec = self.visit, Spec.model_validate_json(contract)
        visit.known.keep_outline(live.contract, spec)
        allowed = visit.gate(visit.principal, spec, policies, visit.grants)
        granted = governed_by(spec.id) in self._granted
        if allowed and self._decided is not None and not granted and not self._reads_clock(spec, policies):
            self._decided.add(live.digests)
        return allowed

    def _reads_clock(self, spec: Spec, policies: str) -> bool:
        return self.visit.gate.rules(self.visit.principal, spec, policies).reads_clock(spec.id)

    def _read(self, live: Live) -> Outline:
        body = self.visit.session.get_one(ContractText, live.contract).body
        return self.visit.known.keep_outline(live.contract, Spec.model_validate_json(body))


@lru_cache(maxsize=1)
def _live() -> Select[*tuple[Any, ...]]:
    """Give the registrations that are live, of each product those of later major versions last."""
    row = RegistrationRow
    columns = (row.product, row.contract_digest, row.policy_digest, row.model)
    joined = select(*columns).join_from(ProductRow, row, row.sequence == ProductRow.sequence)
    wanted = ProductRow.id.in_(bindparam("some", expanding=True))
    return joined.where(wanted).order_by(ProductRow.id, ProductRow.major)


@lru_cache(maxsize=1)
def _texts() -> Select[*tuple[Any, ...]]:
    row = RegistrationRow
    columns = (row.contract_digest, row.policy_digest, ContractText.body, PolicyText.text)
    joined = select(*columns).join_from(ProductRow, row, row.sequence == ProductRow.sequence)
    joined = joined.join(ContractText, ContractText.digest == row.contract_digest)
    joined = joined.join(PolicyText, PolicyText.digest == row.policy_digest)
    return joined.where(ProductRow.id.in_(bindparam("some", expanding=True)))
