// One grid for all colours, or a filter with a grid for red, green and blue: from one to the other and back.

export const ONE_THIRD = 0.333333; // as the field writes it

export const gridsOf = ({ kernel, rest }) => [kernel, ...(rest ?? [])];
export const withGrids = ([kernel, ...rest]) => ({ kernel, rest: rest.length ? rest : null });

const shapeOf = (grid) => [grid.length, grid[0].length].join();

// (settings, colour) → settings for that choice of colours; the green and blue grids are kept for when they are wanted again.
export function createRecolour() {
  let kept = null;

  return (settings, colour) => {
    const { kernel, rest } = settings;
    const scale = (from, to) => (Math.abs(settings.scale - from) < 1e-5 ? to : settings.scale);
    if (colour === "filter" && !rest) {
      const fits = kept && shapeOf(kept[0]) === shapeOf(kernel);
      return { ...settings, colour, rest: fits ? kept : [kernel, kernel], scale: scale(1, ONE_THIRD) }; // the mean, not white
    }
    if (colour === "filter" || !rest) return { ...settings, colour };
    kept = rest;
    return { ...settings, colour, rest: null, scale: scale(ONE_THIRD, 1) };
  };
}
