"""Explorer: one picture through everything a lecture on convolutional networks teaches."""

from pages.parts.path.strip import stand_above
from pages.parts.shell import frame

frame.surround(frame.navigation(), stand_above)
