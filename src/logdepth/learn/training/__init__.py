"""One run: the training itself, and the folder that it writes and goes on from."""
