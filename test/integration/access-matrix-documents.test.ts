import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Access } from "../../src/access/access.ts";
import { formatCollection } from "../../src/catalogue/collection.ts";
import { parseImageRecord, recordKey } from "../../src/catalogue/image-records.ts";
import type { Work } from "../../src/catalogue/work.ts";
import { formatSegment } from "../../src/identity/identifier.ts";
import { type AskerName, askers, type Case, cases, rules } from "../support/access-cases.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { makeIndex, pageText, storeFeed, storeObject } from "../support/stored-objects.ts";
import { lettingIn } from "../support/visitors.ts";
import { makeImage, makeMember, makePage, makeWork } from "../support/works.ts";

/** Those of all who ask that differ for what is not an image: what they show is the matter of the matrix of images. */
const asking = ["anybody", "the network", "accepted", "staff", "staff in the network", "a token"] as const;

const full = { width: 60, height: 40 };
const gateway = [
  { prefix: "/loris/", id: { strip: ".jp2" } },
  { prefix: "/dzi/", protocol: "deepzoom" },
  { prefix: "/zoomify/", protocol: "zoomify", tileSize: 64 },
  { prefix: "/fcgi-bin/iipsrv.fcgi", protocol: "iip" },
];
const variables = { ...lettingIn, BASE_URL: "https://images.example", GATEWAY: gateway };

/** An image that is the only page of an object, or that and what the object states itself. */
interface Shown {
  readonly key: string;
  readonly image: Case;
  /** What is stated of the documents of the object; undefined for nothing. */
  readonly object?: Case;
}

// Objects are made of images that have records.
const recorded = cases.filter(({ name, policy }) => policy !== undefined || name === "a/unstated");
const caseOf = (name: string): Case => cases.find((one) => one.name === name) as Case;
const alone: readonly Shown[] = recorded.map((image, index) => ({ key: `alone${index}`, image }));
const both: readonly Shown[] = ["a/closed", "a/hidden", "a/signed", "a/network", "a/click", "a/role"]
  .map(caseOf)
  .flatMap((object) =>
    ["a/open", "a/closed small", "a/hidden", "a/network", "a/role"].map((image) => ({ object, image: caseOf(image) })),
  )
  .map((pair, index) => ({ key: `both${index}`, ...pair }));

function accessOf({ policy }: Case): Access {
  const [kind, name] = (policy as { readonly access: string }).access.split(":");
  return (name === undefined ? { kind } : { kind, names: [name] }) as Access;
}

function workOf({ key, image, object }: Shown): Work {
  const record = parseImageRecord(recordOf(image), image.name);
  const stored = makeImage({
    identifier: image.name,
    ...full,
    sizes: [{ width: 15, height: 10 }],
    ...(record?.policy === undefined ? {} : { policy: record.policy }),
  });
  const page = makePage(`p${key}`, { ...full, text: pageText, images: [stored] });
  return makeWork({
    key,
    label: { en: ["Papers"] },
    attachments: [{ file: `${key}.pdf`, sha256: "00" }],
    pages: [page],
    ...(object === undefined ? {} : { access: accessOf(object) }),
  });
}

function recordOf({ name, policy }: Case): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ identifier: name, metadata: [], ...full, policy }));
}

beforeAll(async () => {
  const file = await makeTiff({ ...full, tile: 32, levels: 2, pages: [{ width: 30, height: 20, tile: 32 }] });
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  for (const one of recorded) {
    await env.MASTERS.put(one.name, file);
    if (one.policy !== undefined) await env.CATALOGUE.put(recordKey(one.name), recordOf(one));
  }
  await makeIndex();
  const works = [...alone, ...both].map(workOf);
  for (const work of works) await storeObject(work);
  await storeFeed(works.map(({ key }) => key));
  const members = works.map(({ key, access, pages: [page] }) =>
    makeMember(key, { ...(access && { access }), ...(page?.images[0] && { thumbnail: page.images[0] }) }),
  );
  const collection = { key: "all", label: { en: ["All"] }, metadata: [], collections: [], isMultiPart: false, members };
  await env.CATALOGUE.put("collections/all.json", formatCollection(collection));
});

