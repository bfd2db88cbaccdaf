"""Which classifiers there are by name: architecture, preprocessing, and where their weights are published."""
