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

function clicked(event) {
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

// Whoever leaves a screen has it twice in the browser's history: Streamlit enters it once more without its settings, and
// only then the next one. What comes at once after that is written over it, so that the way back leads to the screen as
// it was left.
const AT_ONCE_MS = 500;

function keepWayBack() {
  if (history.pushState.keeps) return;
  const push = history.pushState.bind(history);
  let bare = -Infinity; // when a screen was last entered with fewer settings
  const entered = (state, title, url) => {
    const { pathname, search } = new URL(url ?? location.href, location.href);
    const leaving = pathname !== location.pathname, fewer = search.length < location.search.length;
    if (performance.now() - bare < AT_ONCE_MS) history.replaceState(state, title, url);
    else push(state, title, url);
    if (leaving) bare = -Infinity;
    else if (fewer) bare = performance.now();
  };
  entered.keeps = true;
  history.pushState = entered;
}
