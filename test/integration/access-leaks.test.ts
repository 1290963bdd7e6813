import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { type Asking, ask as askService } from "../support/service.ts";
import { accessSecret, cookieFor, lettingIn } from "../support/visitors.ts";
import { makeImage, makePage, makeWork } from "../support/works.ts";

/*
 * The ways to leak of which a design for access has to take care, and the tests that watch over each. Files are those of this
 * folder unless they say otherwise.
 *
 * L1   what depends on who asks is private, no-store          access-matrix, access-matrix-documents, access-matrix-addresses
 * L2   nothing restricted at an address that is kept          access-matrix (;max= and ;sig=), access "a signed address"
 * L3   decided before entity tags                             access "in all ways to ask", access-documents; below
 * L4   HEAD as GET, OPTIONS tells nothing                     access "in all ways to ask", access-matrix; below
 * L5   drawn pictures shared behind the decision              below
 * L6   nothing is kept beyond a date                          unit/access/grant, access-mends, access-documents; below
 * L7   a change is purged, ten minutes at most                cli/access, unit/job/rules-effect, access "is trusted for"
 * L8   refusals are kept by nobody                            access-matrix, access-matrix-documents
 * L9   closed without a record, 503 what can't be read        access "access that can't be decided", access-matrix (loans)
 * L10  manifests and collections show what anybody sees       access-matrix-documents, access-documents
 * L11  no spelling has another policy                         access-spellings, access-matrix
 * L12  old addresses                                          access-spellings, access-matrix-addresses
 * L13  nothing of the catalogue is an image, nor ids with dots   below
 * L14  export, warm, feed, lists, search                      access-matrix-documents, jobs/restricted, cli/export-access
 * L15  text and search                                        access-matrix-documents, access-documents
 * L16  origins whole, targets exact, texts escaped            auth "the token service"
 * L17  frames, forms of other sites                           auth "a notice", "the token service"
 * L18  nothing shown is in the log or in Referer              access "is not in the log", auth "all that lets people in"; below
 * L19  no credentials across origins                          auth "a probe"; below
 * L20  cookie, token and signature are three things           unit/access/statement, auth "the pixels of an image"; below
 * L21  no challenge on open images                            below, platform/crawlers
 * L22  Access by its signed token alone                       unit/app/access-token, auth "the login by Cloudflare Access"
 */

const ask = (path: string, { env: changed, ...asking }: Asking = {}) =>
  askService(path, { ...asking, env: { ...lettingIn, BASE_URL: "https://images.example", ...changed } });

const dated = Date.UTC(2040, 5, 1, 12);
const policies: Readonly<Record<string, object | undefined>> = {
  open: undefined,
  staff: { access: "role:staff" },
  hidden: { access: "hidden" },
  closed: { access: "closed" },
  ending: { openUntil: "2040-06-01T12:00:00Z" },
  beginning: { embargo: "2040-06-01T12:00:00Z" },
};
const picture = "full/30,/0/gray.png";

beforeAll(async () => {
  const rules = { roles: { staff: { label: { en: "Staff" }, claims: ["@museum.example"] } } };
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  const file = await makeTiff({ width: 60, height: 40, tile: 32, levels: 2 });
  for (const [identifier, policy] of Object.entries(policies)) {
    await env.MASTERS.put(identifier, file);
    const record = { identifier, metadata: [], width: 60, height: 40, policy };
    if (policy !== undefined) await env.CATALOGUE.put(`records/${identifier}.json`, JSON.stringify(record));
  }
  const openUntil = { at: dated, text: "2040-06-01T12:00:00Z" };
  const page = makePage("one", { images: [makeImage({ identifier: "ending", policy: { openUntil } })] });
  await env.CATALOGUE.put(workKey("ends"), formatWork(makeWork({ key: "ends", pages: [page] })));
  // Readable as images, were they taken for some.
  for (const key of ["inner", "marks/mark.png"]) await env.CATALOGUE.put(key, file);
  for (const key of [".hidden", "a/.b/c"]) await env.MASTERS.put(key, file);
});
afterEach(() => void vi.restoreAllMocks());

