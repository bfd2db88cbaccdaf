"""Four optimizers, and the paths that they take down a loss surface."""
