"""A transformer in floats of p bits becomes a threshold circuit that gives the same answers on every input.

Every number that depends on the input is a variable: its possible values, and of each but the least a gate that says
whether it is reached. So a function of one variable takes no gate, and a sum of many, with what is done to it
afterwards, one level. Nothing is sampled: the possible values follow from those of the inputs.
"""
