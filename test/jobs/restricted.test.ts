import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { ItemStatus } from "../../src/task/answers.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { writePng } from "../support/png-writer.ts";
import { itemsOf, send, untilReported } from "../support/tasks.ts";

const size = { width: 401, height: 303 } as const;
const secret = [100, 60, 120, 80] as const;

const rules = {
  access: [
    { match: "stamped", watermark: "stamp" },
    { match: "staff/**", access: "role:staff" },
    { match: "safe/**", access: "closed" },
  ],
  roles: { staff: { label: { en: "Staff" }, claims: ["@museum.example"] } },
  watermarks: { stamp: { mark: "stamp", opacity: 0.6, position: "tile" }, gone: { mark: "gone" } },
};

const policies: Readonly<Record<string, object | undefined>> = {
  open: undefined,
  redacted: { redactions: [secret] },
  stamped: {},
  unmarked: { watermark: "gone" },
  closed: { access: "closed", redactions: [secret] },
  small: { access: "closed", publicSize: 90 },
  hidden: { access: "hidden" },
  "staff/1": {},
};

const putRecord = (identifier: string, policy: object) =>
  env.CATALOGUE.put(
    `records/${identifier}.json`,
    JSON.stringify({
      identifier,
      metadata: [],
      ...size,
      rights: "https://creativecommons.org/publicdomain/zero/1.0/",
      policy,
    }),
  );

beforeAll(async () => {
  const file = await makeTiff({ ...size, tile: 64, levels: 3, compression: "deflate" });
  const row = [0, ...Array<number>(16).fill(255)];
  const mark = writePng({ width: 16, height: 6, colorType: 0, bitDepth: 8, rows: Array(6).fill(row).flat() });
  await env.CATALOGUE.put("marks/stamp.png", mark);
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  for (const [identifier, policy] of Object.entries(policies)) {
    await env.MASTERS.put(identifier, file);
    if (policy !== undefined) await putRecord(identifier, policy);
  }
});

/** Does a task, and returns what came of each item by its key. */
async function run(task: object): Promise<ReadonlyMap<string, ItemStatus>> {
  const { id } = await send(task);
  await untilReported(id);
  return new Map((await itemsOf(id)).map((item) => [item.key, item]));
}

const exported = (keys: readonly string[], to: string, settings: object = {}) =>
  run({
    kind: "export",
    settings: { base: "https://files.example", to, ...settings },
    items: keys.map((key) => ({ key })),
  });

const bytesOf = async (key: string) => new Uint8Array(await (await env.EXPORTS.get(key))!.arrayBuffer());

async function picturesBelow(prefix: string): Promise<readonly string[]> {
  const { objects } = await env.EXPORTS.list({ prefix });
  return objects.map(({ key }) => key.slice(prefix.length)).filter((path) => path.endsWith(".jpg"));
}

