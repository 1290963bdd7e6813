import { describe, expect, it } from "vitest";
import { titleOf } from "../../../src/metadata/title.ts";
import { makeIptc } from "../../support/make-iptc.ts";
import { makeXmp, utf8 } from "../../support/make-xmp.ts";

const alternatives = (...items: readonly string[]): Uint8Array =>
  utf8(makeXmp(`<dc:title><rdf:Alt>${items.join("")}</rdf:Alt></dc:title>`));

describe("the title of an image", () => {
  it("is that of its XMP in the default language, otherwise in the first", () => {
    const items = ['<rdf:li xml:lang="de">Karte</rdf:li>', '<rdf:li xml:lang="x-default">A map</rdf:li>'] as const;
    expect(titleOf({ xmp: alternatives(...items) })).toBe("A map");
    expect(titleOf({ xmp: alternatives(items[0]) })).toBe("Karte");
  });

  it("is that of its IPTC where the XMP has none or is broken", () => {
    const iptc = makeIptc([[2, 5, "Plate 7"]]);
    expect(titleOf({ iptc })).toBe("Plate 7");
    expect(titleOf({ xmp: utf8("<x"), iptc })).toBe("Plate 7");
    expect(titleOf({ xmp: utf8(makeXmp("")) })).toBeUndefined();
    expect(titleOf({})).toBeUndefined();
  });
});
