"""What small networks learn from: handwritten digits and two spirals, each split into what is learned and held out."""
