"""Weights fetched or brought: downloads, the folder they are kept in, and how they come into a network."""
