"""Hierarchy: stages built on stages, the lecture's experiment, and a classifier on what they measure."""

from pages.parts.classical.man_made_or_natural import man_made_or_natural
from pages.parts.classical.stages import stages
from pages.parts.classical.two_classes import two_classes
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.widgets import link_choices
from pages.parts.widgets.views import choose_view

VIEWS = {"A pipeline": stages, "Man-made or natural?": man_made_or_natural, "Two classes": two_classes}
CLOSINGS = {
    "A pipeline": {
        "look_for": "What each stage throws away.",
        "try_": "Both angles at 0; *absolute* left out; pooling before the line.",
        "it_means": "Each stage works on what the one before it made, not on the picture: so its questions grow "
        "larger. A network builds the same, and learns the filters as well.",
        "formula": r"$v_{i+1} = s(w_i \circledast v_i)$"
        "\n\n"
        r"Here $v_i$ is what a stage is given, $w_i$ the filter that it slides over it ($\circledast$), "
        "and $s$ what it does with the result, such as taking the absolute value or pooling.",
    },
    "Man-made or natural?": {
        "look_for": "Pairs that edges put the wrong way round and lines the right way.",
        "try_": "*china* against *gravel*; then a pair of your own that fools both measures.",
        "it_means": "Each picture has become one number, the mean over the last stage, by which all are put in "
        "order. It is a weighted sum, so a linear classifier can use it.",
        "formula": r"$\text{mean}(V) = v^\top \beta$ with $\beta = 1/n$"
        "\n\n"
        r"Here $V$ is what the last stage made, $v$ its $n$ values in one column, and $\beta$ their "
        "weights: all alike, so a mean over the last stage is a weighted sum.",
    },
    "Two classes": {
        "look_for": "Which features carry the weight, and how many squares each classifier gets right that the other "
        "misses.",
        "try_": "*grass* against *gravel*, which is harder; then two folders of yours.",
        "it_means": "Eight numbers that were asked for by hand can beat 256 pixels, since they do not care where in "
        "the square a line is. A network finds such questions itself.",
    },
}

corner = frame.heading(
    "Hierarchy",
    "A filter on a filter's output asks a larger question: not “is there an edge?” but “do edges "
    "stand in a long line?”",
)


link_choices.follow(
    {"hierarchy_view": link_choices.among("View", list(VIEWS), {"Built or grown?": "Man-made or natural?"})}
)


@live
def screen() -> None:
    """The view that is chosen, and the paragraphs that close it."""
    view = choose_view(list(VIEWS), key="hierarchy_view")
    VIEWS[view](corner)
    closing(**CLOSINGS[view])


screen()
