"""Convolution of signals: where they come from, their kernels, and a quiz."""
