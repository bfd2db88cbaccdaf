"""The lecture: paths through the screens, one question at each station; a teacher brings another as a file."""

from pages.parts.path import progress
from pages.parts.path.overview import bring_own, overview, take_from_link
from pages.parts.shell import frame
from pages.parts.shell.closing import closing

frame.title(
    "The lecture",
    "A way through the screens for anyone who has never seen a convolutional network. At each station stands one "
    "question: guess first, then your own picture answers.",
)
take_from_link()
for name, path in progress.paths().items():
    overview(name, path)
bring_own()
closing(
    look_for="What surprises you: a wrong guess is worth more than a right one.",
    try_="The same path with a picture of your own; choose it on the left before you begin.",
    it_means="Nothing here is an answer from a book. Each is measured when you have guessed, on your picture and with "
    "the network in use, so that another picture may answer otherwise.",
)
