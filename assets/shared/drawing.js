// What is drawn: how large at least, how often, and how it leaves the browser.

// How wide a line that means something is at least, in pixels of the page: on the projector; 0 elsewhere.
function leastLine(node) {
  return parseFloat(getComputedStyle(node).getPropertyValue("--least-line")) || 0;
}

// How tall the letters of a drawing are at least, in pixels of the page: on the projector; 0 elsewhere.
function leastType(node) {
  return parseFloat(getComputedStyle(node).getPropertyValue("--least-type")) || 0;
}

// Have the letters of an SVG, drawn at `scale` pixels of the page for one of its units, be that tall at least.
function keepLegible(svg, scale) {
  svg.style.setProperty("--least-letter", `${leastType(svg) / scale}px`);
}

// Draw anew when there is more room or less, as when the projector is switched on; returns what ends that.
function followWidth(node, draw) {
  let wide = node.clientWidth;
  const watcher = new ResizeObserver(() => {
    if (node.clientWidth === wide) return;
    wide = node.clientWidth;
    draw();
  });
  watcher.observe(node);
  return () => watcher.disconnect();
}

// Have the browser save what was made in it as a file of that name.
function saveAs(download, blob) {
  const href = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { download, href }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // a slow disk's
}

// The address of a picture that Python has sent, in place of the one `before`.
function addressOf(file, before = "", type = "image/png") {
  URL.revokeObjectURL(before);
  return URL.createObjectURL(new Blob([file], { type }));
}
