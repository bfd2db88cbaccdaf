// The menu shows the section of the screen that is open, and the others' names. Streamlit would take a folded section's
// links out of the page and keep that in the browser for all tabs: here they are only hidden, by the style, in this one.

let open = null; // the section that the menu was last folded to

export default function ({ data }) {
  keepWayBack();
  const menu = document.querySelector('[data-testid="stSidebarNavItems"]');
  if (!menu) return undefined;
  const anew = data.section !== open; // else it is as the visitor left it
  open = data.section;
  for (const section of sections(menu)) describe(section, anew);
  const watch = new MutationObserver(() => { for (const section of sections(menu)) describe(section); });
  watch.observe(menu, { childList: true, subtree: true });
  menu.addEventListener("click", clicked, true); // before Streamlit hears of it
  return () => {
    watch.disconnect();
    menu.removeEventListener("click", clicked, true);
  };
}

const sections = (menu) => [...menu.children].filter(headerOf);
const headerOf = (section) => section.querySelector(':scope > [data-testid="stNavSectionHeader"]');
const nameOf = (section) => headerOf(section).firstElementChild; // beside it stands the arrow

// A button of a section's name; `anew`: folded or not as the open screen has it.
function describe(section, anew = false) {
  if (anew || !section.dataset.unfolded) section.dataset.unfolded = String(nameOf(section).textContent === open);
  Object.assign(nameOf(section), { role: "button", tabIndex: 0, ariaExpanded: section.dataset.unfolded, onkeydown: pressed });
  if (!headerOf(section).nextElementSibling) headerOf(section).click(); // Streamlit has kept it folded
}

function toggle(section) {
  section.dataset.unfolded = String(section.dataset.unfolded !== "true");
  describe(section);
}

// The second click of two asks for nothing new, and in a slow browser a screen that begins twice at once can stay blank.
function clicked(event) {
  if (event.detail > 1 && event.target.closest("a")) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const header = event.target.closest('[data-testid="stNavSectionHeader"]');
  if (!header || !event.isTrusted) return;
  event.stopPropagation();
  toggle(header.parentElement);
}

function pressed(event) {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  toggle(event.currentTarget.closest('[data-testid="stNavSectionHeader"]').parentElement);
}

// One entry in the browser's history for each thing that the visitor does. Streamlit makes up to four of a way to another
// screen: first the screen that is left, without its settings; at last the next one, with what was picked before. What
// the visitor does while the next screen is on its way, the second click of two, makes none of its own.
function keepWayBack() {
  if (history.pushState.keeps) return;
  const push = history.pushState.bind(history);
  let acted = false, next = null; // the next screen's path, while it is on its way
  for (const kind of ["pointerdown", "click", "keydown", "input", "drop"]) {
    addEventListener(kind, () => { acted ||= !next; }, true);
  }
  addEventListener("click", (event) => {
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    if (!link || !event.defaultPrevented || link.origin !== location.origin) return; // it opens elsewhere
    if (link.pathname !== location.pathname) next = link.pathname;
  });
  addEventListener("popstate", () => { [acted, next] = [false, null]; });
  const entered = (state, title, url) => {
    if (acted) push(state, title, url);
    else history.replaceState(state, title, url);
    acted = false;
    if (new URL(url ?? location.href, location.href).pathname === next) next = null;
  };
  entered.keeps = true;
  history.pushState = entered;
}
