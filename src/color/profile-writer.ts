import { headerBytes, tagEntryBytes } from "./profile-tags.ts";
import { d50, type Matrix } from "./srgb.ts";

/** The parameters of a parametric curve of type 0 or 3: a power, or a power with a straight line near black. */
export type CurveParameters =
  | readonly [gamma: number]
  | readonly [gamma: number, a: number, b: number, c: number, d: number];

/** What a profile is to say. */
export interface WrittenProfile {
  readonly description: string;
  readonly curve: CurveParameters;
  /** XYZ of red, green and blue relative to D50 in columns; a profile of grey has none. */
  readonly primaries: Matrix | undefined;
}

/** The curve of sRGB. Source: IEC 61966-2-1. */
export const srgbCurve: CurveParameters = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

/** Formats a display profile of curves and a matrix, or of grey, in about 500 bytes. Source: ICC.1:2022 sections 7 to 10. */
export function formatProfile({ description, curve, primaries }: WrittenProfile): Uint8Array {
  const tone = numbersTag("para", [curve.length === 1 ? 0 : 3 << 16, ...curve.map(fixed)]);
  const column = (index: number): number[] => [0, 3, 6].map((row) => fixed(primaries?.[row + index] ?? 0));
  const tags: readonly (readonly [string, Uint8Array])[] = [
    ["desc", textTag(description)],
    ["cprt", textTag("No copyright")],
    ["wtpt", numbersTag("XYZ ", d50.map(fixed))],
    ...(primaries === undefined
      ? ([["kTRC", tone]] as const)
      : ([
          ["rXYZ", numbersTag("XYZ ", column(0))],
          ["gXYZ", numbersTag("XYZ ", column(1))],
          ["bXYZ", numbersTag("XYZ ", column(2))],
          ["rTRC", tone],
          ["gTRC", tone],
          ["bTRC", tone],
        ] as const)),
  ];
  return layOut(tags, primaries === undefined ? "GRAY" : "RGB ");
}

function layOut(tags: readonly (readonly [string, Uint8Array])[], colorSpace: string): Uint8Array {
  const places = new Map<Uint8Array, number>();
  let end = headerBytes + 4 + tags.length * tagEntryBytes;
  for (const [, tag] of tags) {
    if (places.has(tag)) continue;
    places.set(tag, end);
    end += tag.byteLength;
  }
  const profile = new Uint8Array(end);
  const view = new DataView(profile.buffer);
  view.setUint32(0, end);
  view.setUint32(8, 0x04300000);
  for (const [at, signature] of [
    [12, "mntr"],
    [16, colorSpace],
    [20, "XYZ "],
    [36, "acsp"],
  ] as const) {
    write(profile, at, signature);
  }
  // Relative colorimetric, and the white of the connection space.
  view.setUint32(64, 1);
  d50.forEach((value, index) => {
    view.setInt32(68 + 4 * index, fixed(value));
  });
  view.setUint32(headerBytes, tags.length);
  tags.forEach(([name, tag], index) => {
    const entry = headerBytes + 4 + index * tagEntryBytes;
    const place = places.get(tag) ?? 0;
    write(profile, entry, name);
    view.setUint32(entry + 4, place);
    view.setUint32(entry + 8, tag.byteLength);
    profile.set(tag, place);
  });
  return profile;
}

/** A tag of 32-bit words behind its type and four empty bytes. */
function numbersTag(type: string, words: readonly number[]): Uint8Array {
  const tag = new Uint8Array(8 + 4 * words.length);
  write(tag, 0, type);
  words.forEach((word, index) => {
    new DataView(tag.buffer).setInt32(8 + 4 * index, word);
  });
  return tag;
}

/** A text in one language. */
function textTag(text: string): Uint8Array {
  const tag = new Uint8Array(28 + Math.ceil(text.length / 2) * 4);
  const view = new DataView(tag.buffer);
  write(tag, 0, "mluc");
  view.setUint32(8, 1);
  view.setUint32(12, 12);
  write(tag, 16, "enUS");
  view.setUint32(20, 2 * text.length);
  view.setUint32(24, 28);
  for (let index = 0; index < text.length; index += 1) view.setUint16(28 + 2 * index, text.charCodeAt(index));
  return tag;
}

function write(bytes: Uint8Array, at: number, signature: string): void {
  for (let index = 0; index < 4; index += 1) bytes[at + index] = signature.charCodeAt(index);
}

function fixed(value: number): number {
  return Math.round(value * 65_536);
}
