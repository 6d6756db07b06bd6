"""Under which runs builds are told of: those of one command, and what started it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from meshwright.events import ParentFacts, TogetherFacts, as_parent, began, ended, parent_in, stopped
from meshwright.mesh.world import World
from meshwright.ports import Event
from meshwright.publish import running_versions


@dataclass(frozen=True, slots=True)
class Telling:
    """To whom a build tells what it does, as which run, as part of which, and the time that it was planned for."""

    run_id: UUID
    record: Callable[[Event], None]
    parent: ParentFacts | None = None
    nominal_at: datetime | None = None


def alone(world: World, run_id: UUID) -> Telling:
    """Tell of one build, as part of what started this process."""
    return Telling(run_id, world.recorder.record, parent_in(os.environ))


@dataclass
class Together:
    """The runs that one command is: one for each domain it builds products of, told once something happens there.

    A domain tells of itself alone, so a command is no single run across domains.
    """

    world: World
    command_id: UUID
    asked_at: datetime
    nominal_at: datetime
    _begun: dict[str, TogetherFacts] = field(default_factory=dict[str, TogetherFacts])

    def telling(self, product: str, run_id: UUID) -> Telling:
        """Tell of a product's build as part of its domain's run."""
        facts = self._facts(product.partition(".")[0])
        return Telling(run_id, lambda event: self._record(facts, event), as_parent(facts), self.nominal_at)

    def end(self, failed: Sequence[str]) -> None:
        """Say which runs got everything built, and of the others what is not."""
        for domain, facts in self._begun.items():
            missing = [product for product in failed if product.partition(".")[0] == domain]
            self.world.recorder.record(ended(facts, self.world.clock(), missing))
        self._begun.clear()

    def stop(self) -> None:
        """Say that what began was stopped from outside."""
        for facts in self._begun.values():
            self.world.recorder.record(stopped(facts, self.world.clock()))
        self._begun.clear()

    def _record(self, facts: TogetherFacts, event: Event) -> None:
        if facts.domain not in self._begun:
            self._begun[facts.domain] = facts
            self.world.recorder.record(began(facts))
        self.world.recorder.record(event)

    def _facts(self, domain: str) -> TogetherFacts:
        return self._begun.get(domain) or TogetherFacts(
            mesh=self.world.workspace.settings.mesh.name,
            domain=domain,
            run_id=str(uuid5(self.command_id, domain)),
            started_at=self.asked_at,
            nominal_at=self.nominal_at,
            versions=running_versions(),
            parent=parent_in(os.environ),
            env=self.world.workspace.env,
        )
