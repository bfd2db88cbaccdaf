"""What a network answers to a picture: feature maps, what made each number, and where it looks."""
