import { describe, expect, it } from "vitest";
import { encodeTestTile } from "../../support/jpeg-tile.ts";
import { gammaTag, makeGrayProfile, makeMatrixProfile, primariesOf } from "../../support/make-profile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeXmp } from "../../support/make-xmp.ts";
import { readPdf } from "../../support/read-pdf.ts";
import { makePicture } from "../../support/render.ts";

const size = { width: 300, height: 200 } as const;
const plain: TiffOptions = { ...size, tile: 64 };
const tiled = {
  ...{ ...size, tile: 64, compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1] },
  encodeTile: encodeTestTile,
} as const satisfies TiffOptions;
const inches = [
  { tag: 282, type: "RATIONAL", values: [200, 1] },
  { tag: 283, type: "RATIONAL", values: [200, 1] },
  { tag: 296, type: "SHORT", values: [2] },
] as const;
const everything = { keepMetadata: "all", colorProfile: "embed" } as const;

/** Makes a PDF and finds its page and picture. */
async function pageOf(options: TiffOptions, path: string, asked: Parameters<typeof makePicture>[2] = {}) {
  const { encoded, picture, statedBytes } = await makePicture(await makeTiff(options), path, asked);
  const pdf = readPdf(encoded);
  const find = (pattern: RegExp): number => [...pdf.objects].find(([, text]) => pattern.test(text))?.[0] ?? 0;
  const image = find(/\/Subtype \/Image/);
  return {
    ...{ pdf, picture, statedBytes, byteLength: encoded.byteLength },
    page: pdf.objects.get(find(/\/Type \/Page /)) ?? "",
    image: pdf.objects.get(image) ?? "",
    jpeg: pdf.streams.get(image),
    profile: pdf.streams.get(find(/\/Alternate/)),
    metadata: pdf.streams.get(find(/\/Type \/Metadata/)),
  };
}

describe("a PDF", () => {
  it.each([
    ["copied", tiled, "64,64,64,64/64,", "0/default"],
    ["drawn", plain, "full/max", "0/default"],
    ["drawn larger", plain, "full/^1200,", "90/gray"],
    ["rotated", plain, "full/120,", "33/default"],
    ["streamed", plain, "full/^2700,", "0/default"],
  ] as const)("holds the JPEG of the same request as it is: %s", async (_, options, regionAndSize, end) => {
    const { encoded, picture } = await makePicture(await makeTiff(options), `${regionAndSize}/${end}.jpg`);
    const paged = await pageOf(options, `${regionAndSize}/${end}.pdf`);
    expect(Buffer.compare(paged.jpeg!, encoded)).toBe(0);
    expect(paged.picture.plan).toEqual(picture.plan);
    expect(paged.image).toContain(end.endsWith("gray") ? "/ColorSpace /DeviceGray" : "/ColorSpace /DeviceRGB");
    if (paged.statedBytes !== undefined) expect(paged.statedBytes).toBe(paged.byteLength);
  });

  it("states the sides of the picture as it comes out, turned or rotated", async () => {
    expect((await pageOf(plain, "full/max/90/default.pdf")).image).toMatch(/\/Width 200 \/Height 300 /);
    const { jpeg, image } = await pageOf(plain, "full/max/!45/default.pdf");
    const frame = jpeg!.findIndex((byte, at) => byte === 0xff && jpeg![at + 1] === 0xc0);
    const [height, width] = [5, 7].map((at) => new DataView(jpeg!.buffer, jpeg!.byteOffset + frame + at).getUint16(0));
    expect(image).toContain(`/Width ${width} /Height ${height} `);
  });

  it("has a page as large as the resolution says, and 300 dots per inch where nobody does", async () => {
    const kept = { keepMetadata: "copyright" } as const;
    const resolved = { ...plain, fields: inches };
    expect((await pageOf(resolved, "full/max/0/default.pdf", kept)).page).toContain("/MediaBox [0 0 108 72]");
    expect((await pageOf(resolved, "full/150,/0/default.pdf", kept)).page).toContain("/MediaBox [0 0 108 72]");
    expect((await pageOf(resolved, "0,0,100,100/max/0/default.pdf", kept)).page).toContain("/MediaBox [0 0 36 36]");
    expect((await pageOf(plain, "full/max/0/default.pdf", kept)).page).toContain("/MediaBox [0 0 72 48]");
    expect((await pageOf(resolved, "full/max/0/default.pdf")).page).toContain("/MediaBox [0 0 72 48]");
    expect((await pageOf(plain, "full/max/0/default.pdf", kept)).page).not.toContain("UserUnit");
  });

  it("has a larger unit where a page would be above 200 inches", async () => {
    const fields = [1, 1].map((dots, index) => ({ tag: 282 + index, type: "RATIONAL", values: [dots, 1] }) as const);
    const { page, pdf } = await pageOf({ ...plain, fields }, "full/max/0/default.pdf", { keepMetadata: "all" });
    expect(page).toContain("/MediaBox [0 0 10800 7200] /UserUnit 2");
    expect([...pdf.streams.values()].map((bytes) => new TextDecoder("latin1").decode(bytes.subarray(0, 40)))).toContain(
      "q 10800 0 0 7200 0 0 cm /Image Do Q\n",
    );
  });

  it("has the metadata and the profile that are kept, and else none", async () => {
    const iccProfile = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));
    const xmp = makeXmp("<dc:creator><rdf:Seq><rdf:li>Ada Painter</rdf:li></rdf:Seq></dc:creator>");
    const kept = await pageOf({ ...plain, iccProfile, xmp }, "full/max/0/default.pdf", everything);
    expect(new TextDecoder().decode(kept.metadata)).toContain("Ada Painter");
    expect(kept.pdf.objects.get(kept.pdf.root)).toMatch(/\/Metadata \d+ 0 R/);
    expect(kept.profile).toEqual(new Uint8Array(iccProfile));
    expect(kept.image).toMatch(/\/ColorSpace \[\/ICCBased \d+ 0 R\]/);
    const bare = await pageOf({ ...plain, iccProfile, xmp }, "full/max/0/default.pdf");
    expect([bare.metadata, bare.profile]).toEqual([undefined, undefined]);
    const gray = { ...plain, samplesPerPixel: 1, iccProfile: makeGrayProfile(gammaTag(1.8)) } as const;
    const grayPage = await pageOf(gray, "full/max/0/default.pdf", everything);
    expect(grayPage.pdf.objects.get(7)).toContain("/N 1 /Alternate /DeviceGray");
  });
});
