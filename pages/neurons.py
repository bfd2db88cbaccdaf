"""Neurons: a unit's card, with what excites it most made by gradient and found in photographs."""

from collections.abc import Iterator

import streamlit as st

import explorer
from pages.parts import frame, job, network, picture
from pages.parts.takeaway import take_code, take_picture

SLOT = "maximization"
MAKES = ["most and least", "methods", "four answers", "towards another", "dream"]
FEWER = 0.5  # of the steps, where many methods are compared

corner = frame.heading(
    "Neurons",
    "What does one unit look for? Climb its gradient from grey noise, and look for what excites it in photographs.",
)
net, image = network.current(), picture.current()
from explorer.maximize import DEFAULT, METHODS, Between, Dream, Settings, Step, Unit, answers, noise  # noqa: E402 - loads torch
from explorer.maximize.objectives import style_layer  # noqa: E402
from pages.parts import climbs, knobs, patches  # noqa: E402
from pages.parts import unit as units  # noqa: E402


def choose_climbs(unit: Unit) -> tuple[list[str], list[climbs.Start], knobs.Settings, str, int, object]:
    """What is made: names, how to begin each, with which settings, method, seed, and what else the choice was."""
    make = st.pills("Make", MAKES, default=MAKES[0], required=True, key="unit_make", bind="query-params")
    what, how, which, more = st.columns([2, 2, 1, 1.2], vertical_alignment="bottom")
    method = how.selectbox(
        "Method", list(METHODS), list(METHODS).index(DEFAULT), key="unit_method", bind="query-params",
        disabled=make == "methods",
    )  # fmt: skip
    seed = int(
        which.number_input("Seed", 0, 9999, 0, key="unit_seed", bind="query-params",
                           help="Another start. The same seed gives the same picture.")
    )  # fmt: skip
    given = knobs.Settings(METHODS[method])
    if more.toggle("Advanced", key="unit_advanced", bind="query-params"):
        with deep.expander("Every knob of the method", expanded=True):
            given = knobs.settings(method)
    with what:
        names, starts, rest = _panels(str(make), unit, given, seed)
    return names, starts, given, str(method), seed, rest


def _panels(make: str, unit: Unit, given: knobs.Settings, seed: int) -> tuple[list[str], list[climbs.Start], object]:
    def climb(objective=unit, preset=given.preset, **more) -> Iterator[Step]:  # type: ignore[no-untyped-def]
        steps = more.pop("steps", given.steps)
        return explorer.maximize(net, objective, size=given.size, steps=steps, seed=seed, method=preset, **more)

    if make == "methods":
        st.caption("All from one start, as far as each can show it.")
        steps, start = max(8, round(FEWER * given.steps)), noise(given.size, seed)
        return (
            ["nothing" if name == "pixels" else name for name in METHODS],
            [lambda p=preset: climb(preset=p, steps=steps, start=start) for preset in METHODS.values()],
            steps,
        )
    if make == "four answers":
        much = st.slider("Diversity", 0.0, 4.0, 1.0, 0.5, key="unit_diversity", bind="query-params",
                         help="The share of its value that a picture loses for being like the others.")  # fmt: skip
        return (
            ["first", "second", "third", "fourth"],
            [lambda: answers(net, unit, Settings(given.size, given.steps, given.preset), seed=seed, diversity=much)],
            much,
        )
    if make == "towards another":
        return _towards(unit, climb)
    if make == "dream":
        power = st.slider("Hold on to the motif", 0.0, 4.0, 1.0, 0.5, key="unit_power", bind="query-params",
                          help="How much being like your picture counts beside being strong.")  # fmt: skip
        dream = Dream(style_layer(net, unit), image, power)
        return [f"your picture, as {dream.layer} sees it"], [lambda: climb(dream)], dream
    st.caption("What excites it most, and what silences it.")
    return ["most", "least"], [climb, lambda: climb(minimize=True)], None


def _towards(unit: Unit, climb: object) -> tuple[list[str], list[climbs.Start], object]:
    count = net.layer(unit.layer).shape[0] if unit.layer != net.layers[-1].name else len(net.labels)
    left, right = st.columns(2)
    if st.session_state.get("unit_second", 0) >= count:
        st.session_state["unit_second"] = count - 1
    second = left.number_input("Other", 0, count - 1, (unit.channel + 1) % count, key="unit_second",
                               bind="query-params")  # fmt: skip
    share = right.slider("Its share", 0.0, 1.0, 0.5, 0.1, key="unit_share", bind="query-params")
    mixed = Between(unit, Unit(unit.layer, int(second), unit.position), share)
    return [f"{1 - share:.1f} of {unit.channel}, {share:.1f} of {second}"], [lambda: climb(mixed)], mixed  # type: ignore[operator]


unit = units.choose(net, image, patches.kept_index())
left, right = st.columns([3, 2], gap="large")
with left:
    controls, pictures, deep = st.container(), st.container(), st.container()
    with controls:
        names, starts, given, method, seed, more = choose_climbs(unit)
    steps = more if isinstance(more, int) else given.steps
    key = ("climbs", net, unit, tuple(names), given, seed, more)
    running = job.run(SLOT, key, lambda: climbs.in_turn(starts), climbs.keep)
    with pictures:
        job.watch(SLOT, lambda running: climbs.draw(running, names, steps, key="neuron"))
        if running.finished.is_set():
            st.button("Again", on_click=job.again, args=(SLOT,), icon=":material/replay:", help="Replay from the seed.")
        if len(names) < len(METHODS):
            st.caption(given.preset.summary)
with right:
    gallery = patches.choose_gallery()
    patches.look_through(net, unit, gallery)
    job.watch(patches.SLOT, lambda running: patches.draw(running, net, unit, gallery, image))
    st.caption(f"From {patches.gallery_name(gallery)}.")
network.note(net)
with corner:
    shown = climbs.last(running)
    if shown is not None:
        take_picture(shown, f"{unit.name.replace(' ', '-')}.png", f"The picture, {names[0]}")
        climbs.take_gif(running, names, f"{unit.name.replace(' ', '-')}.gif")
    place = "" if unit.position is None else f", {unit.position}"
    take_code(
        network.code(net) + f"unit = explorer.Unit({unit.layer!r}, {unit.channel}{place})\n"
        f"*_, last = explorer.maximize(network, unit, size={given.size}, steps={given.steps}, seed={seed},\n"
        f"                             method={method!r})\n"
        "last.image.pixels"
    )
st.markdown(
    "**Look for** the same thing in both: what gradient ascent paints and what the photographs show. **Try** an early "
    "layer, then a late one, then a class; *methods*; and *random* weights. **It means** "
    "$x^* = \\arg\\max_x h(x) + g(x)$, where $g$ keeps the picture natural: by decay, blur and clipping (Yosinski et "
    "al. 2015), or by its spectrum and by asking that the unit stays excited when the picture is turned, scaled and "
    "shifted (Olah et al. 2017). A high value alone proves little: compare *nothing* among the *methods*."
)
