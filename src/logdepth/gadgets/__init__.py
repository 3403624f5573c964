"""Gadgets: exact pieces of transformers. Attention heads that select and add, ReLU pieces that compute, and their conditions."""
