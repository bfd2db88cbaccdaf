"""What a network is made of: its layers, what they cost, what they can see, and its filters."""
