import type { Picture } from "./picture.ts";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Samples a pixel of the colour types that are read: gray, RGB, gray with alpha, RGB with alpha. */
const samplesByColorType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

/**
 * Decodes a PNG of 8 bits a sample, or of one bit of gray, that is not interlaced. Throws an Error for any other, and for one that is broken.
 * Source: W3C PNG specification, third edition, §5, §9.
 */
export async function readPng(bytes: Uint8Array): Promise<Picture> {
  if (signature.some((byte, index) => bytes[index] !== byte)) throw new Error("This is no PNG.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header: DataView | undefined;
  let isEnded = false;
  for (let at = signature.length; at < bytes.length && !isEnded; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "IHDR") header = new DataView(bytes.buffer, bytes.byteOffset + at + 8, length);
    if (type === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + length));
    isEnded = type === "IEND";
    at += 12 + length;
  }
  if (header === undefined || !isEnded) throw new Error("The PNG lacks its header or its end.");
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  const [bitDepth, colorType, , , interlace] = Array.from({ length: 5 }, (_, index) => header.getUint8(8 + index));
  const samplesPerPixel = samplesByColorType[colorType!];
  const isRead = bitDepth === 8 || (bitDepth === 1 && colorType === 0);
  if (!isRead || samplesPerPixel === undefined || interlace !== 0) {
    throw new Error(`PNGs of bit depth ${bitDepth}, colour type ${colorType}, interlace ${interlace} are not read.`);
  }
  const rows = await inflate(data);
  const rowBytes = Math.ceil((width * samplesPerPixel * bitDepth) / 8);
  const samples = unfilter(rows, { rowBytes, height, samplesPerPixel });
  return { width, height, samplesPerPixel, samples: bitDepth === 1 ? unpackBits(samples, { width, height }) : samples };
}

/** Makes a byte, 0 or 255, of every bit; rows begin at a byte. */
function unpackBits(
  packed: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil(width / 8);
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const column = index % width;
    const byte = packed[Math.floor(index / width) * rowBytes + (column >> 3)]!;
    return (byte >> (7 - (column & 7))) & 1 ? 255 : 0;
  });
}

async function inflate(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const stream = new Blob([...parts] as Uint8Array<ArrayBuffer>[])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function unfilter(
  rows: Uint8Array,
  {
    rowBytes,
    height,
    samplesPerPixel,
  }: { readonly rowBytes: number; readonly height: number; readonly samplesPerPixel: number },
): Uint8Array<ArrayBuffer> {
  if (rows.length !== height * (rowBytes + 1)) throw new Error("The PNG has more or fewer rows than its header says.");
  const samples = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    const filter = rows[row * (rowBytes + 1)]!;
    const from = row * (rowBytes + 1) + 1;
    const to = row * rowBytes;
    for (let column = 0; column < rowBytes; column += 1) {
      const left = column < samplesPerPixel ? 0 : samples[to + column - samplesPerPixel]!;
      const up = row === 0 ? 0 : samples[to + column - rowBytes]!;
      const upLeft = row === 0 || column < samplesPerPixel ? 0 : samples[to + column - rowBytes - samplesPerPixel]!;
      samples[to + column] = rows[from + column]! + predict(filter, { left, up, upLeft });
    }
  }
  return samples;
}

interface Neighbours {
  readonly left: number;
  readonly up: number;
  readonly upLeft: number;
}

function predict(filter: number, { left, up, upLeft }: Neighbours): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4:
      return paeth({ left, up, upLeft });
    default:
      throw new Error(`The PNG has a filter ${filter}.`);
  }
}

function paeth({ left, up, upLeft }: Neighbours): number {
  const estimate = left + up - upLeft;
  const [toLeft, toUp, toUpLeft] = [left, up, upLeft].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}
