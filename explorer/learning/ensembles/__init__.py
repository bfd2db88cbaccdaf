"""Fully connected networks, several at once, trained to compare depths, widths and tricks."""
