import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { signImage } from "../../src/access/signature.ts";
import { identifierOf } from "../../src/identity/identifier.ts";
import { type AskerName, askers, type Case, cases, everybody, rules, signatures } from "../support/access-cases.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { accessSecret, lettingIn } from "../support/visitors.ts";

const full = { width: 60, height: 40 };
const gateway = [{ prefix: "/dzi/", protocol: "deepzoom" }];

/** What is asked for: of the image as it is called, and how it is spelt. */
interface Endpoint {
  readonly name: string;
  readonly path: (identifier: string) => string;
  /**
   * `told` tells of an image and may be had by a token; `whole` is a picture of all of it, `part` of a part; `old` shows what
   * may be seen at one address; `leads` is a redirect to what tells.
   */
  readonly kind: "told" | "whole" | "part" | "old" | "leads";
  /** The longest side of the reduced image that is asked for. */
  readonly side?: number;
  readonly method?: "HEAD";
}

const image = (version: number, end: string) => (identifier: string) => `/iiif/${version}/${identifier}/${end}`;
const reduced = (side: number, end: string) => (identifier: string) => `/iiif/3/${identifier}%3Bmax%3D${side}/${end}`;

const endpoints: readonly Endpoint[] = [
  { name: "info.json 3", kind: "told", path: image(3, "info.json") },
  { name: "info.json 2", kind: "told", path: image(2, "info.json") },
  { name: "HEAD of info.json", kind: "told", path: image(3, "info.json"), method: "HEAD" },
  { name: "the base URI", kind: "leads", path: (identifier) => `/iiif/3/${identifier}` },
  { name: "a tile", kind: "part", path: image(3, "0,0,16,16/16,16/0/default.jpg") },
  { name: "HEAD of a tile", kind: "part", path: image(2, "0,0,16,16/16,/0/default.png"), method: "HEAD" },
  { name: "a copied TIFF tile", kind: "part", path: image(3, "0,0,32,32/max/0/default.tif") },
  { name: "a thumbnail", kind: "whole", path: image(3, "full/15,/0/default.jpg") },
  { name: "the whole picture", kind: "whole", path: image(3, "full/max/0/default.webp") },
  { name: "the reduced image", kind: "told", path: reduced(10, "info.json"), side: 10 },
  { name: "a part of the reduced image", kind: "part", path: reduced(10, "0,0,5,5/max/0/gray.jpg"), side: 10 },
  { name: "a reduced image that is larger", kind: "part", path: reduced(45, "0,0,5,5/max/0/default.jpg"), side: 45 },
  { name: "Deep Zoom", kind: "old", path: (identifier) => `/dzi/${identifier}.dzi` },
];

