// Buttons, keys and pointers, as several components have them.

// Finds what the HTML names: partsOf(root, "role")("say") is <… data-role="say">.
const partsOf = (root, kind) => (name) => root.querySelector(`[data-${kind}="${name}"]`);

// Rows down and columns to the right, by which an arrow key moves something.
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

// Where the pointer is: the shares of the node's width and height to its left and above it, 0 to 1 inside.
function sharesOf({ clientX, clientY }, node) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

// A button that begins something or lets it pause.
function showPlaying(button, playing) {
  button.textContent = playing ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(Boolean(playing)));
}

// A field for the size of each layer, from 1 to `most`; nameOf(layer) is for who can't see where it stands.
function showSizes(place, sizes, most, nameOf) {
  while (place.children.length > sizes.length) place.lastChild.remove();
  while (place.children.length < sizes.length) place.append(Object.assign(document.createElement("input"), { type: "number", min: 1, max: most, step: 1 }));
  sizes.forEach((size, layer) => {
    place.children[layer].value = size;
    place.children[layer].setAttribute("aria-label", nameOf(layer));
  });
}
