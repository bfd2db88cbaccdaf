"""The lines that learn two classes of pictures as the screen does."""

from __future__ import annotations

from explorer.classical import texture_classes as classes
from pages.parts.classical.man_made_or_natural import MAN_MADE, NATURAL

LARGEST = 512  #: pixels of the longer side of a sample that is cut into squares: at most 64 of them
SQUARES = 16  #: of one photograph, where there are several


def code(learned: list[str] | str) -> str:
    """Of two samples, of "photographs" or of "two folders"."""
    if learned == "two folders":
        made = (
            "from pathlib import Path\n\nimport explorer\nfrom explorer.classical import texture_classes as classes\n\n"
            f"def pictures(folder):\n    opened = (explorer.open_image(p, max_side={classes.SIDE}) "
            "for p in sorted(Path(folder).iterdir()))\n    return classes.shuffled(tuple(opened))\n\n"
            "found = classes.compare(pictures('first'), pictures('second'))\n"
        )
    elif learned == "photographs":
        made = (
            "from explorer.classical import texture_classes as classes\n"
            "from explorer.pictures.reduced import reduced\nfrom explorer.pictures.samples import sample\n\n"
            f"kinds = {MAN_MADE}, {NATURAL}\n"
            f"cut = [[classes.crops(reduced(sample(name), {LARGEST})) for name in names] for names in kinds]\n"
            f"groups = [tuple(s[:: -(-len(s) // {SQUARES})] for s in squares) for squares in cut]\n"
            "found = classes.compare_photographs(*groups)\n"
        )
    else:
        made = (
            "from explorer.classical import texture_classes as classes\n"
            "from explorer.pictures.reduced import reduced\nfrom explorer.pictures.samples import sample\n\n"
            f"squares = [classes.crops(reduced(sample(name), {LARGEST})) for name in {tuple(learned)}]\n"
            "found = classes.compare(*squares)\n"
        )
    return made + "print(found.by_features.accuracy, found.by_pixels.accuracy, found.p_value)"
