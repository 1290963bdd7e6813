import type { Collection, Member } from "../../src/catalogue/collection.ts";
import type { Described } from "../../src/catalogue/described.ts";
import type { LabelledValue, LanguageMap } from "../../src/catalogue/language-map.ts";
import type { Entry, Page, Work } from "../../src/catalogue/work.ts";
import { en, page, recipePages } from "./recipe-pages.ts";

/** A record that a recipe of the cookbook would be made from. */
export type RecipeRecord =
  | { readonly kind: "object"; readonly record: Work }
  | { readonly kind: "collection"; readonly record: Collection };

const pair = (label: LanguageMap, value: LanguageMap): LabelledValue => ({ label, value });

function work(label: LanguageMap, pages: readonly Page[], rest: Partial<Work> = {}): RecipeRecord {
  return {
    kind: "object",
    record: { key: "object", label, metadata: [], collections: [], pages, contents: [], ...rest },
  };
}

function collection(label: LanguageMap, members: readonly Member[], rest: Partial<Collection> = {}): RecipeRecord {
  const record = { key: "collection", label, metadata: [], collections: [], isMultiPart: false, members, ...rest };
  return { kind: "collection", record };
}

const member = (key: string, label: LanguageMap, rest: Partial<Member> = {}): Member => {
  return { kind: "object", key, label, ...rest };
};

const gottingen = en("Picture of Göttingen taken during the 2019 IIIF Conference");
const gottingenImage = page("gottingen", [4032, 3024]);
const dee = en("John Dee performing an experiment before Queen Elizabeth I.");
const deeImage = (key: string, label: LanguageMap) => ({
  identifier: key,
  width: 2000,
  height: 1271,
  sizes: [],
  label,
});
const shareAlike = "http://creativecommons.org/licenses/by-sa/3.0/";
const publicDomain = "http://creativecommons.org/publicdomain/mark/1.0/";
const playbill = en(
  'Playbill for "Akiba gongen kaisen-banashi," "Futatsu chōchō kuruwa nikki" and "Godairiki koi no fūjime" performed at the Chikugo Theater in Osaka from the fifth month of Kaei 2 (May, 1849); main actors: Gadō Kataoka II, Ebizō Ichikawa VI, Kitō Sawamura II, Daigorō Mimasu IV and Karoku Nakamura I; on front cover: producer Mominosuke Ichikawa\'s crest.',
);
const cover = (comma: string) =>
  en(
    `Cover of playbill for "Akiba gongen kaisen-banashi," "Futatsu chōchō kuruwa nikki" and "Godairiki koi no fūjime" performed at the Chikugo Theater in Osaka from the fifth month of Kaei 2 (May, 1849); main actors: Gadō Kataoka II, Ebizō Ichikawa VI, Kitō Sawamura II, Daigorō Mimasu IV${comma} and Karoku Nakamura I; on front cover: producer Mominosuke Ichikawa's crest.`,
  );
const canal = (year: number) =>
  en(`${year} Chesapeake and Ohio Canal, Washington, D.C., Maryland, West Virginia, official map and guide`);
const map = (year: number) => en(`${year} Map, recto and verso, with a date of publication`);

/** What both of the newspaper's issues and their title say. */
function newspaper(see: string): Partial<Described> {
  const logo = { identifier: "europeana", width: 100, height: 310, sizes: [] };
  const text =
    "<p><a href='https://www.europeana.eu/portal/record/9200355/BibliographicResource_3000096302605.html'>Berliner Tageblatt</a> - Staatsbibliothek zu Berlin - Preußischer Kulturbesitz. Public Domain Mark - http://creativecommons.org/publicdomain/mark/1.0/</p>";
  const about = { format: "application/ld+json", profile: "http://www.europeana.eu/schemas/edm/" };
  const uri = `https://www.europeana.eu/api/v2/record/9200355/BibliographicResource_${see}.json-ld`;
  return {
    rights: publicDomain,
    requiredStatement: pair(en("Attribution"), en(text)),
    provider: [{ uri: "https://www.europeana.eu/", label: en("Europeana"), logo }],
    seeAlso: [{ uri, label: en("EDM"), ...about }],
  };
}

