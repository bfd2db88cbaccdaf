"""Explorer: one picture through everything a lecture on convolutional networks teaches."""

from pages.parts.find import search, terms_here
from pages.parts.lesson import opened_lesson, scenes, share
from pages.parts.notebook import items
from pages.parts.path import question_strip
from pages.parts.shell import frame, menu, projector

TOOLS = (search.button, items.button, share.button, projector.switch, projector.keys, menu.fold)


def above(screen: str) -> bool:
    """What stands above a screen: the projector's scene, and a path's station."""
    scenes.stand_above(screen)
    return question_strip.stand_above(screen)


frame.surround(frame.navigation(), frame.Surroundings(above, terms_here.show_terms, opened_lesson.set_as_opened, TOOLS))
