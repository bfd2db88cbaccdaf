// Numbers as people read them.

// With a true minus sign.
const trueMinus = (text) => text.replaceAll("-", "−");

// A share as `percent` in pages/parts/shell/words.py writes it.
function percentOf(share) {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share >= 0.9995 && share < 1) return "> 99.9 %";
  const whole = share === 0 || share === 1 || (share >= 0.0995 && share < 0.985);
  return `${(100 * share).toFixed(whole ? 0 : 1)} %`;
}
