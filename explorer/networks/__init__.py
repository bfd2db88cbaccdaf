"""Networks by name: which there are, how they and their weights are fetched, and the one face they all wear."""
