import type { Collection, Member } from "../../src/catalogue/collection.ts";
import type { StoredImage } from "../../src/catalogue/stored-image.ts";
import type { Page, Work } from "../../src/catalogue/work.ts";
import type { Addresses } from "../../src/presentation/addresses.ts";

/** Where the documents of tests are. */
export const addresses: Addresses = {
  base: "https://iiif.example.org",
  imagePrefix: "/iiif",
  limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 },
  isSearched: true,
};

/** Returns an image of 3,000 by 4,000 pixels with three stored sizes, changed as given. */
export function makeImage(change: Partial<StoredImage> = {}): StoredImage {
  const sizes = [187, 375, 750].map((width) => ({ width, height: Math.floor((width * 4) / 3) }));
  return { identifier: "book/0001", width: 3000, height: 4000, sizes, ...change };
}

/** Returns a page of one image, changed as given. */
export function makePage(key: string, change: Partial<Page> = {}): Page {
  return { key, width: 3000, height: 4000, images: [makeImage({ identifier: `book/${key}` })], ...change };
}

/** Returns an object of two pages, changed as given. */
export function makeWork(change: Partial<Work> = {}): Work {
  return {
    key: "book",
    label: { en: ["A book"] },
    metadata: [],
    collections: [],
    pages: [makePage("0001"), makePage("0002")],
    contents: [],
    ...change,
  };
}

/** Returns a member of a collection that is an object, changed as given. */
export function makeMember(key: string, change: Partial<Member> = {}): Member {
  return { kind: "object", key, label: { en: [key] }, ...change };
}

/** Returns a collection of two objects, changed as given. */
export function makeCollection(change: Partial<Collection> = {}): Collection {
  return {
    key: "maps",
    label: { en: ["Maps"] },
    metadata: [],
    collections: [],
    isMultiPart: false,
    members: [makeMember("atlas"), makeMember("plan")],
    ...change,
  };
}

/** Returns an object that has all there is: a choice, a fold-out, a missing page, contents, text, links, a provider. */
export function makeFullWork(): Work {
  const link = (uri: string, format: string) => ({ uri, format, label: { en: ["A page"] } });
  return makeWork({
    key: "atlas/volume 1",
    label: { en: ["An atlas"], de: ["Ein Atlas"] },
    summary: { en: ["<p>Maps of the <b>world</b></p>", "<not HTML>"] },
    metadata: [
      { label: { en: ["Maker"] }, value: { none: ["A. Cartographer", "B. Engraver"] } },
      { label: { en: ["Date"], de: ["Datum"] }, value: { en: ["1850"], de: ["1850"] } },
    ],
    requiredStatement: { label: { en: ["Attribution"] }, value: { en: ["Given by the library"] } },
    rights: "http://rightsstatements.org/vocab/NoC-US/1.0/",
    provider: [
      {
        uri: "https://library.example.org/",
        label: { en: ["The Library"] },
        homepage: [link("https://library.example.org/about", "text/html")],
        logo: makeImage({ identifier: "logo", width: 300, height: 100, sizes: [] }),
        seeAlso: [{ uri: "https://library.example.org/data.xml", label: { en: ["Data"] }, format: "application/xml" }],
      },
    ],
    homepage: [link("https://library.example.org/atlas", "text/html")],
    seeAlso: [{ uri: "https://library.example.org/atlas.xml", label: { en: ["MARC"] }, format: "application/xml" }],
    rendering: [link("https://library.example.org/atlas.pdf", "application/pdf")],
    navDate: "1850-01-01T00:00:00Z",
    viewingDirection: "right-to-left",
    layout: "paged",
    thumbnail: "0002",
    start: "0003",
    collections: [{ key: "maps", label: { en: ["Maps"] } }],
    pages: [
      makePage("0001", { label: { none: ["1r"] }, text: { format: "alto", file: "0001.xml", language: "la" } }),
      makePage("0002", {
        label: { none: ["1v"] },
        images: [
          makeImage({ identifier: "atlas/0002", label: { en: ["Natural light"] } }),
          makeImage({ identifier: "atlas/0002-uv", label: { en: ["Ultraviolet"] } }),
        ],
      }),
      makePage("0003", { label: { none: ["fold-out"] }, behaviors: ["non-paged"], width: 6000 }),
      makePage("after-0003", { label: { none: ["2r"] }, images: [] }),
    ],
    contents: [
      {
        key: "0001",
        label: { en: ["Part I"] },
        pages: [],
        entries: [{ key: "0001~2", label: { en: ["Chapter 1"] }, pages: ["0001", "0002"], entries: [] }],
      },
      { key: "0003", label: { en: ["Maps"] }, pages: ["0003", "after-0003"], entries: [] },
    ],
  });
}
