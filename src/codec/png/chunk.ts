/** The first bytes of every PNG. */
export const pngSignature: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** The variable part of IHDR; deflate, the five filters and no interlacing are always the same. */
export interface PngHeaderContent {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  /** 0 gray, 2 RGB; plus 4 with alpha. */
  readonly colorType: number;
}

/** Formats IHDR. Source: W3C PNG specification, third edition, 11.2.1. */
export function formatHeaderChunk({ width, height, bitDepth, colorType }: PngHeaderContent): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([bitDepth, colorType], 8);
  return formatChunk("IHDR", data);
}

/** Formats pHYs: pixels per metre on both axes. Source: W3C PNG specification, third edition, 11.3.4.3. */
export function formatResolutionChunk(dotsPerInch: number): Uint8Array {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  const dotsPerMetre = Math.round(dotsPerInch / 0.0254);
  view.setUint32(0, dotsPerMetre);
  view.setUint32(4, dotsPerMetre);
  data[8] = 1;
  return formatChunk("pHYs", data);
}

/**
 * Formats a chunk of a four-letter type with its length and CRC; for short ones, bit by bit.
 * Source: W3C PNG specification, third edition, 5.3 and 5.5.
 */
export function formatChunk(type: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const chunk = new Uint8Array(data.length + 12);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(data.length + 8, crcOf(chunk.subarray(4, data.length + 8)));
  return chunk;
}

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
