import { describe, expect, it } from "vitest";
import { placePicture } from "../../../src/cache/derivatives.ts";
import { IsolateCache } from "../../../src/cache/isolate.ts";
import { findRefusal } from "../../../src/check/refusal.ts";
import { masterKeyOf, placesOf } from "../../../src/identity/master-name.ts";
import { type CanonicalRequest, canonicalise, formatCanonical } from "../../../src/iiif/canonical.ts";
import { formatInfo } from "../../../src/iiif/info.ts";
import { rulesOfImage } from "../../../src/iiif/reduced-rules.ts";
import { parseRequest } from "../../../src/iiif/request.ts";
import type { SizeRules } from "../../../src/iiif/size.ts";
import { offerOf, stripTile, tileOf } from "../../../src/iiif/tiles.ts";
import { formatInfoV2 } from "../../../src/iiif/v2/info.ts";
import type { ApiVersion } from "../../../src/iiif/version.ts";
import { reduceMaster } from "../../../src/masters/reduced.ts";
import type { Master } from "../../../src/masters/store.ts";
import type { Metadata } from "../../../src/metadata/metadata.ts";
import { canonicaliseFor, nameOfPicture, type PictureStyle, planPicture } from "../../../src/picture.ts";
import { orientations, seenImage } from "../../../src/pyramid/pyramid.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeIptc } from "../../support/make-iptc.ts";
import { makePyramid, type PyramidOptions } from "../../support/pyramid.ts";

const style: PictureStyle = { qualities: { jpeg: 85, webp: 85 }, colorProfile: "convert", keepMetadata: "all" };
const limits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 };
const rules: Readonly<Record<ApiVersion, SizeRules>> = {
  2: { limits, isStrictConfined: false, maxUpscaledSide: 4000 },
  3: { limits, isStrictConfined: false },
};
const key = masterKeyOf("maps/atlas");
const places = await placesOf(key);

function masterOf(options: Partial<PyramidOptions> = {}, metadata: Metadata = {}): Master {
  const pyramid = makePyramid({ width: 8000, height: 6000, levels: 6, tileBytes: 10, ...options });
  // Nothing is read: the bytes are not there.
  const source = { ...memorySource(new Uint8Array(0)), size: 2 ** 30 };
  return { pyramid, metadata, profile: undefined, source, version: "v1", thereAt: 0, name: { key, page: 1, places } };
}

function ask(master: Master, path: string, version: ApiVersion = 3): CanonicalRequest {
  const [region = "", size = "", rotation = "0", qualityAndFormat = "default.jpg"] = path.split("/");
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, version);
  return canonicaliseFor(master, request, rules[version]);
}

const nameOf = (master: Master, path: string) =>
  nameOfPicture(master, ask(master, path), { style, limits, picturesPerMaster: 16, digests: new IsolateCache(8192) });

const infoOf = (master: Master, version: ApiVersion): Record<string, unknown> => {
  const shown = rulesOfImage(master.pyramid, rules[version]);
  const offer = offerOf(master.pyramid, shown.limits);
  const format = version === 3 ? formatInfo : formatInfoV2;
  return { ...format({ id: "https://images.example/a", ...seenImage(master.pyramid), ...shown, ...offer }) };
};

describe("the pictures of a reduced image", () => {
  it("have names of their own, in the folder of their master", async () => {
    const full = masterOf();
    const images = [full, ...[1000, 999, 512].map((side) => reduceMaster(full, side))];
    for (const path of ["full/max", "0,0,256,256/max", "full/100,"]) {
      const names = await Promise.all(images.map((image) => nameOf(image, path)));
      expect(new Set(names.map(({ etag }) => etag)).size).toBe(images.length);
      const kept = await Promise.all(names.map((name) => placePicture(name.facts, name.picturesPerMaster)));
      expect(new Set(kept.map(({ edge }) => edge.key)).size).toBe(images.length);
      for (const { bucket } of kept) expect(bucket.key.startsWith(places.derivativePrefix)).toBe(true);
    }
    for (const image of images) expect(image.name.places.cacheTag).toBe(places.cacheTag);
  });

  it("are those of the image where that is no larger", () => {
    const full = masterOf();
    expect(reduceMaster(full, 8000)).toBe(full);
    expect(reduceMaster(full, 8001)).toBe(full);
  });

  it("are asked for in pixels of their own", () => {
    const shown = reduceMaster(masterOf(), 900);
    expect(ask(shown, "full/max")).toMatchObject({
      region: { x: 0, y: 0, width: 900, height: 675 },
      size: { width: 900 },
    });
    expect(ask(shown, "800,600,500,500/max")).toMatchObject({ region: { width: 100, height: 75 } });
    expect(codeOf(() => ask(shown, "900,0,10,10/max"))).toBe("region-outside");
    const canonical = ask(shown, "pct:50,50,50,50/max");
    expect(formatCanonical(canonical, seenImage(shown.pyramid), limits)).toBe("450,338,450,337/max/0/default.jpg");
  });
});

