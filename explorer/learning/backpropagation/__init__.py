"""Backpropagation written out, number by number."""
