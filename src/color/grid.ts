/** Nodes hold levels in Q6, which fit in 16 bits up to this value. */
const nodeOne = 1 << 6;
const greatestLevel = 511;

/** The layout that wasm/color-table.ts reads: four steps, an axis for each channel, nodes. */
const axesAt = 16;
const axisLevels = 256;
const axisFractionBits = 11;
const cellOne = 1 << 10;
const nodeBytes = 8;

/**
 * Lays out a grid for the kernels: the same even axis for three or four channels. `encoded` holds the sRGB of every
 * node, 0 to 1, or outside that for a color out of gamut: the first channel slowest, except that the fourth, black, is
 * slower still. Undefined if one is not a number.
 */
export function layOutGrid(
  encoded: Float32Array,
  { channels, gridPoints }: { readonly channels: 3 | 4; readonly gridPoints: number },
): Uint8Array | undefined {
  const nodesAt = axesAt + channels * axisLevels * 4;
  const block = new Uint8Array(nodesAt + (encoded.length / 3) * nodeBytes);
  const steps = [2, 1, 0, 3].map((power) => gridPoints ** power * nodeBytes);
  new Uint32Array(block.buffer, 0, 4).set(steps);
  const axes = new Uint32Array(block.buffer, axesAt, channels * axisLevels);
  for (let at = 0; at < axes.length; at += 1) {
    const place = Math.round(((at % axisLevels) * (gridPoints - 1) * cellOne) / 255);
    // The last node has no cell after it: it is the far side of the last cell.
    const index = Math.min(Math.floor(place / cellOne), gridPoints - 2);
    axes[at] = ((index * (steps[Math.floor(at / axisLevels)] ?? 0)) << axisFractionBits) | (place - index * cellOne);
  }
  const nodes = new Int16Array(block.buffer, nodesAt);
  for (let node = 0; node < encoded.length / 3; node += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const value = encoded[node * 3 + channel] ?? 0;
      if (Number.isNaN(value)) return undefined;
      nodes[node * 4 + channel] = packLevel(value * 255);
    }
  }
  return block;
}

/**
 * A level out of gamut is kept as it is, so that colors of its cell leave the gamut where they should. Below black it
 * counts half: the curve is steepest there, and a node far outside would pull them out too early.
 */
function packLevel(level: number): number {
  const kept = level < 0 ? level / 2 : level;
  return Math.round(Math.min(greatestLevel, Math.max(-greatestLevel, kept)) * nodeOne);
}