function issue(date: string, { see, images }: { readonly see: string; readonly images: string }): RecipeRecord {
  const pages = [1, 2].map((number) =>
    page(`${images}-p${number}`, [3602, 5000], {
      label: { none: [`p. ${number}`] },
      text: { format: "alto", file: `p${number}.xml`, language: "de" },
    }),
  );
  return work({ de: [`Berliner Tageblatt - ${date}`] }, pages, {
    ...newspaper(see),
    navDate: `${date}T00:00:00Z`,
    metadata: [
      pair(en("type"), {
        none: ["http://schema.org/PublicationIssue", "http://data.europeana.eu/concept/base/18"],
        en: ["Analytic serial", "Newspaper", "Newspaper Issue"],
      }),
      pair(en("language"), { none: ["de"], en: ["German"] }),
    ],
    collections: [{ key: "tageblatt", label: { de: ["Berliner Tageblatt"] } }],
  });
}

function entry(key: string, label: LanguageMap, inside: readonly (number | Entry)[]): Entry {
  const pages = inside.flatMap((part) => (typeof part === "number" ? [recipePages.ethiopic[part]?.key ?? ""] : []));
  const entries = inside.filter((part) => typeof part !== "number");
  return { key, label, pages, entries };
}

/** A page whose image has the stored sizes of 0232: 1/32, 1/16 and 1/8, rounded up. */
function levelled(key: string, [width, height]: readonly [number, number], label: string): Page {
  const sizes = [32, 16, 8].map((factor) => ({ width: Math.ceil(width / factor), height: Math.ceil(height / factor) }));
  return page(key, [width, height], { label: en(label), images: [{ identifier: key, width, height, sizes }] });
}

/** The page that 0283 lacks: as large as the one before it. */
function missing({ key }: Page): Page {
  const metadata = [pair(en("Description"), en("Image unavailable or does not exist"))];
  return { key, width: 1768, height: 2504, images: [], label: en("f. 1v — MISSING"), metadata };
}

