"""Natural pictures in number, and which of them excite a unit."""
