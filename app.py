"""Explorer: one picture through everything a lecture on convolutional networks teaches."""

from pages.parts.shell import frame

frame.surround(frame.navigation())
