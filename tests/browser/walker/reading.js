/* What a screen offers and shows, read from its elements: one control for each key that Streamlit writes into a class. */
() => {
    const visible = (element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
    };
    const pressed = (button) =>
        button.getAttribute("aria-checked") === "true" || button.getAttribute("aria-pressed") === "true" ||
        /Active$/.test(button.dataset.testid ?? "");
    const READERS = {
        stSelectbox: (box) => box.querySelector("input").value || box.innerText.split("\n").at(-1),
        stSlider: (box) => [...box.querySelectorAll("[role=slider]")].map((one) => one.getAttribute("aria-valuetext") ?? one.ariaValueNow).join(" "),
        stNumberInput: (box) => { // what is out of range Streamlit marks, and leaves out
            const field = box.querySelector("input");
            return field.validity.valid ? field.value : null;
        },
        stTextInput: (box) => box.querySelector("input").value,
        stTextArea: (box) => box.querySelector("textarea").value,
        stCheckbox: (box) => String(box.querySelector("input").checked),
        stRadio: (box) => [...box.querySelectorAll("input")].findIndex((one) => one.checked),
        stButtonGroup: (box) => [...box.querySelectorAll("button")].filter(pressed).map((one) => one.innerText).join(" "),
        stMultiSelect: (box) => [...box.querySelectorAll("[data-baseweb=tag]")].map((one) => one.innerText).join(" "),
        stButton: () => null,
        stFileUploader: () => null,
    };
    const main = document.querySelector("[data-testid=stMain]");
    const popovers = [...main?.querySelectorAll("[data-testid=stPopoverButton]") ?? []].filter((one) => visible(one) && !one.closest(".st-key-tools"));
    const unfolded = popovers.findIndex((one) => one.getAttribute("aria-expanded") === "true");
    const controls = {};
    for (const box of document.querySelectorAll("[data-testid=stElementContainer][class*='st-key-']")) {
        const kind = Object.keys(READERS).find((name) => box.querySelector(`[data-testid=${name}]`));
        if (!kind || !visible(box) || box.closest(".st-key-tools")) continue; // the frame's tools are no screen's controls
        const key = [...box.classList].find((name) => name.startsWith("st-key-")).slice(7);
        const widget = box.querySelector(`[data-testid=${kind}]`) ?? box;
        const parts = widget.querySelectorAll("button, [role=slider], [role=combobox], input, textarea");
        if ([...parts].every((part) => part.disabled)) continue;
        controls[key] = {
            kind, value: READERS[kind](widget), count: widget.querySelectorAll("button").length,
            sidebar: Boolean(box.closest("[data-testid=stSidebar]")),
            popover: box.closest("[data-testid=stPopoverBody]") ? unfolded : null, // by its number among the popovers
        };
    }
    // our own parts: what the hand finds in them, by its number among all that can be touched, and what is set there
    const inside = (box) => [box, ...box.querySelectorAll("*")].map((one) => one.shadowRoot).find(Boolean) ?? box;
    const touched = (box) => [...inside(box).querySelectorAll("button, input, select, summary, [tabindex]")];
    // what is marked as faulty does not count
    const set = (one) => one.ariaInvalid === "true" ? "faulty" : one.type === "checkbox" ? String(one.checked) : one.value || one.getAttribute("aria-valuenow");
    const partOf = (box) => ({
        undo: Boolean(inside(box).querySelector("[data-act=undo]")),
        touched: touched(box).map((one, number) => ({
            number, kind: one.tagName === "INPUT" ? one.type : one.tagName.toLowerCase(), act: one.dataset.act ?? "",
            options: one.options?.length ?? 0, there: visible(one) && !one.disabled,
        })).filter((one) => one.there),
        set: touched(box).filter((one) => visible(one) && set(one)).map((one) => `${one.ariaLabel ?? one.name ?? ""}: ${set(one)}`),
    });
    // what Streamlit itself writes (a slider's numbers, that one is out of range) and what is code are not our sentences
    const notOurs = [...main?.querySelectorAll("[data-testid=stSlider], [data-testid=stNumberInput], [data-testid=stCode]") ?? []];
    // what the link asked for in vain its address says no more
    const ofTheLink = [...main?.querySelectorAll("[data-testid=stAlert]") ?? []].filter((box) => box.innerText.includes("link_off"));
    const passing = [...main?.querySelectorAll("[data-testid=stExpander], details") ?? [], ...ofTheLink]; // what is unfolded no link says
    const without = (boxes) => { // hidden for as long as it takes to read: its text may stand elsewhere, too
        const shown = boxes.map((box) => box.style.display);
        for (const box of boxes) box.style.display = "none";
        const text = main?.innerText ?? "";
        boxes.forEach((box, i) => { box.style.display = shown[i]; });
        return text;
    };
    const words = without(notOurs);
    return {
        controls,
        tabs: [...main?.querySelectorAll("[role=tab]") ?? []].filter(visible).length,
        popovers: popovers.length,
        folds: [...main?.querySelectorAll("summary") ?? []].filter(visible).length,
        parts: [...main?.querySelectorAll("[data-testid^=stBidiComponent]") ?? []].filter(visible).map(partOf),
        title: main?.querySelector("h1")?.innerText ?? "",
        words,
        lasting: without([...notOurs, ...passing]),
        beside: document.querySelector("[data-testid=stSidebar]")?.textContent ?? "",
        exceptions: [...document.querySelectorAll("[data-testid=stException]")].map((box) => box.innerText),
        toasts: [...window.toasts ?? []], // all that there have been
        dialogs: [...document.querySelectorAll("[role=dialog]:not([data-testid=stPopoverBody])")].map((box) => box.innerText),
        picture: (document.querySelector("[data-testid=stSidebar] img[alt^='The picture in use']")?.alt ?? "").replace("The picture in use: ", ""),
        working: Boolean(document.querySelector("[class*='st-key-stop_']")),
        answered: Boolean(document.querySelector(".st-key-path_again")), // on a path: its link asks the question anew
        shows: [...document.querySelectorAll(".shows")].map((place) => JSON.parse(place.dataset.of)).sort((a, b) => b.run - a.run)[0] ?? null,
    };
}
