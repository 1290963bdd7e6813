import type { Metadata, SharpOptions } from "sharp";
import { inject } from "vitest";
import type { OracleRequest } from "./oracle-server.ts";
import type { Picture } from "./picture.ts";

/** Calls of sharp's methods, in turn: `["resize", 40, 30]`. */
export type Calls = OracleRequest["calls"];

/** Encodes a picture with sharp after some calls, one of which names the format. */
export async function encodeBySharp({ width, height, samplesPerPixel, samples }: Picture, calls: Calls) {
  const channels = samplesPerPixel as 1 | 2 | 3 | 4;
  const { bytes } = await ask(Uint8Array.from(samples), { raw: { width, height, channels } }, calls);
  return bytes;
}

/** Decodes an image by sharp after some calls. */
export async function decodeBySharp(image: Uint8Array, calls: Calls = []): Promise<Picture> {
  const { bytes, info } = await ask(image, {}, [...calls, ["raw"]]);
  return { width: info.width, height: info.height, samplesPerPixel: info.channels, samples: bytes };
}

/** What sharp reads from an image besides its pixels. */
export interface ReadImage extends Omit<Metadata, "exif" | "xmp" | "iptc" | "icc"> {
  readonly exif: Uint8Array | undefined;
  readonly xmp: string | undefined;
  readonly iptc: Uint8Array | undefined;
  readonly icc: Uint8Array | undefined;
}

/** Reads what an image says of itself by sharp. */
export async function describeBySharp(image: Uint8Array): Promise<ReadImage> {
  const response = await send(image, { calls: [], answer: "metadata" });
  const metadata = (await response.json()) as Record<string, unknown>;
  const block = (name: string): Uint8Array | undefined => {
    const value = metadata[name] as { readonly data: readonly number[] } | undefined;
    return value && Uint8Array.from(value.data);
  };
  const xmp = block("xmp");
  return {
    ...(metadata as unknown as Metadata),
    exif: block("exif"),
    xmp: xmp && new TextDecoder().decode(xmp),
    iptc: block("iptc"),
    icc: block("icc"),
  };
}

async function ask(body: Uint8Array, input: SharpOptions, calls: Calls) {
  const response = await send(body, { input, calls, answer: "picture" });
  const info = JSON.parse(response.headers.get("X-Picture") ?? "{}") as {
    readonly width: number;
    readonly height: number;
    readonly channels: number;
  };
  return { bytes: new Uint8Array(await response.arrayBuffer()), info };
}

async function send(body: Uint8Array, request: OracleRequest): Promise<Response> {
  const head = new TextEncoder().encode(JSON.stringify(request));
  const bytes = new Uint8Array(4 + head.byteLength + body.byteLength);
  new DataView(bytes.buffer).setUint32(0, head.byteLength, true);
  bytes.set(head, 4);
  bytes.set(body, 4 + head.byteLength);
  const response = await fetch(inject("oracle"), { method: "POST", body: bytes });
  if (!response.ok) throw new Error(`sharp: ${await response.text()}`);
  return response;
}
