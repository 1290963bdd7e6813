import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodeGif } from "../../../src/codec/gif/encoder.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { openRandom } from "../../support/random.ts";

type Shade = (x: number, y: number) => readonly [number, number, number, number?];

function pixelsOf(width: number, height: number, shade: Shade): Uint8Array<ArrayBuffer> {
  const rgba = new Uint8Array(4 * width * height);
  for (let at = 0; at < width * height; at += 1) {
    const [red, green, blue, alpha = 255] = shade(at % width, Math.floor(at / width));
    rgba.set([red, green, blue, alpha], 4 * at);
  }
  return rgba;
}

async function decodeGif(
  gif: Uint8Array,
): Promise<{ readonly samples: Uint8Array; readonly width: number; readonly height: number }> {
  const { data, info } = await sharp(gif)
    .ensureAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { samples: new Uint8Array(data), width: info.width, height: info.height };
}

/** The root of the mean squared difference of shown samples. */
function differenceOf(one: Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at]! - other[at]!) ** 2;
  return Math.sqrt(sum / one.length);
}

describe("a GIF", () => {
  it.each([1, 2, 3, 4, 5, 16, 17, 255, 256])("of %i colours shows each pixel as it is", async (count) => {
    const random = openRandom(count);
    const colors = Array.from(
      { length: count },
      (_, index) => [index, (index * 37) & 255, (index * 101) & 255] as const,
    );
    for (const [width, height] of [
      [1, 1],
      [257, 3],
      [301, 203],
    ] as const) {
      const rgba = pixelsOf(width, height, (x, y) => colors[y === 0 ? x % count : Math.floor(random.next() * count)]!);
      const expected = rgba.slice();
      const decoded = await decodeGif(await encodeGif(rgba, { width, height }));
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expect(differenceOf(decoded.samples, expected)).toBe(0);
    }
  });

  it("of one colour, whose codes are as long as they get, shows it everywhere", async () => {
    const rgba = pixelsOf(1000, 700, () => [9, 99, 199]);
    const gif = await encodeGif(rgba.slice(), { width: 1000, height: 700 });
    expect(gif.byteLength).toBeLessThan(10_000);
    expect(differenceOf((await decodeGif(gif)).samples, rgba)).toBe(0);
  });

  it("ends where its data ends, in every length of its last block", async () => {
    for (let width = 240; width < 300; width += 1) {
      const random = openRandom(width);
      const rgba = pixelsOf(width, 1, () => (random.next() < 0.5 ? [0, 0, 0] : [255, 255, 255]));
      const gif = await encodeGif(rgba.slice(), { width, height: 1 });
      expect(differenceOf((await decodeGif(gif)).samples, rgba)).toBe(0);
      expect([...gif.subarray(-2)]).toEqual([0, 0x3b]);
    }
  });

  it("of more colours is as near to the picture as what libvips makes", async () => {
    const [width, height] = [400, 300];
    const shades: readonly Shade[] = [
      (x, y) => [(x * 255) / width, (y * 255) / height, 128],
      (x, y) => [128 + 100 * Math.sin(x / 40), 128 + 100 * Math.sin(y / 30), 128 + 100 * Math.sin((x + y) / 50)],
    ];
    for (const shade of shades) {
      const rgba = pixelsOf(width, height, shade);
      const blurred = (bytes: Uint8Array) =>
        sharp(bytes, { raw: { width, height, channels: 4 } })
          .blur(2)
          .raw()
          .toBuffer();
      const ours = (await decodeGif(await encodeGif(rgba.slice(), { width, height }))).samples;
      const gif = await sharp(rgba, { raw: { width, height, channels: 4 } })
        .gif()
        .toBuffer();
      const theirs = (await decodeGif(gif)).samples;
      // Seen from a little further away, where dithering shows its colours.
      const [picture, our, their] = [await blurred(rgba), await blurred(ours), await blurred(theirs)];
      expect(differenceOf(our, picture)).toBeLessThanOrEqual(1.1 * differenceOf(their, picture) + 0.5);
    }
  });

  it("does not show what is hardly there, and lays what is half there on white", async () => {
    const shade: Shade = (x) =>
      [
        [200, 0, 0, 0],
        [200, 0, 0, 127],
        [200, 0, 0, 128],
        [200, 0, 0],
      ][x % 4] as never;
    const { samples } = await decodeGif(await encodeGif(pixelsOf(8, 2, shade), { width: 8, height: 2 }));
    expect([samples[3], samples[7], samples[11], samples[15]]).toEqual([0, 0, 255, 255]);
    expect([...samples.subarray(8, 11)]).toEqual([227, 127, 127]);
    expect([...samples.subarray(12, 15)]).toEqual([200, 0, 0]);
  });

  it("keeps 255 colours next to one that is not shown, and chooses among 256", async () => {
    for (const count of [255, 256]) {
      const rgba = pixelsOf(count + 1, 2, (x) => (x === count ? [0, 0, 0, 0] : [x, x, x]));
      const { samples } = await decodeGif(await encodeGif(rgba.slice(), { width: count + 1, height: 2 }));
      expect(samples.filter((_, at) => at % 4 === 3).filter((alpha) => alpha === 0)).toHaveLength(2);
      expect(differenceOf(samples, rgba)).toBeLessThan(count === 255 ? 0.001 : 3);
    }
  });

  it("of nothing that is shown is transparent", async () => {
    const { samples } = await decodeGif(await encodeGif(new Uint8Array(4 * 100), { width: 10, height: 10 }));
    expect(samples.every((value, at) => at % 4 !== 3 || value === 0)).toBe(true);
  });

  it("takes noise, whose colours are all different, without looking at each with each", async () => {
    const random = openRandom(5);
    const shade: Shade = () => [random.next() * 256, random.next() * 256, random.next() * 256];
    const rgba = pixelsOf(900, 700, shade);
    const gif = await encodeGif(rgba.slice(), { width: 900, height: 700 });
    expect(differenceOf((await decodeGif(gif)).samples, rgba)).toBeLessThan(40);
  });

  it("holds a packet of XMP that readers of blocks skip", async () => {
    const xmp = new TextEncoder().encode("<x:xmpmeta>Ada Painter</x:xmpmeta>");
    const gif = await encodeGif(
      pixelsOf(3, 3, () => [1, 2, 3]),
      { width: 3, height: 3 },
      { xmp },
    );
    expect(new TextDecoder("latin1").decode(gif)).toContain(
      "XMP DataXMP<x:xmpmeta>Ada Painter</x:xmpmeta>\x01\xff\xfe",
    );
    expect((await decodeGif(gif)).samples.subarray(0, 4)).toEqual(Uint8Array.of(1, 2, 3, 255));
  });

  it("pauses between its steps, and ends with what a pause throws", async () => {
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    await encodeGif(
      pixelsOf(1024, 1024, (x) => [x & 255, 0, 0]),
      { width: 1024, height: 1024 },
      { pause },
    );
    expect(pauses).toBe(6);
    const stop = () => Promise.reject(new Error("gone"));
    await expect(encodeGif(new Uint8Array(4), { width: 1, height: 1 }, { pause: stop })).rejects.toThrow("gone");
  });

  it("refuses a side that it can't hold", async () => {
    expect(await codeOfAsync(encodeGif(new Uint8Array(4 * 65_536), { width: 65_536, height: 1 }))).toBe("internal");
  });
});
