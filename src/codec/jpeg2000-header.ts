import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";

/** One component of a codestream. */
export interface Jpeg2000Component {
  /** Bits a sample. */
  readonly depth: number;
  readonly isSigned: boolean;
  /** How many columns and rows of the picture one sample covers. */
  readonly x: number;
  readonly y: number;
}

/** The content of the main header of a codestream and of the boxes around it. */
export interface Jpeg2000Header extends Size {
  /** Position of the picture's top left corner on the codestream's grid. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly components: readonly Jpeg2000Component[];
  readonly tiles: number;
  /** How many times the picture can be halved: the lowest number of decomposition levels of any component. */
  readonly halvings: number;
  /** The enumerated colour space of a JP2's colr box: 16 sRGB, 17 gray, 18 sYCC; undefined without one. */
  readonly colorSpace: number | undefined;
  readonly hasPalette: boolean;
}

const markers = {
  codestream: 0xff4f,
  size: 0xff51,
  coding: 0xff52,
  componentCoding: 0xff53,
  tilePart: 0xff90,
} as const;

/**
 * Reads the header of a JPEG 2000 codestream or JP2 file, decoding nothing. Throws `source-malformed`.
 * Source: ITU-T T.800 A.5, A.6, I.5.
 */
export function readJpeg2000Header(bytes: Uint8Array): Jpeg2000Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint16(0) === markers.codestream) {
      return { ...readCodestream(view, 0), colorSpace: undefined, hasPalette: false };
    }
    if (view.getUint32(0) !== 12 || view.getUint32(4) !== box("jP  ")) throw damaged("neither a codestream nor a JP2");
    return readBoxes(view);
  } catch (cause) {
    // A DataView throws a RangeError for anything after the end.
    if (cause instanceof RangeError) throw damaged("the header is cut off", cause);
    throw cause;
  }
}

function readBoxes(view: DataView): Jpeg2000Header {
  let colorSpace: number | undefined;
  let hasPalette = false;
  for (const { type, start, end } of boxesOf(view, 0, view.byteLength)) {
    if (type === box("jp2c")) return { ...readCodestream(view, start), colorSpace, hasPalette };
    if (type !== box("jp2h")) continue;
    for (const inner of boxesOf(view, start, end)) {
      if (inner.type === box("pclr")) hasPalette = true;
      const isEnumerated = inner.type === box("colr") && view.getUint8(inner.start) === 1;
      if (isEnumerated) colorSpace ??= view.getUint32(inner.start + 3);
    }
  }
  throw damaged("no codestream");
}

interface Box {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

function* boxesOf(view: DataView, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    const isLong = length === 1;
    const start = at + (isLong ? 16 : 8);
    const byteLength = isLong ? view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12) : length;
    // A length of 0 means that the box extends to the end.
    const end = byteLength === 0 ? to : at + byteLength;
    if (end < start) throw damaged("a box is too short");
    yield { type, start, end: Math.min(end, to) };
    at = end;
  }
}

function readCodestream(view: DataView, start: number): Omit<Jpeg2000Header, "colorSpace" | "hasPalette"> {
  if (view.getUint16(start) !== markers.codestream || view.getUint16(start + 2) !== markers.size) {
    throw damaged("no SIZ marker");
  }
  const [right, bottom, x, y, tileWidth, tileHeight, tileX, tileY] = Array.from({ length: 8 }, (_, index) =>
    view.getUint32(start + 8 + 4 * index),
  ) as [number, number, number, number, number, number, number, number];
  const count = view.getUint16(start + 40);
  const components = Array.from({ length: count }, (_, index): Jpeg2000Component => {
    const at = start + 42 + 3 * index;
    const depth = view.getUint8(at);
    return { depth: (depth & 127) + 1, isSigned: depth > 127, x: view.getUint8(at + 1), y: view.getUint8(at + 2) };
  });
  const isPlaced = right > x && bottom > y && tileX <= x && tileY <= y;
  const isTiled = tileWidth > 0 && tileHeight > 0 && tileX + tileWidth > x && tileY + tileHeight > y;
  if (!isPlaced || !isTiled || count === 0) throw damaged("its dimensions contradict each other");
  if (components.some((component) => component.x === 0 || component.y === 0)) throw damaged("a sampling of 0");
  return {
    width: right - x,
    height: bottom - y,
    origin: { x, y },
    components,
    tiles: Math.ceil((right - tileX) / tileWidth) * Math.ceil((bottom - tileY) / tileHeight),
    halvings: readHalvings(view, start + 4 + view.getUint16(start + 4), count),
  };
}

/** Walks the marker segments from `start` up to the first tile-part. */
function readHalvings(view: DataView, start: number, componentCount: number): number {
  let halvings: number | undefined;
  for (let at = start; ; ) {
    const marker = view.getUint16(at);
    if (marker === markers.tilePart) break;
    const length = view.getUint16(at + 2);
    if (marker < 0xff00 || length < 2) throw damaged("no marker segment");
    if (marker === markers.coding) halvings = Math.min(halvings ?? 32, view.getUint8(at + 9));
    if (marker === markers.componentCoding) {
      halvings = Math.min(halvings ?? 32, view.getUint8(at + (componentCount < 257 ? 6 : 7)));
    }
    at += 2 + length;
  }
  if (halvings === undefined) throw damaged("no COD marker");
  return Math.min(halvings, 32);
}

/** Returns the type of a box as a number. */
function box(type: string): number {
  return [...type].reduce((number, letter) => number * 256 + letter.charCodeAt(0), 0);
}

function damaged(detail: string, cause?: unknown): ImageError {
  return new ImageError("source-malformed", "The JPEG 2000 data is damaged.", {
    detail: `JPEG 2000: ${detail}`,
    cause,
  });
}
