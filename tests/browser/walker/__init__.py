"""A walker: from a seed it acts at random on whatever a screen offers, and after every act holds what must always hold.

The fixed tests walk into the states that somebody thought of; this one into the others. `make walk` walks for an hour,
`python -m tests.browser.walker --seed 7 --acts 40` walks one walk again.
"""
