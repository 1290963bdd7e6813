import { describe, expect, it } from "vitest";
import { parseIptc } from "../../../src/metadata/iptc.ts";
import { makeIptc } from "../../support/make-iptc.ts";

const nothing = { artist: undefined, credit: undefined, copyright: undefined };

describe("parseIptc", () => {
  it("reads by-line, credit and copyright notice between other data sets", () => {
    const record = makeIptc([
      [1, 90, "\u001b%G"],
      [2, 0, Uint8Array.of(0, 2)],
      [2, 80, "A. Painter"],
      [2, 110, "Museum für Kunst"],
      [2, 116, "© The Museum"],
      [3, 80, "another record"],
    ]);
    expect(parseIptc(record)).toEqual({ artist: "A. Painter", credit: "Museum für Kunst", copyright: "© The Museum" });
  });

  it("joins repeated by-lines", () => {
    const record = makeIptc([
      [2, 80, "One"],
      [2, 80, "Two"],
    ]);
    expect(parseIptc(record).artist).toBe("One; Two");
  });

  it("reads text that is not UTF-8", () => {
    expect(parseIptc(makeIptc([[2, 116, Uint8Array.of(0xa9, 0x4d, 0xfc)]])).copyright).toBe("©Mü");
  });

  it("keeps what comes before a cut and leaves out the rest", () => {
    const first = makeIptc([[2, 80, "One"]]);
    const record = makeIptc([
      [2, 80, "One"],
      [2, 116, "Notice"],
    ]);
    for (let length = 0; length < record.length; length++) {
      const artist = length < first.length ? undefined : "One";
      expect(parseIptc(record.subarray(0, length))).toEqual({ ...nothing, artist });
    }
  });

  it("stops at an extended length", () => {
    expect(parseIptc(Uint8Array.of(0x1c, 2, 80, 0x80, 4, 0, 0, 0, 1, 65))).toEqual(nothing);
  });
});
