import type { Kernel } from "./kernel.ts";

/**
 * Reverses the bits of each of `byteLength` bytes, in place, which a tile with FillOrder 2 needs before it is
 * decompressed. At least `planeSlackBytes` readable bytes follow them; none of these is written.
 * Source: TIFF 6.0 §8, FillOrder.
 */
export function reverseBits(kernel: Kernel, pointer: number, byteLength: number): void {
  kernel.exports.reverseBits(pointer, byteLength);
}