/** By the name of the recipe's file. Source: the IIIF Cookbook (CC BY 4.0), whose objects these records describe. */
export const recipeRecords: Readonly<Record<string, RecipeRecord>> = {
  "0001-mvm-image_manifest": work(en("Single Image Example"), [page("page1", [1200, 1800])]),
  "0004-canvas-size_manifest": work(en("Still image from an opera performance at Indiana University"), [
    page("act1", [1920, 1080], { images: [{ identifier: "act1", width: 640, height: 360, sizes: [] }] }),
  ]),
  "0005-image-service_manifest": work(gottingen, [{ ...gottingenImage, label: en("Canvas with a single IIIF image") }]),
  "0006-text-language_manifest": work(
    { en: ["Whistler's Mother"], fr: ["La Mère de Whistler"] },
    [page("Whistlers_Mother", [1114, 991])],
    {
      metadata: [
        pair({ en: ["Creator"], fr: ["Auteur"] }, { none: ["Whistler, James Abbott McNeill"] }),
        pair(
          { en: ["Subject"], fr: ["Sujet"] },
          {
            en: ["McNeill Anna Matilda, mother of Whistler (1804-1881)"],
            fr: ["McNeill Anna Matilda, mère de Whistler (1804-1881)"],
          },
        ),
      ],
      summary: {
        en: ["Arrangement in Grey and Black No. 1, also called Portrait of the Artist's Mother."],
        fr: ["Arrangement en gris et noir n°1, also called Portrait de la mère de l'artiste."],
      },
      requiredStatement: pair({ en: ["Held By"], fr: ["Détenu par"] }, { none: ["Musée d'Orsay, Paris, France"] }),
    },
  ),
  "0007-string-formats_manifest": work(gottingen, [gottingenImage], {
    summary: en('<p>Picture taken by the <a href="https://github.com/glenrobson">IIIF Technical Coordinator</a></p>'),
    metadata: [pair(en("Author"), { none: ["<span><a href='https://github.com/glenrobson'>Glen Robson</a></span>"] })],
    rights: shareAlike,
    requiredStatement: pair(
      en("Attribution"),
      en(
        '<span>Glen Robson, IIIF Technical Coordinator. <a href="https://creativecommons.org/licenses/by-sa/3.0">CC BY-SA 3.0</a> <img src="https://licensebuttons.net/l/by-sa/3.0/88x31.png"/></span>',
      ),
    ),
  }),
  "0008-rights_manifest": work(gottingen, [gottingenImage], {
    summary: en('<p>Picture taken by the <a href="https://github.com/glenrobson">IIIF Technical Coordinator</a></p>'),
    rights: shareAlike,
    requiredStatement: pair(
      en("Attribution"),
      en(
        '<span>Glen Robson, IIIF Technical Coordinator. <a href="https://creativecommons.org/licenses/by-sa/3.0">CC BY-SA 3.0</a> <a href="https://creativecommons.org/licenses/by-sa/3.0" title="CC BY-SA 3.0"><img src="https://licensebuttons.net/l/by-sa/3.0/88x31.png"/></a></span>',
      ),
    ),
  }),
  "0009-book-1_manifest": work(en("Simple Manifest - Book"), recipePages.gallica, { layout: "paged" }),
  "0010-book-2-viewing-direction_manifest-rtl": work(
    en("Book with Right-to-Left Viewing Direction"),
    recipePages.playbill,
    { summary: playbill, viewingDirection: "right-to-left" },
  ),
  "0010-book-2-viewing-direction_manifest-ttb": work(
    en("Diary with Top-to-Bottom Viewing Direction"),
    recipePages.diary,
    {
      summary: en(
        "William Lewis Sachtleben was an American long-distance cyclist who rode across Asia from Istanbul to Peking in 1891 to 1892 with Thomas Gaskell Allen Jr., his classmate from Washington University. This was part of a longer journey that began the day after they had graduated from college, when they travelled to New York and on to Liverpool; in all they travelled 15,044 miles by bicycle, 'the longest continuous land journey ever made around the world' as reported in their book <cite>Across Asia on a bicycle</cite> (1895). Sachtleben documented his travels with photographs and diaries, the latter of which he numbered sequentially. The diary of notebook 'No. 10' covers a portion of their journey through the Armenian area of Turkey from April 12 to May 9 (there is a 2-page reading list at the end). During this time they rode from Ankara (Angora in the diary) to Sivas, where they stayed for ten days while Allen had a bout of typhoid fever, and the first half of a ten-day excursion to Merzifon (Mersovan in the diary), taken by Sachtleben to give Allen additional time to recover.",
      ),
      viewingDirection: "top-to-bottom",
    },
  ),
  "0011-book-3-behavior_manifest-continuous": work(
    { gez: ["Ms. 21 Māzemurā Dāwit, Asmat [መዝሙረ ዳዊት]"] },
    recipePages.scroll,
    { layout: "continuous" },
  ),
  "0011-book-3-behavior_manifest-individuals": work(
    {
      ca: [
        "[Conoximent de las orines] Ihesus, Ihesus. En nom de Deu et dela beneyeta sa mare e de tots los angels i archangels e de tots los sants e santes de paradis yo micer Johannes comense aquest libre de reseptes en l’ayn Mi 466.",
      ],
    },
    recipePages.openings,
    { layout: "individuals" },
  ),
  "0024-book-4-toc_manifest": work(en("Ethiopic Ms 10"), recipePages.ethiopic, {
    contents: [
      entry("r0", en("Table of Contents"), [
        entry("r1", { gez: ["Tabiba Tabiban [ጠቢበ ጠቢባን]"] }, [0, 1]),
        entry("r2", { gez: ["Arede'et [አርድዕት]"] }, [
          entry("r2-1", en("Monday"), [2, 3]),
          entry("r2-2", en("Tuesday"), [4, 5]),
        ]),
      ]),
    ],
  }),
  "0029-metadata-anywhere_manifest": work(
    dee,
    [
      page("dee-natural", [2000, 1271], {
        label: en("Painting under natural light"),
        metadata: [
          pair(
            en("Description"),
            en(
              "The scene is the house at Mortlake of Dr John Dee (1527-1608). At the court of Queen Elizabeth I, Dee was revered for the range of his scientific knowledge, which embraced the fields of mathematics, navigation, geography, alchemy/chemistry, medicine and optics. In the painting he is showing the effect of combining two elements, either to cause combustion or to extinguish it. Behind him is his assistant Edward Kelly, wearing a long skullcap to conceal the fact that his ears had been cropped as a punishment for forgery.",
            ),
          ),
        ],
      }),
      page("dee-xray", [2000, 1271], {
        label: en("X-ray view of painting"),
        metadata: [
          pair(
            en("Description"),
            en(
              "The painting originally showed Dee standing in a circle of skulls on the floor, stretching from the floor area in front of the Queen (on the left) to the floor near Edward Kelly (on the right). The skulls were at an early stage painted over, but have since become visible. Another pentimento is visible in the tapestry on the right: shelves containing monstrous animals are visible behind it. The pentimenti were clarified when the painting was X-rayed in 2015.",
            ),
          ),
        ],
      }),
    ],
    {
      metadata: [
        pair(en("Creator"), en("Glindoni, Henry Gillard, 1852-1913")),
        pair(en("Date"), en("1800-1899")),
        pair(en("Physical Description"), en("1 painting : oil on canvas ; canvas 152 x 244.4 cm")),
        pair(en("Reference"), en("Wellcome Library no. 47369i")),
      ],
      requiredStatement: pair(
        en("Attribution"),
        en("Wellcome Collection. Attribution-NonCommercial 4.0 International (CC BY-NC 4.0)"),
      ),
    },
  ),
  "0030-multi-volume_collection": collection(
    { jp: ["青楼絵本年中行事 [Seirō ehon nenjū gyōji]"] },
    [member("volume/1", { jp: ["巻 1 [Vol. 1]"] }), member("volume/2", { jp: ["巻 2 [Vol. 2]"] })],
    { isMultiPart: true },
  ),
  "0030-multi-volume_manifest_v1": work(
    en("Seirō ehon nenjū gyōji : kan 1 | 青楼絵本年中行事 : 巻 1"),
    recipePages.volume1,
    { layout: "individuals", viewingDirection: "right-to-left" },
  ),
  "0030-multi-volume_manifest_v2": work(
    en("Seirō ehon nenjū gyōji : kan 2 | 青楼絵本年中行事 : 巻 2"),
    recipePages.volume2,
    { layout: "individuals", viewingDirection: "right-to-left" },
  ),
  "0032-collection_collection": collection(en("Simple Collection Example"), [
    member("gulf-stream", en("The Gulf Stream")),
    member("northeaster", en("Northeaster")),
  ]),
  "0032-collection_manifest-01": work(
    en("The Gulf Stream"),
    [page("Winslow_Homer_-_The_Gulf_Stream_-_Metropolitan_Museum_of_Art", [5886, 3540])],
    { metadata: [pair(en("Artist"), en("Winslow Homer (1836–1910)")), pair(en("Date"), en("1899"))] },
  ),
  "0032-collection_manifest-02": work(en("Northeaster"), [page("Northeaster_by_Winslow_Homer_1895", [3764, 2572])], {
    metadata: [pair(en("Artist"), en("Winslow Homer (1836–1910)")), pair(en("Date"), en("1895"))],
  }),
  "0033-choice_manifest": work(dee, [
    page("dee", [2000, 1271], {
      images: [deeImage("dee-natural", en("Natural Light")), deeImage("dee-xray", en("X-Ray"))],
    }),
  ]),
  "0035-foldouts_manifest": work(
    en(
      "Outlines of geology being the substance of a course of lectures delivered in the Theatre of the Royal Institution in the year 1816",
    ),
    recipePages.foldOut,
    { layout: "paged" },
  ),
  "0046-rendering_manifest": work(en("Alternative Representations Through Rendering"), recipePages.playbill, {
    summary: playbill,
    viewingDirection: "right-to-left",
    rendering: [
      {
        uri: "https://fixtures.iiif.io/other/UCLA/kabuki_ezukushi_rtl.pdf",
        label: en("PDF version"),
        format: "application/pdf",
      },
    ],
  }),
  "0047-homepage_manifest": work(
    { none: ["Laocöon"] },
    [page("laocoon", [2315, 3000], { label: { none: ["Front"] } })],
    {
      homepage: [
        {
          uri: "https://www.getty.edu/art/collection/object/103RQQ",
          label: en("Home page at the Getty Museum Collection"),
          format: "text/html",
          language: ["en"],
        },
      ],
    },
  ),
  "0053-seeAlso_manifest": work(en("Linking to Structured Metadata"), recipePages.playbill, {
    summary: playbill,
    viewingDirection: "right-to-left",
    seeAlso: [
      {
        uri: "https://fixtures.iiif.io/other/UCLA/ezukushi_mods.xml",
        label: en("MODS metadata"),
        format: "text/xml",
        profile: "http://www.loc.gov/mods/v3",
      },
    ],
  }),
  "0057-publishing-v2-and-v3_manifest-v3": work(en("IIIF Presentation Version 3 Minimum Viable Manifest"), [
    page("page1", [1200, 1800], { label: { none: ["p. 1"] } }),
  ]),
  "0068-newspaper_newspaper_issue_1-manifest": issue("1925-02-16", { see: "3000096302513", images: "newspaper" }),
  "0068-newspaper_newspaper_issue_2-manifest": issue("1925-03-13", {
    see: "3000096302516",
    images: "newspaper-issue2",
  }),
  "0068-newspaper_newspaper_title-collection": collection(
    { de: ["Berliner Tageblatt"] },
    [
      member("issue/1", { de: ["Berliner Tageblatt - 1925-02-16"] }, { navDate: "1925-02-16T00:00:00Z" }),
      member("issue/2", { de: ["Berliner Tageblatt - 1925-03-13"] }, { navDate: "1925-03-13T00:00:00Z" }),
    ],
    {
      ...newspaper("3000096302605"),
      metadata: [
        pair(en("type"), {
          none: ["http://data.europeana.eu/concept/base/18"],
          en: ["Newspaper Title", "Serial"],
        }),
        pair(en("language"), { none: ["de"], en: ["German"] }),
      ],
    },
  ),
  "0117-add-image-thumbnail_manifest": work(
    en("Playbill Cover with Manifest Thumbnail"),
    [page("ucla_bib1987273_no001_rs_001_full", [4520, 5312], { label: en("front cover with color bar") })],
    { summary: cover(""), thumbnail: "ucla_bib1987273_no001_rs_001_full" },
  ),
  "0118-multivalue_manifest": work(
    { fr: ["Arrangement en gris et noir no 1"] },
    [page("Whistlers_Mother", [1114, 991])],
    {
      metadata: [
        pair(en("Alternative titles"), {
          en: ["Whistler's Mother", "Arrangement in Grey and Black No. 1"],
          fr: ["Portrait de la mère de l'artiste", "La Mère de Whistler"],
        }),
      ],
      summary: en("A painting in oil on canvas created by the American-born painter James McNeill Whistler, in 1871."),
    },
  ),
  "0202-start-canvas_manifest": work(en("Multiple Related Images (Book, etc.)"), recipePages.gallica, {
    start: "gallica_ark_12148_bpt6k1526005v_f19",
  }),
  "0230-navdate_navdate-collection": collection(
    en("Chesapeake and Ohio Canal map and guide pamphlets"),
    [
      member("map/2", canal(1986), { navDate: "1986-01-01T00:00:00Z" }),
      member("map/1", canal(1987), { navDate: "1987-01-01T00:00:00Z" }),
    ],
    { thumbnail: { identifier: "88695674", width: 5212, height: 7072, sizes: [{ width: 221, height: 300 }] } },
  ),
  "0230-navdate_navdate_map_1-manifest": work(canal(1987), [page("88695674", [5212, 7072], { label: map(1987) })], {
    navDate: "1987-01-01T00:00:00Z",
  }),
  "0230-navdate_navdate_map_2-manifest": work(
    canal(1986),
    [page("87691274-1986", [1286, 1765], { label: map(1986) })],
    { navDate: "1986-01-01T00:00:00Z" },
  ),
  "0232-image-thumbnail-canvas_manifest-image": work(en("Gänseliesel-Brunnen, Göttingen"), [
    levelled("gottingen", [4032, 3024], "Photo of the Gänseliesel-Brunnen taken at the 2019 IIIF Conference"),
    levelled("fountain", [3024, 4032], "Gänseliesel-Brunnen at Night"),
  ]),
  "0234-provider_manifest": work(
    en("Playbill Cover"),
    [page("ucla_bib1987273_no001_rs_001_full", [4520, 5312], { label: en("front cover with color bar") })],
    {
      summary: cover(","),
      provider: [
        {
          uri: "https://id.loc.gov/authorities/n79055331",
          label: en("UCLA Library"),
          homepage: [
            {
              uri: "https://digital.library.ucla.edu/",
              label: en("UCLA Library Digital Collections"),
              format: "text/html",
              language: ["en"],
            },
          ],
          logo: {
            identifier: "UCLA-Library-Logo-double-line-2",
            width: 1200,
            height: 502,
            sizes: [
              { width: 300, height: 126 },
              { width: 600, height: 251 },
              { width: 1200, height: 502 },
            ],
          },
          seeAlso: [
            {
              uri: "https://id.loc.gov/authorities/names/n79055331.madsxml.xml",
              label: en("US Library of Congress data about the UCLA Library"),
              format: "application/xml",
              profile: "http://www.loc.gov/mads/v2",
            },
          ],
        },
      ],
    },
  ),
  "0283-missing-image_manifest": work(
    en("Ethiopic Ms 10"),
    recipePages.ethiopic.slice(0, 4).map((each, index) => (index === 1 ? missing(each) : each)),
  ),
};
