import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { IsolateCache } from "../../src/cache/isolate.ts";
import { masterKeyOf, placesOf } from "../../src/identity/master-name.ts";
import { openImage } from "../../src/masters/image.ts";
import type { NamedMaster } from "../../src/masters/store.ts";
import { type DrawnMaster, nameOfPicture, type PictureStyle, planPicture } from "../../src/picture.ts";
import type { Marks, Watermark } from "../../src/render/marks.ts";
import { memorySource } from "../../src/source/memory.ts";
import { discWatermark, markedStyle } from "../support/marked.ts";
import { planPath } from "../support/render.ts";

const size = { width: 300, height: 200 };
const limits = { maxWidth: 1000, maxHeight: 1000, maxArea: 1_000_000 };
const redactions = [{ x: 1, y: 2, width: 30, height: 40 }];

let master: DrawnMaster;
let name: NamedMaster;
beforeAll(async () => {
  const description =
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title></rdf:Description>';
  const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${description}</rdf:RDF>`;
  const file = await sharp({ create: { ...size, channels: 3, background: "#456" } })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${rdf}</x:xmpmeta>`)
    .withExif({ IFD0: { Copyright: "A museum", Software: "notes" } })
    .jpeg()
    .toBuffer();
  const source = memorySource(file);
  master = { ...(await openImage({ source, prefix: file.subarray(0, 32_768), policy: "all" })), source };
  const key = masterKeyOf("image");
  name = { key, page: 1, places: await placesOf(key) } as NamedMaster;
});

async function tagOf(marks: Marks | undefined): Promise<string> {
  const style: PictureStyle = { ...markedStyle, marks };
  const { canonical } = planPath(master, "full/max/0/default.jpg", style);
  const naming = { style, limits, picturesPerMaster: 8, digests: new IsolateCache<string>(4096) };
  return (await nameOfPicture({ name, version: "v1", pyramid: master.pyramid }, canonical, naming)).etag;
}

describe("the name of a picture with marks", () => {
  it("is another for all that they change, and that of no marks for none", async () => {
    const marked = (changed: Partial<Watermark>): Marks => ({
      redactions,
      image: size,
      watermark: discWatermark(changed),
    });
    const tags = await Promise.all(
      [
        undefined,
        { redactions, image: size },
        { redactions: [{ x: 1, y: 2, width: 30, height: 41 }], image: size },
        { redactions: [], image: size, watermark: discWatermark() },
        marked({}),
        marked({ etag: "another" }),
        marked({ position: "tile" }),
        marked({ scale: 0.31 }),
        marked({ opacity: 0.61 }),
        marked({ fromPixels: 2 }),
      ].map(tagOf),
    );
    expect(new Set(tags).size).toBe(tags.length);
    expect(await tagOf({ redactions: [], image: size })).toBe(tags[0]);
    expect(await tagOf(marked({}))).toBe(tags[4]);
  });
});

describe("what a picture with marks keeps of its master", () => {
  it("is who made it and who has the rights, for all else may show the image without them", () => {
    const planned = (marks: Marks | undefined) => {
      const style: PictureStyle = { ...markedStyle, keepMetadata: "all", marks };
      return planPicture(master, planPath(master, "full/max/0/default.jpg", style).canonical, style).envelope();
    };
    const textOf = (bytes: Uint8Array | undefined) => new TextDecoder("latin1").decode(bytes);
    const all = planned(undefined);
    expect(textOf(all.exif)).toContain("notes");
    expect(textOf(all.xmp)).toContain("dc:title");
    for (const marks of [
      { redactions, image: size },
      { redactions: [], image: size, watermark: discWatermark() },
    ]) {
      const kept = planned(marks);
      expect(textOf(kept.exif)).toContain("A museum");
      expect(textOf(kept.exif)).not.toContain("notes");
      expect(textOf(kept.xmp)).not.toContain("dc:title");
      expect(kept.iptc).toBeUndefined();
    }
  });
});
