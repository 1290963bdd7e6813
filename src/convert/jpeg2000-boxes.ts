/** What the boxes of a JP2 hold besides its codestream. */
export interface Jpeg2000Boxes {
  /** The restricted or full profile of its colr box. */
  readonly icc: Uint8Array | undefined;
  readonly xmp: Uint8Array | undefined;
  /** Exif as a TIFF stream. */
  readonly exif: Uint8Array | undefined;
}

/** Identifiers of uuid boxes. Source: XMP part 3 §1.1.4; JpgTiffExif->JP2 in ASCII. */
const identifiers = { xmp: "be7acfcb97a942e89c71999491e3afac", exif: "4a706754696666457869662d3e4a5032" } as const;

const signatureBytes = 12;

/**
 * Reads the boxes of a JP2 file; a bare codestream has none. Boxes that are cut off are left out. Source: ITU-T T.800
 * I.
 */
export function readJpeg2000Boxes(file: Uint8Array): Jpeg2000Boxes {
  const found: { icc?: Uint8Array; xmp?: Uint8Array; exif?: Uint8Array } = {};
  const visit = (from: number, to: number): void => {
    for (const { type, content } of boxesOf(file, from, to)) {
      if (type === "jp2h")
        visit(content.byteOffset - file.byteOffset, content.byteOffset - file.byteOffset + content.byteLength);
      // Methods 2 and 3 hold a profile; 1 names a colour space.
      if (type === "colr" && (content[0] === 2 || content[0] === 3)) found.icc ??= content.subarray(3);
      if (type !== "uuid") continue;
      const identifier = Buffer.from(content.subarray(0, 16)).toString("hex");
      if (identifier === identifiers.xmp) found.xmp ??= content.subarray(16);
      if (identifier === identifiers.exif) found.exif ??= content.subarray(16);
    }
  };
  if (Buffer.from(file.subarray(4, 8)).toString("latin1") === "jP  ") visit(signatureBytes, file.byteLength);
  return { icc: found.icc, xmp: found.xmp, exif: found.exif };
}

function* boxesOf(file: Uint8Array, from: number, to: number): Generator<{ type: string; content: Uint8Array }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = from; at + 8 <= to; ) {
    const stated = view.getUint32(at);
    const isLong = stated === 1 && at + 16 <= to;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : stated === 0 ? to - at : stated;
    const headBytes = isLong ? 16 : 8;
    if (length < headBytes) return;
    const type = Buffer.from(file.subarray(at + 4, at + 8)).toString("latin1");
    yield { type, content: file.subarray(at + headBytes, Math.min(at + length, to)) };
    at += length;
  }
}
