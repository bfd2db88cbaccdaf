"""Explorer: one picture through everything a lecture on convolutional networks teaches."""

from pages.parts.find import search
from pages.parts.lesson import opened, share
from pages.parts.notebook import kept
from pages.parts.path.strip import stand_above
from pages.parts.shell import frame, projector

TOOLS = (search.button, kept.button, share.button, projector.switch, projector.keys)

frame.surround(frame.navigation(), frame.Surroundings(stand_above, opened.kept, TOOLS))
