"""OpenLineage events of builds, as plain values."""

from meshwright.events.facts import CheckFacts as CheckFacts
from meshwright.events.facts import CodeFacts as CodeFacts
from meshwright.events.facts import InputFacts as InputFacts
from meshwright.events.facts import ParentFacts as ParentFacts
from meshwright.events.facts import RunFacts as RunFacts
from meshwright.events.facts import WrittenFacts as WrittenFacts
from meshwright.events.naming import dataset_name as dataset_name
from meshwright.events.run import abort as abort
from meshwright.events.run import checked as checked
from meshwright.events.run import complete as complete
from meshwright.events.run import fail as fail
from meshwright.events.run import start as start
