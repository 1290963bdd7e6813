import { describe, expect, it } from "vitest";
import { changePictures, renamed, without, withPictures } from "../../../src/catalogue/picture-change.ts";
import { makeCollection, makeFullWork, makeImage, makeMember } from "../../support/works.ts";

const work = makeFullWork();
const gone = (...identifiers: readonly string[]) => without(new Set(identifiers));

describe("an object whose images have changed", () => {
  it("has the new name of an image everywhere, and nothing else changes", () => {
    const text = JSON.stringify(work)
      .replaceAll('"atlas/0002"', '"new"')
      .replaceAll('"identifier":"logo"', '"identifier":"sign"');
    const named = changePictures(work, renamed("atlas/0002", "new"));
    expect(JSON.stringify(named && changePictures(named, renamed("logo", "sign")))).toBe(text);
    expect(JSON.stringify(changePictures(work, renamed("unknown", "new")))).toBe(JSON.stringify(work));
  });

  it("loses a page with its last image, and what leads to it; the other pages keep their keys", () => {
    const left = changePictures(work, gone("book/0001", "book/0003", "logo"));
    expect(left?.pages.map(({ key }) => key)).toEqual(["0002", "after-0003"]);
    expect([left?.start, left?.thumbnail, left?.provider?.[0]?.logo]).toEqual([undefined, "0002", undefined]);
    expect(left?.contents).toEqual([
      { ...work.contents[0], entries: [{ ...work.contents[0]?.entries[0], pages: ["0002"] }] },
      { ...work.contents[1], pages: ["after-0003"] },
    ]);
  });

  it("keeps a page of a choice of which an image is left", () => {
    const left = changePictures(work, gone("atlas/0002"));
    expect(left?.pages[1]?.images.map(({ identifier }) => identifier)).toEqual(["atlas/0002-uv"]);
  });

  it("is none where nothing but missing pages is left", () => {
    expect(changePictures(work, gone("book/0001", "atlas/0002", "atlas/0002-uv", "book/0003"))).toBeUndefined();
  });
});

describe("a collection whose pictures have changed", () => {
  const image = makeImage({ identifier: "a" });
  const collection = makeCollection({
    thumbnail: image,
    members: [makeMember("x", { thumbnail: image }), makeMember("y")],
  });

  it("shows the new name, or none", () => {
    expect(JSON.stringify(withPictures(collection, renamed("a", "b")))).toBe(
      JSON.stringify(collection).replaceAll('"identifier":"a"', '"identifier":"b"'),
    );
    const bare = withPictures(collection, gone("a"));
    expect([bare.thumbnail, bare.members]).toEqual([undefined, [makeMember("x"), makeMember("y")]]);
  });
});
