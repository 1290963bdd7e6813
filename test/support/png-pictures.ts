import { makeSamples, type Samples } from "./planes.ts";
import type { Random } from "./random.ts";

/** Draws what photographs are like to a PNG encoder: gradients and waves in every channel under a little noise. */
export function drawPhotograph(random: Random, width: number, height: number, channels: number): Samples[] {
  return Array.from({ length: channels }, (_, channel) =>
    makeSamples(width, height, (x, y) => {
      const wave = 40 * Math.sin(x / (9 + channel)) * Math.cos(y / 13);
      const slope = (90 * x) / width + (60 * y) / height;
      return Math.min(255, Math.max(0, 50 + wave + slope + random.integer(-5, 5)));
    }),
  );
}

const glyphColumns = 6;
const glyphRows = 10;
const lineRows = 16;

/** Draws what pages are like: lines of words of a few glyphs that come back, dark on white. */
export function drawText(random: Random, width: number, height: number): Samples {
  const glyphs = Array.from({ length: 26 }, () =>
    Array.from({ length: glyphColumns * glyphRows }, () => (random.next() < 0.45 ? random.integer(0, 60) : 255)),
  );
  const perLine = Math.floor(width / (glyphColumns + 2));
  const text = Array.from({ length: Math.ceil(height / lineRows) * perLine }, () =>
    random.next() < 0.2 ? undefined : random.pick(glyphs),
  );
  return makeSamples(width, height, (x, y) => {
    const column = x % (glyphColumns + 2);
    const row = y % lineRows;
    const place = Math.floor(x / (glyphColumns + 2));
    if (column >= glyphColumns || row >= glyphRows || place >= perLine) return 255;
    return text[Math.floor(y / lineRows) * perLine + place]?.[row * glyphColumns + column] ?? 255;
  });
}
