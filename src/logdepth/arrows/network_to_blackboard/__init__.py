"""T5, its upper half: a network is players on a blackboard, one round a layer. What forbids these forbids the network.

One file for each kind of network, and in `theorems` an arrow for each. `play` runs a network beside its players.
"""

from logdepth.arrows.network_to_blackboard.bounds import bound_for
from logdepth.arrows.network_to_blackboard.play import Played, play

__all__ = ["Played", "bound_for", "play"]
