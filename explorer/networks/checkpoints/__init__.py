"""Files of weights as people bring them: told apart by content, read without running anything, fitted to a network."""
