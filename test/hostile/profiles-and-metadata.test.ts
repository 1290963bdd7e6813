import { describe, expect, it } from "vitest";
import { maxProfileBytes } from "../../src/limits.ts";
import { profileSeeds } from "../fuzz/small-seeds.ts";
import { writeJpeg } from "../support/jpeg-writer.ts";
import { ascii, block, long, makeExif, rational, short } from "../support/make-exif.ts";
import { makeIptc } from "../support/make-iptc.ts";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { makeXmp, utf8 } from "../support/make-xmp.ts";
import type { Field } from "../support/tiff-directory.ts";
import { type Attempt, attempt } from "./attempt.ts";

const small: TiffOptions = { width: 40, height: 30, tile: 16, compression: "deflate" };
const { rgb, gray, table, cmyk } = profileSeeds();

const withProfile = async (iccProfile: Uint8Array, form: Partial<TiffOptions> = {}): Promise<Attempt> =>
  attempt(await makeTiff({ ...small, iccProfile, ...form }));

/** Returns a copy of a profile with a number of 32 bits at a place. */
function changed(profile: Uint8Array, at: number, value: number): Uint8Array {
  const copy = profile.slice();
  new DataView(copy.buffer).setUint32(at, value);
  return copy;
}

describe("a profile that is broken", () => {
  it("or of another colour space costs the master its exact colours and leaves a line in the log", async () => {
    const broken: Record<string, Uint8Array> = {
      "a byte": Uint8Array.of(1),
      "cut off in its header": rgb.subarray(0, 100),
      "cut off in its table of tags": rgb.subarray(0, 150),
      "without its signature": changed(rgb, 36, 0),
      "of four billion tags": changed(rgb, 128, 0xffffffff),
      "of grey": gray,
      "of inks": cmyk,
      noise: Uint8Array.from({ length: 5000 }, (_, at) => (at * at * 31) >> 3),
    };
    const served: Record<string, unknown> = {};
    for (const [name, profile] of Object.entries(broken)) {
      const { code, warnings, image } = await withProfile(profile);
      served[name] = [code, warnings.length, image?.profile];
    }
    expect(served).toEqual(Object.fromEntries(Object.keys(broken).map((name) => [name, ["none", 1, undefined]])));
  });

  it("in its tags is used as far as it goes or not at all, and the picture is drawn", { tags: "slow" }, async () => {
    for (const profile of [rgb, table]) {
      for (let at = 132; at < profile.length; at += 36) {
        for (const value of [0, 0xffffffff, 0x7fffffff, 128, profile.length - 8]) {
          expect((await withProfile(changed(profile, at, value))).code).toBe("none");
        }
      }
    }
  });

  it("of inks is done without, and the picture is drawn", { tags: "slow" }, async () => {
    for (let at = 132; at < 240; at += 12) {
      for (const value of [0, 0xffffffff, 200]) {
        expect((await withProfile(changed(cmyk, at, value), { photometric: "CMYK" })).code).toBe("none");
      }
    }
  });

  it("by its length is not read", async () => {
    const count = maxProfileBytes + 1;
    const file = await makeTiff({ ...small, iccProfile: rgb, overrides: [{ directory: 0, tag: 34_675, count }] });
    const long = new Uint8Array(file.length + count);
    long.set(file);
    const result = await attempt(long);
    expect(result).toMatchObject({ code: "none", image: { profile: undefined } });
    expect(result.warnings).toHaveLength(1);
    expect(result.opening.bytes).toBeLessThan(200_000);
  });
});

const bytesField = (tag: number, bytes: Uint8Array): Field => ({ tag, type: "UNDEFINED", values: [...bytes] });

describe("metadata that is broken", () => {
  const xmp = makeXmp(
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">R</rdf:li></rdf:Alt></dc:rights>',
    'tiff:Orientation="6"',
  );

  it("is left out, however it is broken, and the picture is drawn", async () => {
    const exif = (values: readonly number[]): Field => ({ tag: 34_665, type: "LONG", values });
    const fields: Record<string, Field> = {
      "an Exif directory beyond the end": exif([0x7fffffff]),
      "an Exif directory in the header": exif([1]),
      "an Exif directory in the tiles": exif([600]),
      "an Exif directory in text": { ...exif([8]), code: 2 },
      "image resources that are none": bytesField(34_377, utf8("8BIM\u0004\u0004\0\0\uffff\uffff")),
      "IPTC cut off": bytesField(33_723, makeIptc([[2, 116, "Nobody"]]).subarray(0, 7)),
      "a resolution of nothing": { tag: 282, type: "RATIONAL", values: [0, 0] },
      "an artist of a billion letters": { tag: 315, type: "ASCII", values: [65], count: 2 ** 30 },
    };
    for (const [name, field] of Object.entries(fields)) {
      const result = await attempt(await makeTiff({ ...small, fields: [field] }));
      expect([name, result.code]).toEqual([name, "none"]);
      expect(result.opening.reads).toBeLessThanOrEqual(4);
    }
  });

  it("in XMP is left out where the packet is not well-formed, nests too deep or declares entities", async () => {
    const entities = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>';
    const packets = [
      xmp.slice(0, 600),
      xmp.replace("</dc:rights>", ""),
      xmp.replace("<dc:rights>", "<a>".repeat(20_000)),
      xmp.replace("<x:xmpmeta", `${entities}<x:xmpmeta`).replace(">R<", ">&c;<"),
      "<".repeat(60_000),
      `<a ${'b="" '.repeat(12_000)}>`,
    ];
    for (const packet of packets) {
      const { code, image } = await attempt(await makeTiff({ ...small, xmp: packet }));
      expect(code).toBe("none");
      expect(image?.metadata.copyright).toBeUndefined();
    }
    expect((await attempt(await makeTiff({ ...small, xmp }))).image?.metadata.copyright).toBe("R");
  });

  it("in EXIF is left out at every byte where it is cut off or wrong", async () => {
    const exif = makeExif({
      image: [ascii(315, "Nobody"), rational(282, 300, 1), short(274, 6), block(700, utf8(xmp), 1)],
      photo: [rational(33_434, 1, 100), long(37_500, 1, 2)],
      position: [ascii(1, "N")],
    });
    const component = { horizontal: 1, vertical: 1, sampleAt: (x: number, y: number) => (x * y) & 255 };
    const jpeg = writeJpeg({ width: 33, height: 21, components: [component] });
    const file = (exifBlock: Uint8Array): Uint8Array => {
      const segment = Buffer.concat([utf8("Exif\0\0"), exifBlock]);
      const head = Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, (segment.length + 2) >> 8, (segment.length + 2) & 255);
      return Buffer.concat([head, segment, jpeg.subarray(2)]);
    };
    const codes = new Set<string>();
    for (let length = 0; length < exif.length; length += 9)
      codes.add((await attempt(file(exif.subarray(0, length)))).code);
    for (let at = 0; at < 200; at += 1) codes.add((await attempt(file(exif.with(at, 0xff)))).code);
    expect([...codes]).toEqual(["none"]);
  });
});
