"""Gradients by the picture: where there is one, the module that gives it soonest, gates that let all through."""
