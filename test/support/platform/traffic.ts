import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "vitest";
import type { Platform } from "./platform.ts";
import { visit } from "./visitors.ts";

/** The identifier of the master that all traffic asks for: 4,993 by 3,877 pixels in JPEG tiles. */
export const painting = "caillebotte-paris-street";

/** Every picture is requested once: nothing comes from a cache, whatever the settings. */
let asked = 0;

/** Paths of pictures of each kind, each time another one. */
export const pictures = {
  /** Rotated as its rows come: a part of it is held. */
  rotated: () => `full/2000,/${(1 + (asked++ % 8800) / 100).toFixed(2)}/default.jpg`,
  /** Drawn from the smallest levels. */
  thumbnail: () => `${asked++ % 400},0,4400,3800/128,/0/default.jpg`,
  /** Drawn whole and held: some five megabytes. */
  drawn: () => `${asked++ % 40},0,3600,3600/1900,/0/default.png`,
  /** Too large to be held. */
  stream: () => `${asked++ % 40},0,4000,3000/2400,1800/0/default.jpg`,
  /** One that is streamed too, of some ten megabytes: more than sockets keep for a client that does not read. */
  large: () => `${asked++ % 40},0,4900,3800/4800,/0/default.png`,
} as const;

/** Puts the painting into the masters of a platform. */
export async function hangPainting(platform: Platform): Promise<void> {
  const file = resolve(import.meta.dirname, `../../../demo/masters/${painting}.tif`);
  await platform.putMaster(painting, readFileSync(file));
  expect((await visit(urlOf(platform, "info.json"))).status).toBe(200);
}

/** Returns the URL of a picture of the painting. */
export function urlOf({ url }: Platform, path: string): string {
  return `${url}/iiif/3/${painting}/${path}`;
}

interface Memory {
  readonly lentBytes: number;
  readonly waiting: number;
  readonly lapsed: number;
}

/** What `/health` says of memory and streams. */
export async function stateOf(platform: Platform): Promise<{
  readonly memory: Memory;
  readonly streams: Readonly<Record<"abandoned" | "stalled" | "broken", number>>;
}> {
  return JSON.parse((await visit(`${platform.url}/health`)).text);
}

/** Waits until what clients left has ended, which takes a turn of a timer or a read that is under way. */
export async function untilQuiet(platform: Platform): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const { lentBytes, waiting } = (await stateOf(platform)).memory;
    if (lentBytes === 0 && waiting === 0) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Expects that nothing is lent, nobody waits, nothing had to be taken back, and a small picture is drawn. */
export async function expectAlive(platform: Platform): Promise<void> {
  await untilQuiet(platform);
  expect((await stateOf(platform)).memory).toMatchObject({ lentBytes: 0, waiting: 0, lapsed: 0 });
  expect((await visit(urlOf(platform, pictures.thumbnail()))).status).toBe(200);
}
