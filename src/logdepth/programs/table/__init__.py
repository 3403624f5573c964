"""The `Table` on which users write a program, statement by statement.

`writing` holds what every statement needs; each further file adds one kind of statement: `computing`, `reading`,
`counting`, `looping`. `table` puts them together.
"""

from logdepth.programs.table.table import Table
from logdepth.programs.table.writing import Value

__all__ = ["Table", "Value"]