describe("the sizes of a reduced image", () => {
  it.each([1000, 900])("are never above their region, at %i pixels", (longestSide) => {
    const shown = reduceMaster(masterOf(), longestSide);
    const { height } = shown.pyramid;
    for (const path of [
      ...[`full/^${longestSide + 1},`, `full/^,${height + 1}`, "full/^pct:101", "full/^2000,100"],
      ...["0,0,100,100/^max", "0,0,100,100/^!200,200", "0,0,100,100/101,", "0,0,100,50/100,51"],
    ]) {
      expect(
        codeOf(() => ask(shown, path)),
        path,
      ).toBe("size-above-limit");
    }
    for (const path of [`full/${longestSide + 1},`, "0,0,100,100/200,200", "full/pct:120"]) {
      expect(
        codeOf(() => ask(shown, path, 2)),
        path,
      ).toBe("size-above-limit");
    }
    expect(ask(shown, "full/^max").size).toEqual({ width: longestSide, height });
    expect(ask(shown, "full/!1500,1500").size).toEqual({ width: longestSide, height });
    expect(ask(shown, "0,0,100,100/^50,").size).toEqual({ width: 50, height: 50 });
    expect(ask(shown, "full/full", 2).size).toEqual({ width: longestSide, height });
  });

  it("are what info.json states, of both versions", () => {
    for (const longestSide of [1000, 900]) {
      const shown = reduceMaster(masterOf({ orientation: 6 }), longestSide);
      const { width, height } = seenImage(shown.pyramid);
      expect(height).toBe(longestSide);
      const info = infoOf(shown, 3);
      expect(info).toMatchObject({ width, height, maxWidth: width, maxHeight: height, maxArea: limits.maxArea });
      expect(info.extraFeatures).not.toContain("sizeUpscaling");
      expect(infoOf(masterOf(), 3).extraFeatures).toContain("sizeUpscaling");
      const old = infoOf(shown, 2);
      expect(old).toMatchObject({ width, height });
      const [, said] = old.profile as readonly [string, Record<string, unknown>];
      expect(said).toMatchObject({ maxWidth: width, maxHeight: height });
      expect(said.supports).not.toContain("sizeAboveFull");
    }
  });

  it("stay below the limits of the service where those are smaller", () => {
    const shown = reduceMaster(masterOf(), 900);
    const strict = { limits: { maxWidth: 300, maxHeight: 5000, maxArea: 5000 }, isStrictConfined: true };
    expect(rulesOfImage(shown.pyramid, strict)).toEqual({
      ...{ limits: { maxWidth: 300, maxHeight: 675, maxArea: 5000 }, isStrictConfined: true, isNeverEnlarged: true },
    });
    const request = parseRequest({ region: "full", size: "max", rotation: "0", qualityAndFormat: "default.jpg" }, 3);
    expect(canonicaliseFor(shown, request, strict).size).toEqual({ width: 81, height: 61 });
  });
});

/** What viewers ask for of an offer: sizes as they stand, and all tiles of all factors. */
function* offered(shown: Master): Generator<string> {
  const { width, height } = seenImage(shown.pyramid);
  const { sizes, tiles } = offerOf(shown.pyramid, rulesOfImage(shown.pyramid, rules[3]).limits);
  for (const size of sizes) yield `full/${size.width},${size.height}`;
  for (const { width: tileWidth, height: tileHeight, scaleFactors } of tiles) {
    for (const factor of scaleFactors) {
      for (let y = 0; y < height; y += tileHeight * factor) {
        for (let x = 0; x < width; x += tileWidth * factor) {
          const region = {
            width: Math.min(tileWidth * factor, width - x),
            height: Math.min(tileHeight * factor, height - y),
          };
          const size = [region.width, region.height].map((side) => Math.ceil(side / factor)).join(",");
          yield `${x},${y},${region.width},${region.height}/${size}`;
        }
      }
    }
  }
}

