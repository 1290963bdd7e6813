import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { parseRules } from "../../src/access/rules.ts";
import { parseImageRecord, recordKey } from "../../src/catalogue/image-records.ts";
import { whyLeftOut } from "../../src/export/left-out.ts";
import { policiesOf } from "../../src/policies.ts";
import { type AskerName, askers, type Case, cases, rules } from "../support/access-cases.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { lettingIn } from "../support/visitors.ts";

const gateway = [
  { prefix: "/loris/", id: { strip: ".jp2" } },
  { prefix: "/dzi/", protocol: "deepzoom" },
  { prefix: "/zoomify/", protocol: "zoomify", tileSize: 64 },
  { prefix: "/fcgi-bin/iipsrv.fcgi", protocol: "iip" },
];
const variables = { ...lettingIn, BASE_URL: "https://images.example", GATEWAY: gateway };

/** Of all who ask, those that differ here: what they show is the matter of the matrix of images. */
const asking = ["anybody", "the network", "accepted", "staff", "staff in the network", "a token"] as const;
type AskedBy = (typeof asking)[number];

beforeAll(async () => {
  const file = await makeTiff({
    width: 60,
    height: 40,
    tile: 32,
    levels: 2,
    pages: [{ width: 60, height: 40, tile: 32 }],
  });
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  for (const one of cases) {
    await env.MASTERS.put(one.name, file);
    if (one.policy !== undefined) await env.CATALOGUE.put(recordKey(one.name), recordOf(one));
  }
});

function recordOf({ name, policy }: Case): Uint8Array {
  const record = { identifier: name, metadata: [], width: 60, height: 40, policy };
  return new TextEncoder().encode(JSON.stringify(record));
}

async function askAs(asker: AskedBy, path: string) {
  const { status, headers, text } = await ask(path, { headers: await askers[asker](), env: variables });
  return { status, kept: headers.get("Cache-Control") ?? "", location: headers.get("Location") ?? "", text };
}

/** What becomes of somebody, by the words of the manual: how he is refused, and how much he sees in its place. */
function refusalOf({ sees, refusal, publicSize, others = {} }: Case, asker: AskerName) {
  if (sees.includes(asker)) return undefined;
  const { refusal: status, publicSize: size } = others[asker] ?? { refusal, publicSize };
  return { status, size };
}

/** An address for an image. */
interface Address {
  readonly path: (raw: string) => string;
  /** `old` has no other address for the reduced image, and shows it; `leads` leads to one; `picture` shows parts alone. */
  readonly kind: "old" | "leads" | "picture";
  /** What stands in an answer that shows an image of a size. */
  readonly tells?: (width: number, height: number) => string;
}

const iip = (query: string) => (raw: string) => `/fcgi-bin/iipsrv.fcgi?FIF=${raw}&${query}`;

// L11, L12
const addresses: readonly Address[] = [
  { kind: "leads", path: (raw) => `/iiif/3/${raw};page=2/full/max/0/default.jpg` },
  { kind: "leads", path: (raw) => `/iiif/2/${raw}%3bpage%3d2/info.json` },
  { kind: "leads", path: (raw) => `/iiif/3/${raw}/square/5,/0/default.jpg` },
  { kind: "picture", path: (raw) => `/iiif/3/${raw};page=2/0,0,32,32/max/0/default.jpg` },
  { kind: "leads", path: (raw) => `/loris/${raw.replaceAll("%2F", "/")}.jp2/info.json` },
  { kind: "picture", path: (raw) => `/loris/${raw}.jp2/0,0,16,16/16,/0/native.jpg` },
  { kind: "old", path: (raw) => `/dzi/${raw};page=2.dzi`, tells: (width) => `Width="${width}"` },
  { kind: "old", path: (raw) => `/dzi/${raw}_files/3/0_0.jpg` },
  { kind: "old", path: (raw) => `/zoomify/${raw}/ImageProperties.xml`, tells: (width) => `WIDTH="${width}"` },
  { kind: "old", path: (raw) => `/zoomify/${raw}/TileGroup0/0-0-0.jpg` },
  { kind: "old", path: iip("obj=IIP,1.0&obj=Max-size"), tells: (width, height) => `Max-size:${width} ${height}` },
  { kind: "old", path: iip("JTL=0,0") },
  { kind: "old", path: iip("WID=10&CVT=jpeg") },
];

