"""T5, its upper half: a network is players on a blackboard, one round a layer. What forbids these forbids the network.

One file for each kind of network, and in `theorems` an arrow for each.
"""
