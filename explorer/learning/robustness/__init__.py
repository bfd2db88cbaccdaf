"""Adversarial training of small models of digits, and how robust they become."""