describe("a task that exports restricted images", () => {
  it("leaves out what not anybody may see whole, with the reason, and what can't be drawn with its mark", async () => {
    const items = await exported(Object.keys(policies), "one");
    const came = Object.fromEntries(
      [...items].map(([key, { state, note, failure }]) => [key, [state, failure?.code ?? note]]),
    );
    expect(came).toEqual({
      open: ["done", expect.stringContaining("files written")],
      redacted: ["done", expect.stringContaining("files written")],
      stamped: ["done", expect.stringContaining("files written")],
      unmarked: ["failed", "record-malformed"],
      closed: ["kept", "It is closed. It is left out."],
      small: ["kept", "It is closed, and to all others reduced alone. It is left out."],
      hidden: ["kept", "It is hidden. It is left out."],
      "staff/1": ["kept", "It is shown to those who have the role staff. It is left out."],
    });
    const there = new Set(
      (await env.EXPORTS.list({ prefix: "one/iiif/3/" })).objects.map(({ key }) => key.split("/")[3]),
    );
    expect([...there]).toEqual(["open", "redacted", "stamped"]);
  });

  it("draws with the marks of the service, byte for byte", async () => {
    const plain = await picturesBelow("one/iiif/3/open/");
    for (const identifier of ["redacted", "stamped"]) {
      const folder = `one/iiif/3/${identifier}/`;
      const pictures = await picturesBelow(folder);
      expect(pictures).toEqual(plain);
      let others = 0;
      for (const path of pictures) {
        const answer = await env.IMAGES.fetch(`https://images.invalid/iiif/3/${identifier}/${path}`);
        expect([path, answer.status]).toEqual([path, 200]);
        const bytes = await bytesOf(folder + path);
        expect(bytes, path).toEqual(await answer.bytes());
        if (String(bytes) !== String(await bytesOf(`one/iiif/3/open/${path}`))) others += 1;
      }
      expect(others).toBeGreaterThan(3);
    }
    const info = JSON.parse(new TextDecoder().decode(await bytesOf("one/iiif/3/redacted/info.json")));
    expect(info.rights).toBe("http://creativecommons.org/publicdomain/zero/1.0/");
  });

  it("keeps marks where it is told to include them, and makes anew what is redacted since", async () => {
    const items = await exported(["closed", "open"], "two", { "include-restricted": true });
    expect([...items.values()].map(({ state }) => state)).toEqual(["done", "done"]);
    for (const path of await picturesBelow("two/iiif/3/closed/")) {
      expect(await bytesOf(`two/iiif/3/closed/${path}`), path).toEqual(await bytesOf(`one/iiif/3/redacted/${path}`));
    }
    await putRecord("open", { redactions: [secret] });
    expect((await exported(["open"], "two")).get("open")).toMatchObject({ state: "done" });
    expect((await exported(["open"], "two")).get("open")).toMatchObject({ state: "kept" });
    const path = (await picturesBelow("two/iiif/3/open/")).find((name) => name.startsWith("full/")) ?? "";
    expect(await bytesOf(`two/iiif/3/open/${path}`)).toEqual(await bytesOf(`one/iiif/3/redacted/${path}`));
    await env.CATALOGUE.delete("records/open.json");
  });

  it.each([
    ["a record that is damaged", "records/open.json", "{"],
    ["a record that is too long", "records/open.json", " ".repeat(9 << 20)],
    ["rules that are damaged", "rules.json", '{"access": 5}'],
  ])("tries again and then fails by %s, and exports nothing", async (_, key, text) => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const former = await (await env.CATALOGUE.get(key))?.text();
    await env.CATALOGUE.put(key, text);
    const settings = { base: "https://files.example", to: "three", "include-restricted": true };
    const { id } = await send({ kind: "export", settings, items: [{ key: "open" }] });
    expect(await untilReported(id)).toMatchObject({ counts: { failed: 1 }, retries: 2 });
    const report = JSON.parse((await (await env.CATALOGUE.get(`tasks/${id}/report.json`))?.text()) ?? "{}");
    expect(report.failures).toMatchObject([
      {
        failure: {
          code: "dead-letter",
          message:
            "It was tried 3 times, and not done. The last time: It can't be read now who may see this image. (policy-unreadable)",
        },
      },
    ]);
    expect(await picturesBelow("three/")).toEqual([]);
    if (former === undefined) await env.CATALOGUE.delete(key);
    else await env.CATALOGUE.put(key, former);
    vi.restoreAllMocks();
  });
});

describe("a task that warms restricted images", () => {
  it("leaves out what is refused, and asks for the reduced image where there is one", async () => {
    const items = await run({
      kind: "warm",
      settings: { sizes: ["77,"] },
      items: ["redacted", "closed", "staff/1", "small", "hidden"].map((key) => ({ key })),
    });
    const stateOf = (key: string) => [items.get(key)?.state, items.get(key)?.failure?.code ?? items.get(key)?.note];
    expect(stateOf("redacted")[0]).toBe("done");
    for (const key of ["closed", "staff/1"]) {
      expect(stateOf(key)).toEqual(["kept", "It is not shown to all, and left out."]);
    }
    expect(stateOf("small")).toEqual(["done", expect.stringMatching(/^[1-9]\d* pictures drawn/)]);
    // It is answered as one that is not there.
    expect(stateOf("hidden")).toEqual(["failed", "not-found"]);
  });
});

describe("a master that a task makes of a restricted image", () => {
  const strips = () => makeTiff({ ...size, rowsPerStrip: 16, compression: "lzw", levels: 1 });

  it.each([
    ["closed", { access: "closed" }],
    ["embargoed", { embargo: "2999-01-01" }],
    ["redacted", { redactions: [secret] }],
    ["watermarked", { watermark: "stamp" }],
  ])("is not made where it would be open: %s", async (name, policy) => {
    const key = `source/${name}`;
    await env.MASTERS.put(key, await strips());
    await putRecord(key, policy);
    for (const kind of ["convert", "repack"]) {
      const items = await run({ kind, items: [{ key, identifier: `made/${name}` }] });
      expect(items.get(key)).toMatchObject({ state: "failed", failure: { code: "would-open" } });
      expect(items.get(key)?.failure?.message).toContain(`${key} keeps it from people`);
    }
    expect(await env.MASTERS.head(`made/${name}`)).toBeNull();
    // In its own place it is what it was.
    expect((await run({ kind: "convert", items: [{ key }] })).get(key)).toMatchObject({ state: "done" });
  });

  it("is made where its own rule or record keeps all of that, and where nothing is stated of its source", async () => {
    await putRecord("made/like", { redactions: [secret], watermark: "stamp" });
    const pairs = [
      ["source/to-safe", "safe/1", { access: "role:staff" }],
      ["source/to-like", "made/like", { redactions: [secret] }],
      ["source/plain", "made/plain", {}],
    ] as const;
    for (const [key, , policy] of pairs) {
      await env.MASTERS.put(key, await strips());
      await putRecord(key, policy);
    }
    const items = await run({ kind: "convert", items: pairs.map(([key, identifier]) => ({ key, identifier })) });
    expect([...items.values()].map(({ state, failure }) => [state, failure])).toEqual(
      pairs.map(() => ["done", undefined]),
    );
  });
});
