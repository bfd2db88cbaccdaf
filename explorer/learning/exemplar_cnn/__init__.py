"""The network of the screen Learning: it tells patches of photographs apart, and its filters become edges."""
