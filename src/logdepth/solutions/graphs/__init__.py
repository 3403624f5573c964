"""Solutions of the tasks on graphs: from table to answer, with the proofs of their layers, and what several share."""
