/** A JPEG stream parted as TIFF's new JPEG compression stores it. */
export interface PartedJpeg {
  /** Quantisation and Huffman tables between SOI and EOI: the value of JPEGTables. */
  readonly tables: Uint8Array<ArrayBuffer>;
  /** The stream without its tables and without APPn segments: what a tile holds. */
  readonly abbreviated: Uint8Array<ArrayBuffer>;
}

/**
 * Parts a baseline JPEG stream with one scan into its tables and the rest. Throws when it meets no scan.
 * Source: TIFF Technical Note 2; ITU-T T.81 annex B.
 */
export function partJpeg(jpeg: Uint8Array): PartedJpeg {
  const tables: Uint8Array[] = [];
  const rest: Uint8Array[] = [];
  let at = 2;
  while (at + 4 <= jpeg.length) {
    const marker = jpeg[at + 1]!;
    if (marker === 0xda) {
      const start = Uint8Array.of(0xff, 0xd8);
      return {
        tables: joinBytes([start, ...tables, Uint8Array.of(0xff, 0xd9)]),
        abbreviated: joinBytes([start, ...rest, jpeg.subarray(at)]),
      };
    }
    const end = at + 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!);
    const segment = jpeg.subarray(at, end);
    if (marker === 0xdb || marker === 0xc4) tables.push(segment);
    else if (marker < 0xe0 || marker > 0xef) rest.push(segment);
    at = end;
  }
  throw new Error("A JPEG stream without a scan has no tables to share.");
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
