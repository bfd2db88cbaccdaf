"""Explorer: one picture through everything a lecture on convolutional networks teaches."""

from pages.parts import frame

frame.surround(frame.navigation())
