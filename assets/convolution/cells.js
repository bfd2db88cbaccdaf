// How cells with numbers look.

const BLUE = [40, 88, 170];
const AMBER = [240, 176, 50];

// Negative blue, positive amber, zero the ground itself: the eye reads the sign in light and dark alike.
export function tint(value, largest) {
  if (!largest || !Number.isFinite(value) || value === 0) return "transparent";
  const [r, g, b] = value < 0 ? BLUE : AMBER;
  return `rgba(${r}, ${g}, ${b}, ${(0.1 + 0.38 * Math.min(1, Math.abs(value) / largest)).toFixed(3)})`;
}

// How large cells can be, by the rows or columns there are.
export function sizeClass(most) {
  return String([3, 5, 7, 9, 11].find((size) => most <= size) ?? 15);
}
