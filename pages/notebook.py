"""My notebook: what was kept in this visit, in an order and with words of the visitor's, to be taken away."""

import streamlit as st

from pages.parts.notebook import exports
from pages.parts.notebook.items import Item, caption, items, move, remove
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import counted, plain
from pages.parts.widgets.takeaway import take_file

corner = frame.heading(
    "My notebook",
    "What you keep by *Keep this* on any screen stands here as long as this page is open: put it in order, write under "
    "it, and take it away.",
)


@live
def screen() -> None:
    """All that is kept, in the visitor's order, and the ways to take it away."""
    things = items()
    if not things:
        st.info(
            "Nothing is kept yet. On any screen press *Keep this*, at the upper rim.", icon=":material/bookmark_add:"
        )
    for place, one in enumerate(things):
        _thing(one, first=place == 0, last=place == len(things) - 1)
    with corner:
        if things:
            st.markdown(counted(len(things), "thing"))
            take_file(lambda: exports.page(things), "notebook.html", "As one page (HTML)", "text/html")
            take_file(lambda: exports.slides(things), "slides.html", "As slides (HTML, arrow keys)", "text/html")
            take_file(
                lambda: exports.jupyter(things), "notebook.ipynb", "As a Jupyter notebook that runs",
                "application/x-ipynb+json",
            )  # fmt: skip
        else:
            st.markdown("Nothing is kept yet.")


def _thing(one: Item, *, first: bool, last: bool) -> None:
    with st.container(border=True, key=f"kept_{one.number}"):
        left, right = st.columns([4, 1.2])
        with right:
            for label, icon, by, off in (("Earlier", "arrow_upward", -1, first), ("Later", "arrow_downward", 1, last)):
                st.button(
                    label, icon=f":material/{icon}:", on_click=move, args=(one.number, by), disabled=off,
                    key=f"kept_{label}_{one.number}", width="stretch",
                )  # fmt: skip
            st.button("Remove", icon=":material/delete:", on_click=remove, args=(one.number,),
                      key=f"kept_remove_{one.number}", width="stretch")  # fmt: skip
        with left:
            st.markdown(f"**{plain(one.title)}** :small[{plain(one.seen)}]")
            for (label, png), cell in zip(one.pictures, st.columns(max(1, len(one.pictures))), strict=False):
                cell.image(png, caption=plain(label), output_format="PNG")
            key = f"kept_words_{one.number}"
            st.text_input("Your words", one.caption, max_chars=500, key=key, on_change=_write, args=(one.number, key))


def _write(number: int, key: str) -> None:
    caption(number, st.session_state[key])


screen()
closing(
    look_for="What two results that you kept have in common, side by side.",
    try_="Keep the same screen with trained and with random weights; then take both away as slides.",
    it_means="Each thing carries its settings, its link and the lines of code that give it again: what can't be made "
    "again is no result.",
)
