"""A message-passing network is a CONGEST protocol: ⌈w p / B⌉ rounds a layer. What forbids these forbids the network."""