const keptOf = async (path: string, asking: Asking = {}) => {
  const { status, headers } = await ask(path, asking);
  return [status, headers.get("Cache-Control")];
};

describe("an answer to who was let in", () => {
  it("is kept by nobody, to HEAD and where nothing has changed too (L3, L4)", async () => {
    const staff = await cookieFor({ roles: ["staff"] });
    for (const end of ["info.json", picture]) {
      const path = `/iiif/3/staff/${end}`;
      const { status, headers } = await ask(path, { headers: staff });
      const tag = headers.get("ETag") ?? "";
      expect([status, tag]).toEqual([200, expect.stringMatching(/^"/)]);
      expect(await keptOf(path, { headers: { ...staff, "If-None-Match": tag } })).toEqual([304, "private, no-store"]);
      expect(await keptOf(path, { headers: staff, method: "HEAD" })).toEqual([200, "private, no-store"]);
      // Who knows the tag is told nothing by it.
      const [refused, unknown] = [{ "If-None-Match": tag }, {}];
      for (const shown of [refused, unknown])
        expect(await keptOf(path, { headers: shown })).toEqual([401, "private, no-store"]);
    }
  });

  it("shares drawn pictures with others who were let in, and with no others (L5)", async () => {
    const cached = { CACHE_ABOVE_PIXELS: "0", STORE_ABOVE_PIXELS: "0", STORE_AT_ONCE_ABOVE_PIXELS: "0" };
    const path = "/iiif/3/staff/full/40,/0/default.png";
    const staff = { headers: await cookieFor({ roles: ["staff"] }), env: cached };
    const other = { headers: await cookieFor({ roles: ["staff"], nonce: "another" }), env: cached };
    expect((await ask(path, staff)).timing).toMatchObject({ strategy: "draw", cache: "miss" });
    expect((await ask(path, other)).timing).toMatchObject({ strategy: "kept", cache: "edge" });
    expect(await keptOf(path, other)).toEqual([200, "private, no-store"]);
    for (const method of ["GET", "HEAD"])
      expect(await keptOf(path, { method, env: cached })).toEqual([401, "private, no-store"]);
  });
});

it("OPTIONS tells the same of all images, and of none (L4)", async () => {
  const told = async (identifier: string) => {
    const { status, text, headers } = await ask(`/iiif/3/${identifier}/info.json`, { method: "OPTIONS" });
    return { status, text, headers: [...headers] };
  };
  const open = await told("open");
  for (const identifier of ["hidden", "closed", "staff", "nothing"]) expect(await told(identifier)).toEqual(open);
});

describe("what ends at a date (L6)", () => {
  const at = (now: number) => vi.spyOn(Date, "now").mockReturnValue(now);
  const paths = ["/iiif/3/ending/info.json", `/iiif/3/ending/${picture}`, "/presentation/3/ends/manifest"];

  it.each(paths)("is kept until then, and no second longer: %s", async (path) => {
    for (const [left, kept] of [
      [3_600_000, 600],
      [600_000, 600],
      [599_999, 599],
      [1000, 1],
    ] as const) {
      at(dated - left);
      expect(await keptOf(path)).toEqual([
        200,
        expect.stringMatching(new RegExp(`^(?:public|private), max-age=${kept}$`)),
      ]);
    }
    at(dated - 999);
    expect(await keptOf(path)).toEqual([200, "no-store"]);
  });

  it("is closed at the very millisecond, and what begins then is open", async () => {
    at(dated - 1);
    expect((await ask("/iiif/3/ending/info.json")).status).toBe(200);
    expect(await keptOf("/iiif/3/beginning/info.json")).toEqual([403, "private, no-store"]);
    at(dated);
    expect(await keptOf("/iiif/3/ending/info.json")).toEqual([403, "private, no-store"]);
    expect(await keptOf("/iiif/3/beginning/info.json")).toEqual([200, "public, max-age=600"]);
    expect((await ask(`/iiif/3/ending/${picture}`, { headers: { "If-None-Match": "*" } })).status).toBe(403);
  });
});

it.each([
  ...["rules.json", "records/closed.json", "objects/ends.json", "inner", "marks/mark.png"],
  ...[".hidden", "a/.b/c", "./open", "x/../open", ".origin/open", ".phantom/open"],
])("nothing of the catalogue is an image, nor has one a name with a dot in front: %s (L13)", async (key) => {
  const raw = encodeURIComponent(key);
  for (const path of [`/iiif/3/${raw}/info.json`, `/iiif/3/${raw}/${picture}`, `/iiif/2/${raw}/${picture}`])
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
});

describe("pages of other origins", () => {
  const paths = [
    ...["/iiif/3/open/info.json", "/iiif/3/staff/info.json", `/iiif/3/staff/${picture}`, "/iiif/3/hidden/info.json"],
    ...[
      "/presentation/3/ends/manifest",
      "/auth/probe/3/staff",
      "/auth/token?messageId=1&origin=https://viewer.example",
    ],
    ...["/auth/token", "/auth/login/staff", "/auth/logout", "/iiif/3/staff"],
  ];

  it.each(paths)("read nothing with credentials, and are not named in answers: %s (L19)", async (path) => {
    const origin = "https://viewer.example";
    for (const method of ["GET", "OPTIONS"]) {
      const headers = { Origin: origin, ...(await cookieFor({ roles: ["staff"] })) };
      const answer = await ask(path, { method, headers });
      expect(answer.headers.get("Access-Control-Allow-Credentials")).toBeNull();
      expect([null, "*"]).toContain(answer.headers.get("Access-Control-Allow-Origin"));
      if (path.startsWith("/iiif/")) expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    }
  });

  it.each(["/auth/token?messageId=1&origin=https://viewer.example", "/auth/login/staff", "/auth/logout"])(
    "are not told by Referer where somebody was: %s (L18)",
    async (path) => {
      expect((await ask(path)).headers.get("Referrer-Policy")).toBe("no-referrer");
    },
  );
});

it("a cookie, a token and a signature, each in the place of the others, let nobody in (L20)", async () => {
  const cookie = (await cookieFor({ roles: ["staff"] })).Cookie.replace("other=1; __Host-tessera=", "");
  const shown: readonly Readonly<Record<string, string>>[] = [
    { Authorization: `Bearer ${cookie}` },
    { Cookie: `tessera=${cookie}` },
    { Cookie: `__Host-tessera-form=${cookie}` },
    { Cookie: `__Host-tessera-login=${cookie}` },
    { Cookie: `__Host-tessera="${cookie}"` },
  ];
  for (const headers of shown)
    expect(await keptOf(`/iiif/3/staff/${picture}`, { headers })).toEqual([401, "private, no-store"]);
  const code = cookie.split(".").at(-1)?.slice(0, 22);
  const signed = `staff;exp=${Math.floor(Date.now() / 1000) + 60};sig=${accessSecret.id}.${code}`;
  expect((await ask(`/iiif/3/${encodeURIComponent(signed)}/${picture}`)).text).toContain("signature-invalid");
});

describe("an open image (L21)", () => {
  it.each(["", "curl/8.5.0", "GPTBot/1.2", "python-requests/2.32", "Mozilla/5.0 (X11; Linux x86_64)", "dezoomify-rs"])(
    "is shown at once to whatever asks, without a challenge or a cookie: %j",
    async (program) => {
      for (const end of ["info.json", picture, "0,0,32,32/max/0/default.jpg"]) {
        const { status, headers } = await ask(`/iiif/3/open/${end}`, { headers: { "User-Agent": program } });
        expect([end, status, headers.get("Set-Cookie"), headers.get("WWW-Authenticate")]).toEqual([
          end,
          200,
          null,
          null,
        ]);
        expect(headers.get("Cache-Control")).toMatch(/^public/);
      }
    },
  );
});
