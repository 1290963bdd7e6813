import { describe, expect, it } from "vitest";
import { findIptc, formatResources } from "../../../src/metadata/image-resources.ts";
import { makeIptc, makeResources } from "../../support/make-iptc.ts";

const record = makeIptc([[2, 80, "A. Painter"]]);

describe("findIptc", () => {
  it("takes a record as it is", () => {
    expect(findIptc(record)).toEqual(record);
  });

  it("finds the record between other image resources, with names and of odd length", () => {
    const resources = makeResources([
      [0x03ed, "", new Uint8Array(16)],
      [0x040c, "name", Uint8Array.of(1, 2, 3)],
      [0x0404, "odd", record],
      [0x0425, "", new Uint8Array(16)],
    ]);
    expect(findIptc(resources)).toEqual(record);
  });

  it("finds the record in what APP13 of a JPEG holds", () => {
    expect(findIptc(formatResources(record))).toEqual(record);
  });

  it("reverses the words of a record that was written as LONG in the other byte order", () => {
    const padded = new Uint8Array(Math.ceil(record.length / 4) * 4);
    padded.set(record);
    const turned = padded.slice();
    for (let at = 0; at < turned.length; at += 4) turned.subarray(at, at + 4).reverse();
    expect(findIptc(turned)).toEqual(padded);
  });

  it("finds none where there is none, or where the resources are cut off at any byte before its end", () => {
    const resources = makeResources([
      [0x03ed, "ab", new Uint8Array(5)],
      [0x0404, "", record],
    ]);
    const end = resources.length - (record.length % 2);
    expect(findIptc(resources.subarray(0, end))).toEqual(record);
    for (let length = 0; length < end; length++) expect(findIptc(resources.subarray(0, length))).toBeUndefined();
    expect(findIptc(makeResources([[0x0404, "", new Uint8Array(0)]]))).toBeUndefined();
    expect(findIptc(new Uint8Array(64))).toBeUndefined();
  });
});
