// The menu shows the section of the screen that is open, and the others' names. Streamlit folds a section when its
// name is clicked, and keeps that in the browser; it neither folds one by itself nor lets the keyboard do it.

let open = null; // the section that the menu was last folded to

export default function ({ data }) {
  const menu = document.querySelector('[data-testid="stSidebarNavItems"]');
  if (!menu) return undefined;
  if (data.section !== open) foldTo(menu, data.section); // else as the visitor left it
  open = data.section;
  const watch = new MutationObserver(() => giveKeys(menu));
  watch.observe(menu, { childList: true, subtree: true });
  giveKeys(menu);
  return () => watch.disconnect();
}

const headers = (menu) => [...menu.querySelectorAll('[data-testid="stNavSectionHeader"]')];
const nameOf = (header) => header.firstElementChild; // beside it stands the arrow
const unfolded = (header) => header.nextElementSibling !== null;

function foldTo(menu, section) {
  for (const header of headers(menu)) if (unfolded(header) !== (nameOf(header).textContent === section)) header.click();
}

function giveKeys(menu) {
  for (const header of headers(menu)) {
    Object.assign(nameOf(header), { role: "button", tabIndex: 0, ariaExpanded: String(unfolded(header)) });
    nameOf(header).onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      header.click();
    };
  }
}
