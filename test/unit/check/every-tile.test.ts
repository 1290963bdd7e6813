import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { findDamagedTiles } from "../../../src/check/every-tile.ts";
import type { DrawPicture } from "../../../src/check/serving.ts";
import { openDrawer } from "../../../src/cli/check-drawer.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { damagedMasters } from "../../support/damaged-masters.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";

const draw = openDrawer();

async function find(file: Uint8Array, by: DrawPicture = draw) {
  const source = memorySource(file);
  const image = await openImage({ source, prefix: await source.read(0, prefixBytes) });
  const found = await findDamagedTiles({ ...image, source }, by);
  return found.map(({ level, count, first }) => [level.width, count, first.column, first.row]);
}

const small: TiffOptions = { width: 300, height: 200, tile: 64, levels: 2, compression: "deflate" };

describe("every tile of a master", () => {
  it("is decoded, of each level, also where one is sent as it is stored", async () => {
    expect(await find(await makeTiff(small))).toEqual([]);
    const noise = new Uint8Array(40).fill(7);
    const isBad = ({ level, column, row }: { level: number; column: number; row: number }): boolean =>
      level === 0 ? row === 2 && column >= 3 : column === 1 && row === 0;
    const whole = await makeTiff({ ...small, compression: "none" });
    expect(await find(whole)).toEqual([]);
    const good = deflateSync(new Uint8Array(64 * 64 * 3));
    const damaged = await makeTiff({ ...small, tileBytes: (place) => (isBad(place) ? noise : good) });
    expect(await find(damaged)).toEqual([
      [300, 2, 3, 2],
      [150, 1, 1, 0],
    ]);
  });

  it("is drawn with its neighbours where that fits, and alone where they fail", async () => {
    const calls: string[] = [];
    const counting: DrawPicture = (image, request) => {
      calls.push(`${request.format} ${request.size.width} ${request.size.height}`);
      return draw(image, request);
    };
    await find(await makeTiff({ width: 300, height: 200, compression: "none", rowsPerStrip: 1 }), counting);
    expect(calls).toEqual(["png 300 200"]);
  });

  it("that lacks some of its rows is told, strip by strip", async () => {
    for (const { make, name } of damagedMasters) {
      expect((await find(await make())).length, name).toBe(1);
    }
  });
});