type AskedBy = (typeof asking)[number];

async function askAs(asker: AskedBy, path: string) {
  const { status, headers, text } = await ask(path, { headers: await askers[asker](), env: variables });
  return { status, kept: headers.get("Cache-Control") ?? "", text };
}

/** What becomes of somebody for whom all of some cases count: 200, or how he is refused, by the words of the manual. */
function statusOf(all: readonly Case[], asker: AskerName): number {
  const refusals = all
    .filter(({ sees }) => !sees.includes(asker))
    .map(({ refusal, others = {} }) => others[asker]?.refusal ?? refusal);
  // What is hidden is not there, whatever else counts, and what a login does not help against comes before what it does.
  return [404, 403, 401].find((refusal) => refusals.some((one) => one === refusal)) ?? 200;
}

const isForAll = (all: readonly Case[]): boolean => statusOf(all, "anybody") === 200;

/** What is wrong with an answer to somebody for whom all of some cases count: its status, who may keep it, what it tells. */
function decidedWrong(
  { status, kept, text }: { readonly status: number; readonly kept: string; readonly text: string },
  { asker, counting }: { readonly asker: AskedBy; readonly counting: readonly Case[] },
): readonly string[] {
  const expected = statusOf(counting, asker);
  // What is refused nobody keeps, nor what depends on who asks. That nothing is there is the same for all.
  const isKept = status === 404 || (status === 200 && isForAll(counting));
  return [
    ...(status === expected ? [] : [`${status} in place of ${expected}`]),
    ...((kept === "private, no-store") === !isKept ? [] : [`is kept: ${kept}`]),
    ...(status !== 200 && /whisper|Papers/.test(text) ? ["tells something of what it refuses"] : []),
  ];
}

/** Documents show what anybody may see, the same to all who may see them. */
const documents = (key: string): readonly string[] => [
  `/presentation/3/${key}/manifest`,
  `/presentation/2/${key}/manifest`,
  `/presentation/${key}/canvas/p${key}`,
  `/presentation/${key}/search/1?q=whisper`,
  `/presentation/${key}/search/2?q=whisper`,
  `/objects/${key}`,
];

/** What shows all of a page is had by who sees its image whole. */
const texts = (key: string): readonly string[] => [
  `/presentation/3/${key}/text/p${key}`,
  `/presentation/2/%${key.charCodeAt(0).toString(16)}${key.slice(1)}/text/p${key}`,
  `/presentation/${key}/file/p${key}`,
  `/presentation/${key}/attachment/${key}.pdf`,
];

/** What a document tells of an image: that somebody is to be let in to see it, where it has no thumbnail of it. */
function toldOf(text: string, identifier: string): string {
  const id = formatSegment(identifier);
  const [reduced] = new RegExp(`${id};max=\\d+`).exec(text) ?? [];
  if (reduced !== undefined) return reduced;
  if (!text.includes(`/${id}"`)) return "nothing";
  return text.includes('"thumbnail"') ? "a picture" : "a service";
}

function expectedTold({ name, sees, publicSize }: Case): string {
  const id = formatSegment(name);
  if (sees.includes("anybody")) return "a picture";
  if (publicSize !== undefined) return `${id};max=${publicSize}`;
  return sees.length > 0 ? "a service" : "nothing";
}

let turn = 0;

/** Anybody, and some of the others, one after the other: each meets each address in the course of all. */
function some(others: number): readonly AskedBy[] {
  const [first, ...rest] = asking;
  return [first, ...Array.from({ length: others }, () => rest[turn++ % rest.length] as AskedBy)];
}

const nameOf = ({ image, object }: Shown): string => `${image.name}${object ? ` in one of ${object.name}` : ""}`;

