/** Pixels as RGBA, 4 bytes each, in one word: red lowest. Alpha is 255, or 0 for those that are not shown. */
export type PixelWords = Uint32Array;

/** Returns the colours of pixels in the order of their first use if there are at most `limit`, else undefined. */
export function exactColors(pixels: PixelWords, limit: number): readonly number[] | undefined {
  const colors: number[] = [];
  const known = new Set<number>();
  let last = -1;
  for (const pixel of pixels) {
    if (pixel === last || pixel >>> 24 === 0) continue;
    last = pixel;
    const color = pixel & 0xffffff;
    if (known.has(color)) continue;
    if (colors.length === limit) return undefined;
    known.add(color);
    colors.push(color);
  }
  return colors;
}

/** Cells of the histogram along an axis, after a first one of zeros: 5 bits of each sample. */
const side = 33;
const strides = { red: side * side, green: side, blue: 1 } as const;
type Axis = keyof typeof strides;
const axes: readonly Axis[] = ["red", "green", "blue"];

/** How many pixels lie in the cells below a corner, the sums of their samples, and of their squares. */
interface Moments {
  readonly counts: Float64Array;
  readonly reds: Float64Array;
  readonly greens: Float64Array;
  readonly blues: Float64Array;
  readonly squares: Float64Array;
}

/** A box of cells: above its low corner, up to and including its high one. */
interface Box {
  readonly low: Readonly<Record<Axis, number>>;
  readonly high: Readonly<Record<Axis, number>>;
}

/**
 * Returns `count` colours at most that stand for pixels, by cutting the box of colours where the sum of squared errors falls
 * most. Takes a few milliseconds next to one look at each pixel, whatever they show. Source: X. Wu, "Efficient Statistical
 * Computations for Optimal Color Quantization", Graphics Gems II, 1991.
 */
export function cutColors(pixels: PixelWords, count: number): readonly number[] {
  const moments = momentsOf(pixels);
  const corner = side - 1;
  const boxes: Box[] = [{ low: { red: 0, green: 0, blue: 0 }, high: { red: corner, green: corner, blue: corner } }];
  const errors = [errorOf(moments, boxes[0]!)];
  while (boxes.length < count) {
    const worst = errors.indexOf(Math.max(...errors));
    if (!(errors[worst]! > 0)) break;
    const halves = cutBox(moments, boxes[worst]!);
    if (halves === undefined) {
      errors[worst] = 0;
      continue;
    }
    boxes[worst] = halves[0];
    boxes.push(halves[1]);
    errors[worst] = errorOf(moments, halves[0]);
    errors.push(errorOf(moments, halves[1]));
  }
  return [...new Set(boxes.map((box) => meanOf(moments, box)))];
}

function momentsOf(pixels: PixelWords): Moments {
  const cells = side ** 3;
  const moments: Moments = {
    counts: new Float64Array(cells),
    reds: new Float64Array(cells),
    greens: new Float64Array(cells),
    blues: new Float64Array(cells),
    squares: new Float64Array(cells),
  };
  const { counts, reds, greens, blues, squares } = moments;
  for (const pixel of pixels) {
    if (pixel >>> 24 === 0) continue;
    const red = pixel & 255;
    const green = (pixel >> 8) & 255;
    const blue = (pixel >> 16) & 255;
    const cell = ((red >> 3) + 1) * strides.red + ((green >> 3) + 1) * strides.green + (blue >> 3) + 1;
    counts[cell]! += 1;
    reds[cell]! += red;
    greens[cell]! += green;
    blues[cell]! += blue;
    squares[cell]! += red * red + green * green + blue * blue;
  }
  for (const values of Object.values(moments)) for (const axis of axes) addUp(values, strides[axis]);
  return moments;
}

/** Adds to each cell the one before it along an axis: after all three axes it has the sum of all below. */
function addUp(values: Float64Array, stride: number): void {
  for (let cell = stride; cell < values.length; cell += 1) {
    const isFirst = Math.floor(cell / stride) % side === 0;
    if (!isFirst) values[cell]! += values[cell - stride]!;
  }
}

/** The sum of values inside a box, from those at its eight corners. */
function sumOf(values: Float64Array, { low, high }: Box): number {
  let sum = 0;
  for (let corner = 0; corner < 8; corner += 1) {
    let cell = 0;
    let sign = 1;
    for (const [index, axis] of axes.entries()) {
      const isLow = (corner >> index) & 1;
      cell += (isLow ? low[axis] : high[axis]) * strides[axis];
      if (isLow) sign = -sign;
    }
    sum += sign * values[cell]!;
  }
  return sum;
}

/** The square of a box's sum of colours by its count: what the squared error is less by than the sum of squares. */
function weightOf({ counts, reds, greens, blues }: Moments, box: Box): number {
  const count = sumOf(counts, box);
  return count === 0 ? 0 : (sumOf(reds, box) ** 2 + sumOf(greens, box) ** 2 + sumOf(blues, box) ** 2) / count;
}

function errorOf(moments: Moments, box: Box): number {
  const isCell = axes.every((axis) => box.high[axis] - box.low[axis] <= 1);
  return isCell ? 0 : Math.max(0, sumOf(moments.squares, box) - weightOf(moments, box));
}

function cutBox(moments: Moments, box: Box): readonly [Box, Box] | undefined {
  let best: readonly [Box, Box] | undefined;
  let most = Number.NEGATIVE_INFINITY;
  const whole = sumOf(moments.counts, box);
  for (const axis of axes) {
    for (let at = box.low[axis] + 1; at < box.high[axis]; at += 1) {
      const first: Box = { low: box.low, high: { ...box.high, [axis]: at } };
      const second: Box = { low: { ...box.low, [axis]: at }, high: box.high };
      const count = sumOf(moments.counts, first);
      if (count === 0 || count === whole) continue;
      const weight = weightOf(moments, first) + weightOf(moments, second);
      if (weight <= most) continue;
      most = weight;
      best = [first, second];
    }
  }
  return best;
}

function meanOf({ counts, reds, greens, blues }: Moments, box: Box): number {
  const count = Math.max(1, sumOf(counts, box));
  const [red, green, blue] = [reds, greens, blues].map((sums) => Math.round(sumOf(sums, box) / count));
  return red! | (green! << 8) | (blue! << 16);
}
