"""Small networks that learn before your eyes, and how robust they become."""