let turn = 0;

/** Anybody, and another one, one after the other: each meets each address in the course of all. */
function two(): readonly AskedBy[] {
  const [first, ...rest] = asking;
  turn += 1;
  return [first, rest[turn % rest.length] as AskedBy];
}

describe.each(cases)("an image that is $name", (one) => {
  const raw = encodeURIComponent(one.name);
  const isForAll = one.sees.includes("anybody");

  it("is answered to each at addresses of other servers, and by its other pages, as by its own", async () => {
    const wrong: string[] = [];
    for (const { path, kind, tells } of addresses) {
      for (const asker of two()) {
        const asked = path(raw);
        const { status, kept, location, text } = await askAs(asker, asked);
        const refused = refusalOf(one, asker);
        const isReduced = refused?.size !== undefined && kind !== "picture";
        // A token tells of an image, and opens no picture.
        const isTold = asker === "a token" && asked.endsWith("info.json") && isLetInByToken(one);
        const expected =
          refused === undefined || isTold ? 200 : isReduced ? (kind === "old" ? 200 : 302) : refused.status;
        const said = `${asker}, ${asked}: ${status}`;
        if (status !== expected) wrong.push(`${said} in place of ${expected}`);
        const isKept = status === 404 || (refused === undefined && isForAll);
        if ((kept !== "private, no-store") !== isKept) wrong.push(`${said} is kept: ${kept}`);
        if (status === 302 && !location.includes(`;max=${refused?.size}/`)) wrong.push(`${said} leads to ${location}`);
        const width = refused?.size ?? 60;
        const told = tells?.(width, Math.round((width * 2) / 3)) ?? "";
        if (status === 200 && !text.includes(told)) wrong.push(`${said} tells ${text} in place of ${told}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("is told of by probes as far as each may see it", async () => {
    const wrong: string[] = [];
    for (const version of [3, 2]) {
      for (const asker of version === 3 ? asking : two()) {
        const asked = `/auth/probe/${version}/${raw}`;
        const { status: answered, kept, text } = await askAs(asker, asked);
        const { status, location, substitute } = JSON.parse(text);
        const refused = refusalOf(one, asker);
        const expected = refused === undefined ? 200 : probedAs(one, asker, refused.status);
        const said = `${asker}, ${asked}: ${status}`;
        if (answered !== 200 || kept !== "private, no-store") wrong.push(`${said} is kept: ${kept}`);
        if (status !== expected) wrong.push(`${said} in place of ${expected}`);
        if ((location !== undefined) !== (expected === 302)) wrong.push(`${said} leads to ${location}`);
        const isOffered = refused?.size !== undefined && expected !== 302;
        if ((substitute !== undefined) !== isOffered) wrong.push(`${said} has for a substitute ${substitute?.id}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  // L14
  it("is exported only if anybody sees all of it", () => {
    const read = parseRules(new TextEncoder().encode(JSON.stringify(rules)));
    if (read.kind === "faulty") throw new Error(read.faults.join());
    const facts = one.policy === undefined ? undefined : parseImageRecord(recordOf(one), one.name);
    const policies = policiesOf(read.rules, one.name, facts);
    expect(whyLeftOut({ rules: read.rules, policies, now: Date.now() }) === undefined).toBe(isForAll);
  });
});

/** Who shows a token alone is led to an address where all that stands between is a login. */
function probedAs(one: Case, asker: AskedBy, refusal: number): number {
  return asker === "a token" && refusal === 401 && isLetInByToken(one) ? 302 : refusal;
}

/** The token is that of staff who have accepted the terms. */
function isLetInByToken({ sees }: Case): boolean {
  return sees.includes("staff") || sees.includes("accepted");
}
