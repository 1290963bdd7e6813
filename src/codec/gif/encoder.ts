import { concatenate } from "../../bytes.ts";
import { ImageError } from "../../error.ts";
import type { Size } from "../../geometry.ts";
import { openDitheringIndexer, openExactIndexer } from "./indexer.ts";
import { GifCompressor } from "./lzw.ts";
import { cutColors, exactColors, type PixelWords } from "./palette.ts";

/** How a picture is encoded. */
export interface GifEncodeOptions {
  /** A packet, to be written as an extension. */
  readonly xmp?: Uint8Array | undefined;
  /** Called now and then while the picture is encoded. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** Colours of a palette. */
const mostColors = 256;

/** Pixels between two pauses: some 20 ms. */
const pausePixels = 1 << 18;

/**
 * Encodes RGBA, 4 bytes per pixel without padding, as GIF, and writes to `rgba` meanwhile. Up to 256 colours stay as they
 * are; of more, 256 are chosen and dithered. A pixel is shown, on white, if its alpha is 128 or more, else not. Throws
 * `internal` for a size that GIF can't hold, and what `pause` throws. Source: GIF89a.
 */
export async function encodeGif(
  rgba: Uint8Array<ArrayBuffer>,
  { width, height }: Size,
  { xmp, pause }: GifEncodeOptions = {},
): Promise<Uint8Array> {
  if (Math.max(width, height) > 65_535) throw new ImageError("internal", "A GIF can't have this size.");
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  const hasHidden = settleAlpha(pixels);
  await pause?.();
  const limit = mostColors - (hasHidden ? 1 : 0);
  const exact = exactColors(pixels, limit);
  const colors = exact ?? cutColors(pixels, limit);
  await pause?.();
  const codeBits = Math.max(2, Math.ceil(Math.log2(colors.length + (hasHidden ? 1 : 0))));
  const compressor = new GifCompressor(codeBits, width * height);
  const indexer = exact === undefined ? openDitheringIndexer(colors, width) : openExactIndexer(colors);
  const rowsAtOnce = Math.max(1, Math.floor(pausePixels / width));
  for (let row = 0; row < height; row += rowsAtOnce) {
    compressor.write(indexer.indexRows(pixels.subarray(row * width, (row + rowsAtOnce) * width)));
    await pause?.();
  }
  return concatenate([
    ...formatScreen({ width, height }, colors, codeBits),
    ...(hasHidden ? [formatTransparency(colors.length)] : []),
    ...(xmp === undefined ? [] : formatXmpExtension(xmp)),
    formatDescriptor({ width, height }),
    compressor.finish(),
    Uint8Array.of(0x3b),
  ]);
}

/** Lays pixels that are shown on white and clears the others; says whether there are such. */
function settleAlpha(pixels: PixelWords): boolean {
  let hasHidden = false;
  for (let at = 0; at < pixels.length; at += 1) {
    const pixel = pixels[at]!;
    const alpha = pixel >>> 24;
    if (alpha === 255) continue;
    hasHidden ||= alpha < 128;
    if (alpha < 128) pixels[at] = 0;
    else {
      const onWhite = (sample: number): number => Math.round((sample * alpha + 255 * (255 - alpha)) / 255);
      const red = onWhite(pixel & 255);
      const green = onWhite((pixel >> 8) & 255);
      pixels[at] = ((255 << 24) | (onWhite((pixel >> 16) & 255) << 16) | (green << 8) | red) >>> 0;
    }
  }
  return hasHidden;
}

/** The header, the screen and its table of colours, padded with black. Source: GIF89a §17 to §19. */
function formatScreen({ width, height }: Size, colors: readonly number[], codeBits: number): readonly Uint8Array[] {
  const table = new Uint8Array(3 << codeBits);
  for (const [index, color] of colors.entries())
    table.set([color & 255, (color >> 8) & 255, (color >> 16) & 255], 3 * index);
  const screen = [width & 255, width >> 8, height & 255, height >> 8, 0xf0 | (codeBits - 1), 0, 0];
  return [new TextEncoder().encode("GIF89a"), Uint8Array.from(screen), table];
}

/** The extension that names the index of what is not shown. Source: GIF89a §23. */
function formatTransparency(index: number): Uint8Array {
  return Uint8Array.of(0x21, 0xf9, 4, 1, 0, 0, index, 0);
}

/**
 * The extension that holds a packet as it is: what follows makes readers of blocks end where it ends. Source: XMP part 3
 * §1.1.2.
 */
function formatXmpExtension(xmp: Uint8Array): readonly Uint8Array[] {
  const trailer = Uint8Array.from({ length: 258 }, (_, index) => (index === 0 ? 1 : Math.max(0, 256 - index)));
  return [Uint8Array.of(0x21, 0xff, 11), new TextEncoder().encode("XMP DataXMP"), xmp, trailer];
}

/** Source: GIF89a §20. */
function formatDescriptor({ width, height }: Size): Uint8Array {
  return Uint8Array.of(0x2c, 0, 0, 0, 0, width & 255, width >> 8, height & 255, height >> 8, 0);
}
