import { createRequire } from "node:module";
import { concatenate } from "../../src/bytes.ts";

/** What is encoded: interleaved samples, of one or three components, two bytes each above 8 bits. */
export interface Jpeg2000Source {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
  readonly samples: Uint8Array | Uint16Array;
  readonly depth?: number;
  readonly halvings?: number;
}

/** Encodes without loss. */
export type Jpeg2000Writer = (source: Jpeg2000Source) => Uint8Array;

interface Encoder {
  getDecodedBuffer(frame: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setDecompositions(count: number): void;
  setQuality(isLossless: boolean, layers: number): void;
  encode(): void;
  delete(): void;
}

/** Loads OpenJPEG's encoder, which only tests use. */
export async function openJpeg2000Writer(): Promise<Jpeg2000Writer> {
  const load = createRequire(import.meta.url)("@cornerstonejs/codec-openjpeg/wasmjs") as (
    options: object,
  ) => Promise<{ readonly J2KEncoder: new () => Encoder }>;
  const { J2KEncoder } = await load({ print: () => undefined, printErr: () => undefined });
  return ({ width, height, components, samples, depth = 8, halvings = 5 }) => {
    const encoder = new J2KEncoder();
    const frame = { width, height, bitsPerSample: depth, componentCount: components, isSigned: false };
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    encoder.getDecodedBuffer({ ...frame, isUsingColorTransform: true }).set(bytes);
    encoder.setDecompositions(halvings);
    encoder.setQuality(true, 0);
    encoder.encode();
    const encoded = encoder.getEncodedBuffer().slice();
    encoder.delete();
    return encoded;
  };
}

/** Returns where the marker segment of a code starts in a codestream whose first it is. */
export function findMarker(codestream: Uint8Array, code: number): number {
  return codestream.findIndex((byte, index) => byte === 0xff && codestream[index + 1] === code);
}

/**
 * Joins three codestreams of one component each, made without halving, into one whose second and third component are
 * subsampled: then each component is one packet, and packets follow each other. Source: ITU-T T.800 A.5.1, B.12.
 */
export function joinComponents(
  components: readonly [Uint8Array, Uint8Array, Uint8Array],
  subsampling: { readonly x: number; readonly y: number },
): Uint8Array {
  const [luma] = components;
  const sizeEnd = findMarker(luma, 0x52);
  const chroma = [7, subsampling.x, subsampling.y];
  const size = concatenate([luma.subarray(0, sizeEnd), Uint8Array.of(...chroma, ...chroma)]);
  const view = new DataView(size.buffer);
  view.setUint16(4, view.getUint16(4) + 6);
  view.setUint16(40, 3);
  const partAt = findMarker(luma, 0x90);
  const packets = components.map((stream) => stream.subarray(findMarker(stream, 0x93) + 2, stream.length - 2));
  const part = concatenate([luma.subarray(partAt, partAt + 14), ...packets]);
  new DataView(part.buffer).setUint32(6, part.length);
  return concatenate([size, luma.subarray(sizeEnd, partAt), part, Uint8Array.of(0xff, 0xd9)]);
}

/** Puts a codestream into a JP2 file of an enumerated colour space. Source: ITU-T T.800 annex I. */
export function wrapJp2(codestream: Uint8Array, colorSpace: number, boxes: readonly Uint8Array[] = []): Uint8Array {
  const view = new DataView(codestream.buffer, codestream.byteOffset);
  const components = view.getUint16(40);
  const image = new Uint8Array(14);
  const imageView = new DataView(image.buffer);
  imageView.setUint32(0, view.getUint32(12));
  imageView.setUint32(4, view.getUint32(8));
  imageView.setUint16(8, components);
  image.set([7, 7, 0, 0], 10);
  return concatenate([
    formatBox("jP  ", Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a)),
    formatBox("ftyp", new TextEncoder().encode("jp2 \0\0\0\0jp2 ")),
    formatBox(
      "jp2h",
      concatenate([formatBox("ihdr", image), formatBox("colr", Uint8Array.of(1, 0, 0, 0, 0, 0, colorSpace)), ...boxes]),
    ),
    formatBox("jp2c", codestream),
  ]);
}

/** Formats a box with its length and type. */
export function formatBox(type: string, content: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, content.length + 8);
  head.set(new TextEncoder().encode(type), 4);
  return concatenate([head, content]);
}
