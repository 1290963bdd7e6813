import { env, exports } from "cloudflare:workers";
import { type JpegFrame, readJpegFrame } from "./jpeg-frame.ts";
import { drawLevels, makeTiff, type TiffOptions } from "./make-tiff.ts";
import type { Picture } from "./picture.ts";
import { opaqueColors, withAlpha } from "./picture-edits.ts";
import { readPng } from "./png-reader.ts";

/** Scheme and host that requests of these tests are sent to: all who ask there are told the same ones. */
export const origin = "http://localhost:8787";

/** The versions under test, and how each asks for a region at its own size. */
export const versions = [
  { name: "Image API 3.0", version: 3, whole: "max" },
  { name: "Image API 2.1", version: 2, whole: "full" },
] as const;

/** Stores a TIFF as a master, and returns its levels as they should be shown, in stored orientation. */
export async function storeMaster(identifier: string, options: TiffOptions): Promise<readonly Picture[]> {
  await env.MASTERS.put(identifier, await makeTiff(options));
  return drawLevels(options);
}

/** Sends a request to the Worker, redirects not followed. */
export function send(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(`${origin}${path}`, { redirect: "manual", ...init }));
}

/** Requests an image, which must be answered. Throws an Error with the answer if it is not. */
export async function fetchImage(path: string): Promise<Uint8Array> {
  const response = await send(path);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${new TextDecoder().decode(bytes)}`);
  return bytes;
}

/** Requests an image as PNG and decodes it as RGBA, whether or not it is stored. */
export async function fetchPng(path: string): Promise<Picture> {
  return withAlpha(await readPng(await fetchImage(path)));
}

/** Requests an image as PNG that must be opaque, and returns its colours. */
export async function fetchColors(path: string): Promise<Picture> {
  return opaqueColors(await fetchPng(path));
}

/** Requests an image as PNG and returns how large it is, as `width,height`. */
export async function fetchSize(path: string): Promise<string> {
  const { width, height } = await fetchPng(path);
  return `${width},${height}`;
}

/** Requests an image as JPEG and reads its frame header. */
export async function fetchJpegFrame(path: string): Promise<JpegFrame> {
  return readJpegFrame(await fetchImage(path));
}

/** Returns status and body of an answer that is not an image, as `400 The region ...`. */
export async function refusalOf(path: string): Promise<string> {
  const response = await send(path);
  const text = response.headers.get("Content-Type")?.startsWith("image/") ? "an image" : await response.text();
  return `${response.status} ${text.trim()}`;
}

/** Returns the target of the link with this relation, or undefined. Source: RFC 8288 §3. */
export function linkOf(headers: Headers, relation: string): string | undefined {
  const links = (headers.get("Link") ?? "").matchAll(/<([^>]*)>\s*;\s*rel="([^"]*)"/g);
  return [...links].find(([, , name]) => name === relation)?.[1];
}

/** Returns the canonical URI that an image answer names, without the base URI of the image. */
export async function canonicalOf(path: string): Promise<string | undefined> {
  const response = await send(path, { method: "HEAD" });
  return linkOf(response.headers, "canonical")?.split("/").slice(-4).join("/");
}

/** Requests an info.json and returns it parsed. */
export async function fetchInfo(path: string, headers: HeadersInit = {}): Promise<Record<string, unknown>> {
  const response = await send(path, { headers });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
