"""Fits that are linear in their weights: polynomials, random features, and double descent."""
