"""What one forward pass tells of a network: its layers, their receptive fields, multiply-adds and depth."""
