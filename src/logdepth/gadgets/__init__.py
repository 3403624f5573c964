"""Gadgets: exact pieces of transformers, with their conditions. Attention heads select and add, ReLU pieces compute."""
