"""What is studied about attacks: curves, surfaces, survival, transfer, universal changes, and whether to trust them."""