// L10, L14, L15
describe.each([...alone, ...both].map((shown) => ({ ...shown, name: nameOf(shown) })))(
  "an object of $name",
  (shown) => {
    const { key, image, object } = shown;
    const stated = object === undefined ? [] : [object];
    const isHidden = image.refusal === 404 && image.sees.length === 0;

    it("is told of as far as anybody may see it", async () => {
      const counting = isHidden ? [...stated, image] : stated;
      const wrong: string[] = [];
      for (const path of documents(key)) {
        let first: string | undefined;
        for (const asker of some(1)) {
          const answer = await askAs(asker, path);
          const said = `${asker}, ${path}:`;
          wrong.push(...decidedWrong(answer, { asker, counting }).map((fault) => `${said} ${fault}`));
          if (answer.status !== 200) continue;
          first ??= answer.text;
          if (answer.text !== first) wrong.push(`${said} is another one than for others`);
          const told = toldOf(answer.text, image.name);
          if (/manifest|canvas/.test(path) && told !== expectedTold(image)) wrong.push(`${said} tells of ${told}`);
          if (/search/.test(path) && answer.text.includes(`wordp${key}`) !== isForAll([image]))
            wrong.push(`${said} finds what it should not, or not what it should`);
        }
      }
      expect(wrong).toEqual([]);
    });

    it("has its text and its file shown to those who see its image whole", async () => {
      const wrong: string[] = [];
      for (const [index, path] of texts(key).entries()) {
        for (const asker of index === 0 ? asking : some(1)) {
          const answer = await askAs(asker, path);
          const faults = decidedWrong(answer, { asker, counting: [...stated, image] });
          wrong.push(...faults.map((fault) => `${asker}, ${path}: ${fault}`));
        }
      }
      expect(wrong).toEqual([]);
    });
  },
);

/** Lists of objects, with those that they tell of. */
const lists: readonly { readonly path: string; readonly tellsOf: (shown: Shown) => boolean }[] = [
  { path: "/presentation/activity/1", tellsOf: isPublic },
  { path: "/presentation/3/all/collection", tellsOf: isListed },
  { path: "/presentation/2/all/collection", tellsOf: isListed },
  { path: "/presentation/search?q=papers", tellsOf: isPublic },
  { path: "/presentation/search?q=papers&from=20", tellsOf: isPublic },
];

function isPublic({ image, object }: Shown): boolean {
  return isThere(image) && (object === undefined || isForAll([object]));
}

/** There are some who see it, by asking for no other address. */
function isListed({ image, object }: Shown): boolean {
  return isThere(image) && (object === undefined || object.sees.some((asker) => asker in askers));
}

function isThere(image: Case): boolean {
  return image.refusal !== 404 || image.sees.length > 0;
}

// L14
describe.each(lists)("the list $path", ({ path, tellsOf }) => {
  it("tells everybody the same, of what anybody may be told of, with pictures that anybody sees", async () => {
    const answers = await Promise.all(asking.map((asker) => askAs(asker, path)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const [{ status, text } = { status: 0, text: "" }] = answers;
    expect(status).toBe(200);
    const wanted = [...alone, ...both].filter(tellsOf).map(({ key }) => key);
    const told = [...new Set(text.match(/(?:alone|both)\d+/g))];
    // A search tells of 20 at once, and of how many there are once it has come to the last.
    if (path.includes("search")) expect(wanted).toEqual(expect.arrayContaining(told));
    else expect(told.toSorted()).toEqual(wanted.toSorted());
    if (path.includes("from=20")) expect(JSON.parse(text)).toMatchObject({ total: wanted.length, isTotalExact: true });
    for (const { name, publicSize } of recorded.filter(({ sees }) => !sees.includes("anybody"))) {
      const id = formatSegment(name);
      expect([name, text.includes(`${id}/`), publicSize === undefined && text.includes(`${id};`)]).toEqual([
        name,
        false,
        false,
      ]);
    }
  });
});
