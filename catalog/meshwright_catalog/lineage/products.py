"""Which products one caller may discover: looked up together, decided each on its own, remembered where that holds."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import Connection, Text, select

from meshwright.names import governed_by
from meshwright.registry import Entry
from meshwright.spec import Spec
from meshwright_catalog.gate import Contract, Visit
from meshwright_catalog.known import Decisions, Live, Outline
from meshwright_catalog.lineage.listed import Statement, rows, some
from meshwright_catalog.models import ContractText, PolicyText, ProductRow, RegistrationRow
from meshwright_catalog.products import entry_of, newest

_TOGETHER = 1_000


@dataclass
class Products:
    """The products that a question has met: the policy is asked once for each, and for no other."""

    visit: Visit
    _live: dict[str, Live | None] = field(default_factory=dict[str, Live | None])
    _outlines: dict[str, Outline | None] = field(default_factory=dict[str, Outline | None])
    _entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    _connection: Connection = field(init=False)
    _dialect: str = field(init=False)
    _basis: Hashable = field(init=False)
    _granted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._connection = self.visit.session.connection()
        self._dialect = self._connection.dialect.name
        self._basis = self.visit.gate.basis(self.visit.principal)
        self._granted = frozenset(grant.product for grant in self.visit.grants)

    def decide(self, products: Iterable[str]) -> None:
        """Ask for each of these products whether the caller may discover it."""
        new = sorted(set(products) - self._live.keys())
        self._live |= dict.fromkeys(new)
        for start in range(0, len(new), _TOGETHER):
            self._decide(new[start : start + _TOGETHER])

    def _decide(self, products: list[str]) -> None:
        found = [Live(*row) for row in rows(self._connection, _live(self._dialect), products)]
        newest_major = {each.product: each for each in found}
        decided = self.visit.known.decisions(self._basis)
        recalled = {name: each for name, each in newest_major.items() if self._recalled(each, decided)}
        asked = self._ask({name: newest_major.get(name) for name in products if name not in recalled})
        self._live |= {**recalled, **asked}

    def live(self, product: str) -> Live | None:
        """Give a product's live registration, where the caller may discover it."""
        return self._live.get(product)

    def outline(self, product: str) -> Outline | None:
        """Give in short what the contract says of a product that the caller may discover."""
        if product not in self._outlines:
            live = self._live.get(product)
            self._outlines[product] = live and (self.visit.known.outline(live.contract) or self._read(live))
        return self._outlines[product]

    def entry(self, product: str) -> Entry | None:
        """Give the whole entry of a product that the caller may discover, read with all that were met by then."""
        if self._live.get(product) is None:
            return None
        if product not in self._entries:
            met = [name for name, live in self._live.items() if live is not None and name not in self._entries]
            self._entries |= {row.product: entry_of(row) for row in newest(self.visit.session, among=met)}
        return self._entries[product]

    def _recalled(self, live: Live, decided: Decisions) -> bool:
        """Recall that a product was allowed; grants come and go with time, so that what they may open is asked anew."""
        known = live.digests in decided and governed_by(live.product) not in self._granted
        return known and self.visit.known.outline(live.contract) is not None

    def _ask(self, products: Mapping[str, Live | None]) -> dict[str, Live]:
        """Decide by contracts and policies; a product that is not there is as much work as a hidden one."""
        if not products:
            return {}
        found = rows(self._connection, _texts(self._dialect), products)
        texts = {(row.contract_digest, row.policy_digest): (row.body, row.text) for row in found}
        contracts = [live and _contract(*texts[live.digests]) for live in products.values()]
        decided = self.visit.may_discover_each(contracts)
        allowed: dict[str, Live] = {}
        remembered = set[tuple[str, str]]()
        for live, contract, is_allowed in zip(products.values(), contracts, decided, strict=True):
            if live is None or contract is None:
                continue
            self.visit.known.keep_outline(live.contract, contract[0])
            if is_allowed:
                allowed[live.product] = live
                remembered |= {live.digests} if self._holds(*contract) else set()
        self.visit.known.keep_decisions(self._basis, remembered)
        return allowed

    def _holds(self, spec: Spec, policies: str) -> bool:
        """Tell whether a decision holds until something that it was made from changes."""
        if governed_by(spec.id) in self._granted:
            return False
        return not self.visit.gate.policies().reads_clock(spec.id, policies)

    def _read(self, live: Live) -> Outline:
        body = self.visit.session.get_one(ContractText, live.contract).body
        return self.visit.known.keep_outline(live.contract, Spec.model_validate_json(body))


def _contract(body: str, policies: str) -> Contract:
    return Spec.model_validate_json(body), policies


@lru_cache(maxsize=2)
def _live(dialect: str) -> Statement:
    """Give the registrations that are live, of each product those of later major versions last."""
    row = RegistrationRow
    columns = (row.product, row.contract_digest, row.policy_digest, row.model)
    joined = select(*columns).join_from(ProductRow, row, row.sequence == ProductRow.sequence)
    wanted = ProductRow.id.in_(some(Text(), dialect))
    return joined.where(wanted).order_by(ProductRow.id, ProductRow.major)


@lru_cache(maxsize=2)
def _texts(dialect: str) -> Statement:
    row = RegistrationRow
    columns = (row.contract_digest, row.policy_digest, ContractText.body, PolicyText.text)
    joined = select(*columns).join_from(ProductRow, row, row.sequence == ProductRow.sequence)
    joined = joined.join(ContractText, ContractText.digest == row.contract_digest)
    joined = joined.join(PolicyText, PolicyText.digest == row.policy_digest)
    return joined.where(ProductRow.id.in_(some(Text(), dialect)))
