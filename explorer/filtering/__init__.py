"""Kernels on pictures and volumes: convolution itself, and what it is good for."""
