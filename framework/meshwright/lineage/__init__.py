"""Where every column comes from, and which labels come with it: pure functions over plans and specs."""

from meshwright.lineage.dependencies import ColumnLineage as ColumnLineage
from meshwright.lineage.dependencies import Kind as Kind
from meshwright.lineage.dependencies import Origin as Origin
from meshwright.lineage.dependencies import Steps as Steps
from meshwright.lineage.labels import LabelFinding as LabelFinding
from meshwright.lineage.labels import label_findings as label_findings
from meshwright.lineage.labels import require_labels as require_labels
from meshwright.lineage.trace import column_lineage as column_lineage