describe("what a reduced image offers", () => {
  it.each(orientations)("is answered, each tile from few stored ones, of orientation %i", (orientation) => {
    const full = masterOf({ orientation });
    for (const longestSide of [5000, 4000, 2500, 1000, 900, 301, 7, 1]) {
      const shown = reduceMaster(full, longestSide);
      const image = { ...seenImage(shown.pyramid), tile: tileOf(shown.pyramid) };
      let count = 0;
      for (const path of offered(shown)) {
        const canonical = ask(shown, path);
        expect(canonicalise(parseRequest(partsOf(path), 3), image, rules[3])).toEqual(canonical);
        const { plan } = planPicture(shown, canonical, style);
        // A tile of 1024 is drawn from less than 2048 of a level, with what the filter reaches on both sides.
        if (path.split("/")[0] !== "full") expect(plan.cost.tiles, path).toBeLessThanOrEqual(10 * 10);
        count += 1;
      }
      expect(count).toBeGreaterThan(0);
      expect(findRefusal(shown, style)).toBeUndefined();
    }
  });

  it("is what is stored where a level has its size, else few large tiles, or the whole of a file", () => {
    const stored = masterOf();
    expect(tileOf(reduceMaster(stored, 1000).pyramid)).toEqual({ width: 256, height: 256 });
    expect(tileOf(reduceMaster(stored, 999).pyramid)).toEqual(stripTile);
    const file = masterOf({ levels: 1, tile: 8000, orientation: 8 });
    expect(tileOf(reduceMaster(file, 2000).pyramid)).toEqual({ width: 1500, height: 2000 });
    expect(offerOf(reduceMaster(stored, 1000).pyramid, limits).sizes.at(-1)).toEqual({ width: 1000, height: 750 });
    expect(offerOf(reduceMaster(stored, 999).pyramid, limits).sizes.at(-1)).toEqual({ width: 999, height: 749 });
  });
});

function partsOf(path: string) {
  const [region = "", size = ""] = path.split("/");
  return { region, size, rotation: "0", qualityAndFormat: "default.jpg" };
}

describe("a reduced image of a master that nothing can be drawn from", () => {
  it("is refused, also where the full image has its tiles sent as they are", () => {
    const full = masterOf({ width: 4096, height: 4096, levels: 1, tile: 2048, tileBytes: 30_000_000 });
    expect(findRefusal(full, style)).toBeUndefined();
    expect(findRefusal(reduceMaster(full, 3000), style)?.code).toBe("source-unsupported");
  });
});

describe("the metadata of a reduced image", () => {
  const text = (words: string) => new TextEncoder().encode(words);

  it("has the resolution of its pixels", () => {
    const shown = reduceMaster(masterOf({}, { dotsPerInch: 400 }), 1000);
    expect(shown.metadata.dotsPerInch).toBe(50);
    expect(planPicture(shown, ask(shown, "full/500,"), style).envelope().dotsPerInch).toBe(25);
  });

  it("has no blocks that may hold a larger picture", () => {
    const plain = { xmp: text("<rdf:RDF>"), iptc: makeIptc([[2, 80, "A. Painter"]]), artist: "A. Painter" };
    expect(reduceMaster(masterOf({}, plain), 1000).metadata).toMatchObject(plain);
    const xmp = text('<rdf:RDF xmlns:any="http://ns.adobe.com/xap/1.0/g/img/"><any:image>AAAA</any:image>');
    for (const number of [200, 202]) {
      const iptc = makeIptc([
        [2, 80, "A. Painter"],
        [2, number, Uint8Array.of(1, 2)],
      ]);
      const { metadata } = reduceMaster(masterOf({}, { xmp, iptc, artist: "A. Painter" }), 1000);
      expect(metadata.xmp).toBeUndefined();
      expect(metadata.iptc === undefined).toBe(number === 202);
      expect(metadata.artist).toBe("A. Painter");
    }
    const long = Uint8Array.of(...makeIptc([[2, 80, "A"]]), 0x1c, 2, 1, 0x80, 4, 0, 1, 0, 0);
    const inObject = makeIptc([[8, 10, Uint8Array.of(1, 2)]]);
    for (const iptc of [long, inObject]) {
      expect(reduceMaster(masterOf({}, { iptc }), 1000).metadata.iptc).toBeUndefined();
    }
  });
});
