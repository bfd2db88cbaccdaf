const slides = [...document.querySelectorAll("section")];
const now = () => slides.findIndex((one) => one.getBoundingClientRect().top > -innerHeight / 2);
const go = (by) => slides[Math.min(Math.max(now() + by, 0), slides.length - 1)].scrollIntoView({ behavior: "instant" });
addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }[event.key];
  if (by) { event.preventDefault(); go(by); }
  if (event.key === "f") document.documentElement.requestFullscreen();
});
