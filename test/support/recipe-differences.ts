import type { Document } from "./presentation-documents.ts";
import type { Difference } from "./recipe-comparison.ts";

const jpeg = (identifier: string, [width, height]: readonly [number, number], size = "max"): Document => {
  return { id: `image:${identifier}/full/${size}/0/default.jpg`, type: "Image", format: "image/jpeg", width, height };
};

const service = (identifier: string, more: Document = {}): Document => {
  return { service: [{ id: `image:${identifier}`, type: "ImageService3", profile: "level2", ...more }] };
};

const bodyOf = (canvas: Document): Document => canvas.items[0].items[0].body;

/** The recipe paints a file of any server; here images are of the service, and given out as JPEG at full size. */
const painted = (identifier: string, [width, height]: readonly [number, number]): Difference => ({
  rule: "E5, E6: a body is a picture of the service, with its size, and names the service",
  change: (manifest) => {
    const body = { ...jpeg(identifier, [width, height]), ...service(identifier) };
    manifest.items[0].items[0].items[0].body = body;
  },
});

const sizedBodies: Difference = {
  rule: "E5: a body has the width and height of its picture",
  change: ({ items }) => {
    for (const canvas of items) Object.assign(bodyOf(canvas), { width: canvas.width, height: canvas.height });
  },
};

interface Shown {
  readonly identifier: string;
  readonly image: readonly [number, number];
  /** The picture that is the thumbnail: a stored size where there is one. */
  readonly picture: readonly [number, number];
  readonly sizes?: readonly Document[];
}

const shown = ({ identifier, image, picture, sizes }: Shown): Document => ({
  ...jpeg(identifier, picture, picture.join(",")),
  ...service(identifier, { width: image[0], height: image[1], ...(sizes && { sizes }) }),
});

const logo = (what: Shown): Difference => ({
  rule: "D6, D9: a logo is an image of the service, given out as JPEG, with the service's sizes",
  change: ({ provider }) => {
    provider[0].logo = [shown(what)];
  },
});

const thumbnail = (what: Shown): Difference => ({
  rule: "D8, D9: a thumbnail is a picture of a page of the object, of a stored size, with the sizes in its service",
  change: (document) => {
    document.thumbnail = [shown(what)];
  },
});

const canvasThumbnail = (index: number, what: Shown): Difference => ({
  rule: "D9: the thumbnail's service is that of the page's image; the picture is its stored size nearest above 400",
  change: ({ items }) => {
    items[index].thumbnail = [shown(what)];
  },
});

const labelledSeeAlso: Difference = {
  rule: "D7: seeAlso has a label",
  change: ({ seeAlso }) => {
    seeAlso[0].label = { en: ["EDM"] };
  },
};

const europeana = logo({ identifier: "europeana", image: [100, 310], picture: [100, 310] });

const issue = (images: string): readonly Difference[] => [
  sizedBodies,
  europeana,
  labelledSeeAlso,
  thumbnail({ identifier: `${images}-p1`, image: [3602, 5000], picture: [288, 400] }),
  {
    rule: "C6: partOf has a label",
    change: ({ partOf }) => {
      partOf[0].label = { de: ["Berliner Tageblatt"] };
    },
  },
  {
    rule: "E12: the file of the text is a seeAlso of the canvas, for machines, with the profile of its version",
    change: ({ items }) => {
      for (const canvas of items) {
        const [{ label, format }] = canvas.rendering;
        const id = `https://iiif.example.org/presentation/object/file/${bodyOf(canvas).service[0].id.replace("image:", "")}`;
        canvas.seeAlso = [{ id, type: "Dataset", label, format, profile: "http://www.loc.gov/standards/alto/ns-v3#" }];
        delete canvas.rendering;
      }
    },
  },
  {
    rule: "F2: a page of text is referenced with a label",
    change: ({ items }) => {
      for (const { annotations } of items) annotations[0].label = { en: ["Text"] };
    },
  },
  {
    rule: "F3, A1: where there is text, there is a search, and its context stands before the Presentation's",
    change: (manifest) => {
      const search = "https://iiif.example.org/presentation/object/search";
      manifest["@context"] = ["http://iiif.io/api/search/2/context.json", manifest["@context"]];
      manifest.service = [
        { id: `${search}/2`, type: "SearchService2" },
        {
          "@id": `${search}/1`,
          "@type": "SearchService1",
          profile: "http://iiif.io/api/search/1/search",
        },
      ];
    },
  },
];

const goettingenSizes = [
  { width: 126, height: 95 },
  { width: 252, height: 189 },
  { width: 504, height: 378 },
];
const fountainSizes = goettingenSizes.map(({ width, height }) => ({ width: height, height: width }));

/** By the name of the recipe's file: where it and what is written here differ, and by which rule. */
export const recipeDifferences: Readonly<Record<string, readonly Difference[]>> = {
  "0001-mvm-image_manifest": [painted("page1", [1200, 1800])],
  "0004-canvas-size_manifest": [painted("act1", [640, 360])],
  "0047-homepage_manifest": [painted("laocoon", [2315, 3000])],
  "0057-publishing-v2-and-v3_manifest-v3": [
    painted("page1", [1200, 1800]),
    {
      rule: "G: one record for both versions: the label that the recipe has in 2.1 stands in 3.0 too",
      change: ({ items }) => {
        items[0].label = { none: ["p. 1"] };
      },
    },
  ],
  "0068-newspaper_newspaper_issue_1-manifest": issue("newspaper"),
  "0068-newspaper_newspaper_issue_2-manifest": issue("newspaper-issue2"),
  "0068-newspaper_newspaper_title-collection": [europeana, labelledSeeAlso],
  "0117-add-image-thumbnail_manifest": [
    thumbnail({
      identifier: "ucla_bib1987273_no001_rs_001_full",
      image: [4520, 5312],
      picture: [340, 400],
    }),
  ],
  "0118-multivalue_manifest": [painted("Whistlers_Mother", [1114, 991])],
  "0230-navdate_navdate-collection": [
    thumbnail({
      identifier: "88695674",
      image: [5212, 7072],
      picture: [221, 300],
      sizes: [{ width: 221, height: 300 }],
    }),
  ],
  "0232-image-thumbnail-canvas_manifest-image": [
    canvasThumbnail(0, {
      identifier: "gottingen",
      image: [4032, 3024],
      picture: [504, 378],
      sizes: goettingenSizes,
    }),
    canvasThumbnail(1, { identifier: "fountain", image: [3024, 4032], picture: [378, 504], sizes: fountainSizes }),
  ],
  "0234-provider_manifest": [
    logo({
      identifier: "UCLA-Library-Logo-double-line-2",
      image: [1200, 502],
      picture: [600, 251],
      sizes: [
        { width: 300, height: 126 },
        { width: 600, height: 251 },
        { width: 1200, height: 502 },
      ],
    }),
  ],
};
