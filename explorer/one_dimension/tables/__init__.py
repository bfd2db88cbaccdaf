"""Columns of numbers out of a visitor's table, however people and programs write it."""
