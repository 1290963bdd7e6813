import type { Kernel } from "./kernel.ts";

/**
 * Turns the bits of each of `byteLength` bytes around, in place, as a tile of FillOrder 2 needs before it is
 * decompressed. At least `planeSlackBytes` readable bytes lie behind them; none of these is written.
 * Source: TIFF 6.0 §8, FillOrder.
 */
export function reverseBits(kernel: Kernel, pointer: number, byteLength: number): void {
  kernel.exports.reverseBits(pointer, byteLength);
}
