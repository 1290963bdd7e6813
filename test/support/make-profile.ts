/** The parts of an ICC profile as a test wants it: signatures are filled up with spaces. */
export interface ProfileParts {
  readonly deviceClass?: string;
  readonly colorSpace?: string;
  readonly connectionSpace?: string;
  readonly tags: Readonly<Record<string, Uint8Array>>;
}

const headerBytes = 128;

/** Returns an ICC profile of version 2.4 with these tags, an RGB display's where nothing else is said. Source: ICC.1:2001-04. */
export function makeProfile({
  deviceClass = "mntr",
  colorSpace = "RGB",
  connectionSpace = "XYZ",
  tags,
}: ProfileParts): Uint8Array {
  const names = Object.keys(tags);
  const starts: number[] = [];
  let end = headerBytes + 4 + names.length * 12;
  for (const name of names) {
    starts.push(end);
    end += Math.ceil(tags[name]!.byteLength / 4) * 4;
  }
  const profile = new Uint8Array(end);
  const view = new DataView(profile.buffer);
  view.setUint32(0, end);
  view.setUint32(8, 0x02400000);
  writeSignature(view, 12, deviceClass);
  writeSignature(view, 16, colorSpace);
  writeSignature(view, 20, connectionSpace);
  writeSignature(view, 36, "acsp");
  view.setInt32(68, fixed(0.9642));
  view.setInt32(72, fixed(1));
  view.setInt32(76, fixed(0.8249));
  view.setUint32(headerBytes, names.length);
  names.forEach((name, index) => {
    const entry = headerBytes + 4 + index * 12;
    writeSignature(view, entry, name);
    view.setUint32(entry + 4, starts[index]!);
    view.setUint32(entry + 8, tags[name]!.byteLength);
    profile.set(tags[name]!, starts[index]!);
  });
  return profile;
}

/** Primaries as columns of X, Y, Z relative to D50. */
export type Primaries = readonly (readonly [number, number, number])[];

/** As the profiles of these spaces state them. */
export const primariesOf = {
  srgb: [
    [0.43607, 0.22249, 0.01392],
    [0.38515, 0.71687, 0.09708],
    [0.14307, 0.06061, 0.7141],
  ],
  adobeRgb: [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  proPhoto: [
    [0.79767, 0.28804, 0],
    [0.13519, 0.71188, 0],
    [0.03134, 0.00009, 0.82491],
  ],
} as const satisfies Record<string, Primaries>;

/** Returns the profile of an RGB space: primaries, and one curve for all channels or one for each. */
export function makeMatrixProfile(
  primaries: Primaries,
  curves: Uint8Array | readonly Uint8Array[],
  tags: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const [red, green, blue] = curves instanceof Uint8Array ? [curves, curves, curves] : curves;
  const [r, g, b] = primaries.map(xyzTag);
  return makeProfile({
    tags: { rXYZ: r!, gXYZ: g!, bXYZ: b!, rTRC: red!, gTRC: green!, bTRC: blue!, ...tags },
  });
}

/** Returns the profile of a grey space. */
export function makeGrayProfile(curve: Uint8Array, connectionSpace = "XYZ"): Uint8Array {
  return makeProfile({ colorSpace: "GRAY", connectionSpace, tags: { kTRC: curve } });
}

/** Returns a tag of type `XYZ `. */
function xyzTag(xyz: readonly [number, number, number]): Uint8Array {
  return makeTag("XYZ", 12, (view) => {
    xyz.forEach((value, index) => {
      view.setInt32(8 + index * 4, fixed(value));
    });
  });
}

/** Returns a curve of type `curv` that is a power. */
export function gammaTag(gamma: number): Uint8Array {
  return makeTag("curv", 6, (view) => {
    view.setUint32(8, 1);
    view.setUint16(12, Math.round(gamma * 256));
  });
}

/** Returns a curve of type `curv` with `count` samples of a function from 0 to 1; `claimed` is the count that it states. */
export function sampledTag(count: number, curve: (value: number) => number, claimed = count): Uint8Array {
  return makeTag("curv", 4 + count * 2, (view) => {
    view.setUint32(8, claimed);
    for (let index = 0; index < count; index += 1) {
      view.setUint16(12 + index * 2, Math.round(curve(index / (count - 1)) * 65_535));
    }
  });
}

/** Returns a curve of type `para`. */
export function parametricTag(type: number, parameters: readonly number[]): Uint8Array {
  return makeTag("para", 4 + parameters.length * 4, (view) => {
    view.setUint16(8, type);
    parameters.forEach((value, index) => {
      view.setInt32(12 + index * 4, fixed(value));
    });
  });
}

/** Returns a description as in version 2. */
export function asciiTag(text: string): Uint8Array {
  return makeTag("desc", 4 + text.length + 1, (view) => {
    view.setUint32(8, text.length + 1);
    for (let index = 0; index < text.length; index += 1) view.setUint8(12 + index, text.charCodeAt(index));
  });
}

/** Returns a description as in version 4, in one language. */
export function utf16Tag(text: string): Uint8Array {
  return makeTag("mluc", 20 + text.length * 2, (view) => {
    view.setUint32(8, 1);
    view.setUint32(12, 12);
    writeSignature(view, 16, "enUS");
    view.setUint32(20, text.length * 2);
    view.setUint32(24, 28);
    for (let index = 0; index < text.length; index += 1) view.setUint16(28 + index * 2, text.charCodeAt(index));
  });
}

/**
 * Returns a table of type `mft2` from device colors, each 0 to 1, to CIELAB, with even axes and straight curves; the
 * first channel is the slowest.
 */
export function labTableTag(
  channels: number,
  gridPoints: number,
  labOf: (device: readonly number[]) => readonly [number, number, number],
): Uint8Array {
  const nodes = gridPoints ** channels;
  return makeTag("mft2", 44 + (channels * 2 + nodes * 3 + 6) * 2, (view) => {
    view.setUint8(8, channels);
    view.setUint8(9, 3);
    view.setUint8(10, gridPoints);
    for (const place of [12, 28, 44]) view.setInt32(place, fixed(1));
    view.setUint16(48, 2);
    view.setUint16(50, 2);
    let at = 52;
    const write = (value: number): void => {
      view.setUint16(at, Math.min(65_535, Math.max(0, Math.round(value))));
      at += 2;
    };
    for (let channel = 0; channel < channels; channel += 1) [0, 65_535].forEach(write);
    for (let node = 0; node < nodes; node += 1) {
      const device = Array.from({ length: channels }, (_, channel) => {
        const step = gridPoints ** (channels - 1 - channel);
        return (Math.floor(node / step) % gridPoints) / (gridPoints - 1);
      });
      const [lightness, a, b] = labOf(device);
      // Version 2 puts 100 and 127 at FF00.
      write((lightness * 0xff00) / 100);
      write((a + 128) * 256);
      write((b + 128) * 256);
    }
    for (let channel = 0; channel < 3; channel += 1) [0, 65_535].forEach(write);
  });
}

function makeTag(type: string, contentBytes: number, write: (view: DataView) => void): Uint8Array {
  const tag = new Uint8Array(8 + contentBytes);
  const view = new DataView(tag.buffer);
  writeSignature(view, 0, type);
  write(view);
  return tag;
}

function writeSignature(view: DataView, at: number, signature: string): void {
  for (let index = 0; index < 4; index += 1) view.setUint8(at + index, signature.padEnd(4).charCodeAt(index));
}

function fixed(value: number): number {
  return Math.round(value * 65_536);
}
