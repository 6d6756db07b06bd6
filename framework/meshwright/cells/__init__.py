"""From what a source wrote to a value of the column's type, or to the reason why it is none.

No value is changed on the way: what does not fit exactly is refused. Text stays as it is, blanks included; numbers,
booleans, dates and times may have blanks around them. Booleans are true/false, yes/no and 1/0 in any case.
"""

from meshwright.cells.cell import Cell as Cell
from meshwright.cells.text import text_cell as text_cell
from meshwright.cells.typed import typed_cell as typed_cell
