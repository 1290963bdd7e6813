import { masterKeyOf, placesOf } from "../../src/identity/master-name.ts";
import { openImage, prefixBytes } from "../../src/masters/image.ts";
import { reduceMaster } from "../../src/masters/reduced.ts";
import type { Master } from "../../src/masters/store.ts";
import { memorySource } from "../../src/source/memory.ts";
import { decode, makeOfMaster, type Pixels } from "./render.ts";

/** Opens a file in memory as a master. */
async function openMaster(file: Uint8Array, page = 1): Promise<Master> {
  const source = memorySource(file);
  const image = await openImage({ source, prefix: file.subarray(0, prefixBytes), page, policy: "all" });
  const key = masterKeyOf("a master");
  return { ...image, source, version: "a version", thereAt: 0, name: { key, page, places: await placesOf(key) } };
}

/** Opens a file in memory as a reduced image. */
export async function openReduced(file: Uint8Array, longestSide: number, page = 1): Promise<Master> {
  return reduceMaster(await openMaster(file, page), longestSide);
}

/** Draws a region at a size as PNG; returns its pixels. */
export async function see(master: Master, regionAndSize: string, ending = "0/default"): Promise<Pixels> {
  const { encoded } = await makeOfMaster(master, `${regionAndSize}/${ending}.png`);
  return decode(encoded);
}

/** Draws tiles of `side` pixels at scale 1 as PNG and puts them together. */
export async function seeInTiles(
  master: Master,
  { width, height, side }: { readonly width: number; readonly height: number; readonly side: number },
): Promise<Pixels> {
  let whole: Pixels | undefined;
  for (let y = 0; y < height; y += side) {
    for (let x = 0; x < width; x += side) {
      const tile = await see(master, `${x},${y},${side},${side}/max`);
      const { channels } = tile;
      whole ??= { width, height, channels, samples: new Uint8Array(width * height * channels) };
      for (let row = 0; row < tile.height; row += 1) {
        const from = row * tile.width * channels;
        const line = tile.samples.subarray(from, from + tile.width * channels);
        whole.samples.set(line, ((y + row) * width + x) * channels);
      }
    }
  }
  if (whole === undefined) throw new RangeError("a picture without pixels");
  return whole;
}
