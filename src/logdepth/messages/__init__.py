"""Communication: players or vertices that know a part of the input each, and messages whose bits are counted.

`BlackboardProtocol`: k players write on a board, round after round. `one_way`: Alice sends one message, and Bob
answers. `CongestProtocol`: the vertices of a graph send along its edges. A protocol is a value; the engines
`run_on_blackboard` and `run_on_graph` run it, enforce the bits of every message, and keep who wrote how many and when.
"""

from logdepth.messages.bits import FLOATS, NOTHING, Bits, Field, Form, floats, joined, numbers
from logdepth.messages.blackboard import (
    BlackboardProtocol,
    Board,
    BoardRun,
    Turn,
    Written,
    one_way,
    run_on_blackboard,
)
from logdepth.messages.congest import CongestProtocol, CongestRun, Wake, run_on_graph
from logdepth.messages.errors import MessageTooLong, StepFailed
from logdepth.messages.pointer_chasing import chase_at_once, chase_by_steps, reached

__all__ = [
    "FLOATS",
    "NOTHING",
    "Bits",
    "BlackboardProtocol",
    "Board",
    "BoardRun",
    "CongestProtocol",
    "CongestRun",
    "Field",
    "Form",
    "MessageTooLong",
    "StepFailed",
    "Turn",
    "Wake",
    "Written",
    "chase_at_once",
    "chase_by_steps",
    "floats",
    "joined",
    "numbers",
    "one_way",
    "reached",
    "run_on_blackboard",
    "run_on_graph",
]