const spellings: readonly ((identifier: string) => string)[] = [
  (name) => encodeURIComponent(name),
  (name) => encodeURIComponent(name).replace("%2F", "%2f"),
  (name) => encodeURIComponent(name).replace("%2F", "/"),
  (name) => encodeURIComponent(name).replace(/^[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (name) => `${encodeURIComponent(name)};page=1`,
  (name) => `${encodeURIComponent(name)}%3Bpage%3D1`,
];

beforeAll(async () => {
  const file = await makeTiff({ ...full, tile: 32, levels: 2 });
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  for (const { name: identifier, policy } of cases) {
    await env.MASTERS.put(identifier, file);
    const record = { identifier, metadata: [], ...full, policy };
    if (policy !== undefined) await env.CATALOGUE.put(`records/${identifier}.json`, JSON.stringify(record));
  }
});

const expires = Math.floor(Date.now() / 1000) + 3600;

/** What stands in a path for an image with a signature, which the number of a page in front of it is part of. */
async function signedAs(asker: AskerName, spelt: string): Promise<string | undefined> {
  const identifier = identifierOf(decodeURIComponent(spelt));
  switch (asker) {
    case "a signature":
      return encodeURIComponent(await signImage({ identifier, expires }, accessSecret));
    case "a small signature":
      return encodeURIComponent(await signImage({ identifier, expires, longestSide: 30 }, accessSecret));
    case "a signature that has lapsed":
      return encodeURIComponent(await signImage({ identifier, expires: 1_000_000_000 }, accessSecret));
    case "another signature":
      return encodeURIComponent(
        (await signImage({ identifier: identifierOf(`${identifier}x`), expires }, accessSecret)).replace("x;", ";"),
      );
    default:
      return undefined;
  }
}

interface Expected {
  readonly status: number;
  /** Whether anybody may keep it: what is the same for all. */
  readonly isPublic: boolean;
  /** The size of the image that is told of. */
  readonly told?: { readonly width: number; readonly height: number };
}

const isInvalid = (asker: AskerName) => asker === "a signature that has lapsed" || asker === "another signature";
const reducedTo = (side: number) => ({ width: side, height: Math.round((side * 2) / 3) });

/** What comes of it, by the words of the manual. */
function expectedOf(
  { sees, others = {}, ...usual }: Case,
  asker: AskerName,
  { kind, side, method }: Endpoint,
): Expected {
  const { refusal, publicSize = 0 } = others[asker] ?? usual;
  if (isInvalid(asker)) return { status: 403, isPublic: false };
  if (refusal === 404) return { status: 404, isPublic: true };
  const isSigned = signatures.includes(asker);
  const seenAs = sees.includes(asker);
  const isForAll = sees.includes("anybody");
  const isSmall = side !== undefined && side <= publicSize;
  const isSmallForAll = side !== undefined && side <= (usual.publicSize ?? 0);
  const shown = asker === "a small signature" ? reducedTo(30) : side === undefined ? full : reducedTo(side);
  const told = (kind === "told" || kind === "old") && method === undefined ? { told: shown } : {};
  const isToken =
    asker === "a token" && kind === "told" && sees.some((name) => name === "staff" || name === "accepted");
  if (seenAs || isSmall || isToken) {
    const status = kind === "leads" ? 303 : 200;
    return { status, isPublic: (isForAll || isSmallForAll) && !isSigned, ...told };
  }
  if (publicSize > 0 && side === undefined && !isSigned) {
    if (kind === "told" || kind === "whole") return { status: 302, isPublic: false };
    if (kind === "leads") return { status: 303, isPublic: false };
    if (kind === "old") return { status: 200, isPublic: false, told: reducedTo(publicSize) };
  }
  // A viewer that can have somebody let in is told of the image with it.
  if (kind === "leads" && refusal === 401) return { status: 401, isPublic: false };
  return { status: refusal, isPublic: false };
}

async function askFor(one: Case, asker: AskerName, endpoint: Endpoint, spell: (name: string) => string) {
  const spelt = spell(one.name);
  const signed = await signedAs(asker, spelt);
  const headers = asker in askers ? await askers[asker as keyof typeof askers]() : {};
  const {
    status,
    headers: answered,
    text,
  } = await ask(endpoint.path(signed ?? spelt), {
    headers: headers as Readonly<Record<string, string>>,
    ...(endpoint.method === undefined ? {} : { method: endpoint.method }),
    env: { ...lettingIn, BASE_URL: "https://images.example", GATEWAY: gateway },
  });
  const kept = answered.get("Cache-Control") ?? "";
  const type = answered.get("Content-Type") ?? "";
  const body = status === 200 && text !== "" && /json/.test(type) ? JSON.parse(text) : undefined;
  const [, width, height] = /Width="(\d+)" Height="(\d+)"/.exec(text) ?? [];
  const told = body ?? (width === undefined ? undefined : { width: Number(width), height: Number(height) });
  return { status, kept, told: told && { width: told.width, height: told.height } };
}

const allAskers: readonly AskerName[] = [...everybody, "a signature that has lapsed", "another signature"];

/** What a signature and a reduced size can't be put behind at once. */
const isAskable = (asker: AskerName, { side, kind }: Endpoint) =>
  (side === undefined && kind !== "old") || (!signatures.includes(asker) && !isInvalid(asker));

describe.each(cases)("an image that is $name", (one) => {
  it("is answered to each as the manual says, at each address, however it is spelt", async () => {
    let turn = 0;
    const wrong: string[] = [];
    for (const asker of allAskers) {
      for (const endpoint of endpoints) {
        if (!isAskable(asker, endpoint)) continue;
        // Each meets each in the course of all.
        const spell = spellings[(turn + cases.indexOf(one)) % spellings.length] as (name: string) => string;
        turn += 1;
        const expected = expectedOf(one, asker, endpoint);
        const { status, kept, told } = await askFor(one, asker, endpoint, spell);
        const said = `${asker}, ${endpoint.name}, ${spell(one.name)}:`;
        if (status !== expected.status) wrong.push(`${said} ${status} in place of ${expected.status}`);
        if (!expected.isPublic && kept !== "private, no-store") wrong.push(`${said} ${status} is kept: ${kept}`);
        if (expected.isPublic && status === 200 && endpoint.method === undefined && !kept.startsWith("public"))
          wrong.push(`${said} is kept by nobody: ${kept}`);
        if (status === 200 && expected.told && JSON.stringify(told) !== JSON.stringify(expected.told))
          wrong.push(`${said} told ${JSON.stringify(told)} in place of ${JSON.stringify(expected.told)}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
