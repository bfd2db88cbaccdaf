"""Augmentation: pictures changed as they may be and still show the same."""
