"""A small network that tells points in the plane apart, as the browser trains it."""
