import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../demo/server.ts";
import { shareLocalBuckets } from "../../src/bucket/open-local-buckets.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { converter } from "../../src/cli/converter.ts";
import { noteServer } from "../../src/node/server-address.ts";
import { recordTerminal } from "../support/terminal.ts";
import { testPort } from "../support/test-port.ts";

const secret = "k1:a-secret-of-some-thirty-two-letters";

let folder: string;
let endSharing: () => Promise<void>;
let service: DemoServer;
let forgetServer: () => void;

async function run(...args: readonly string[]) {
  const { terminal, printed, said } = recordTerminal(folder, { environment: { ACCESS_SECRET: secret } });
  const status = await runCommandLine([...args, "--to", "local", "--state", "state"], { terminal, converter });
  return { status, printed: printed(), said: said() };
}

const lay = (name: string, content: string | object) =>
  writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));

/** Asks the service as anybody does, and gives the status of info.json and of a picture. */
async function statuses(identifier: string): Promise<readonly number[]> {
  const ends = ["info.json", "full/90,/0/default.jpg"];
  return Promise.all(
    ends.map(async (end) => {
      const answer = await fetch(`${service.url}/iiif/3/${encodeURIComponent(identifier)}/${end}`, {
        redirect: "manual",
      });
      await answer.body?.cancel();
      return answer.status;
    }),
  );
}

const staff = { label: { en: "Staff" }, claims: ["@museum.example"] };
const rules = {
  access: [{ match: "loans/**", access: "role:staff" }],
  networks: { lan: ["192.0.2.0/24"] },
  roles: { staff },
  clicks: { terms: { label: { en: "Terms" } } },
};

beforeAll(async () => {
  endSharing = shareLocalBuckets();
  folder = await mkdtemp(join(tmpdir(), "tessera-access-"));
  for (const [index, name] of ["album/1.png", "album/2.png", "loans/1.png", "bare.png"].entries()) {
    await mkdir(join(folder, "scans", name, ".."), { recursive: true });
    const background = { r: 37 * index, g: 120, b: 200 };
    await sharp({ create: { width: 600, height: 400, channels: 3, background } })
      .png()
      .toFile(join(folder, "scans", name));
  }
  await lay("rules.json", rules);
  await lay("records.csv", "identifier,object,access,public_size\nalbum/1,album,role:staff,\nalbum/2,album,,\n");
  await lay("objects.csv", "object,label,manifest_access\nalbum,Album,\n");
});
afterAll(async () => {
  forgetServer?.();
  await service?.stop();
  await endSharing();
  await rm(folder, { recursive: true });
});

describe("an ingest of a table with columns of access", () => {
  const tables = ["--records", "records.csv", "--objects", "objects.csv"] as const;
  const ingest = () => run("ingest", join(folder, "scans", "album"), "--collection", "album", ...tables);

  it("stores nothing while the rules don't describe its names, and tells them with their place", async () => {
    const { status, said } = await ingest();
    expect(status).toBe(2);
    expect(said).toContain("records.csv: row 2, column C: there is no role staff in rules.json");
    expect((await run("ls")).printed).toBe("");
  });

  it("keeps its images from people", async () => {
    expect(await run("access", "rules", "set", "rules.json")).toMatchObject({
      status: 0,
      printed: expect.stringContaining("loans/**: access role:staff\n"),
    });
    expect(await ingest()).toMatchObject({ status: 0 });
    for (const name of ["bare.png", "loans"])
      expect(
        await run(
          "ingest",
          join(folder, "scans", name),
          "--identifier",
          name === "loans" ? "loans/{path}" : "{path}",
          "--no-objects",
        ),
      ).toMatchObject({ status: 0 });
    service = await startServer({
      port: await testPort(),
      stateFolder: join(folder, "state"),
      variables: { ACCESS_SECRET: secret },
    });
    forgetServer = noteServer(join(folder, "state"), service);
    expect(await statuses("album/1")).toEqual([401, 401]);
    expect(await statuses("album/2")).toEqual([200, 200]);
    expect(await statuses("bare")).toEqual([200, 200]);
    expect(await statuses("loans/1")).toEqual([403, 403]);
  });
});

describe("tessera access set", () => {
  it("is seen at once by the service, whose purge it asks for, and says how long caches may know better", async () => {
    expect(await statuses("album/2")).toEqual([200, 200]);
    const { status, printed } = await run(
      "access",
      "set",
      "album/2",
      "--access",
      "closed",
      "--redact",
      "1,2,3,4",
      "--redact",
      "5,6,7,8",
    );
    expect(status).toBe(0);
    expect(printed.split("\n")).toEqual([
      "album/2: access closed, redact 1,2,3,4;5,6,7,8",
      "1 image changed, 0 as before; 1 object of them",
      "The feed tells 1 change",
      expect.stringMatching(/^Purged: 1 image; /),
      expect.any(String),
      expect.stringMatching(/trust that for 60 s\. Browsers .* up to 600 s, and for 86400 s where nothing was stated/),
      "",
    ]);
    expect(await statuses("album/2")).toEqual([403, 403]);
    await mkdir(join(folder, "templates"));
    expect((await run("manifest", "--template", "--out", "templates")).status).toBe(0);
    const table = await readFile(join(folder, "templates", "records.csv"), "utf8");
    expect(table).toContain("identifier,object,order,label,access,redact");
    expect(table).toContain('album/2,album,2,2,closed,"1,2,3,4;5,6,7,8"');
  });

  it("makes a record where a master has none, and takes all back", async () => {
    expect((await run("access", "set", "bare", "--access", "role:staff")).printed).toContain("bare: access role:staff");
    expect(await statuses("bare")).toEqual([401, 401]);
    const again = await run("access", "set", "bare", "--access", "role:staff");
    expect(again).toMatchObject({ status: 0, printed: expect.stringContaining("0 images changed, 1 as before") });
    expect(await run("access", "set", "bare", "--clear")).toMatchObject({ status: 0 });
    expect(await statuses("bare")).toEqual([200, 200]);
  });

  it("takes all that starts so, leaves what is not said, and writes nothing in a dry run", async () => {
    const dry = await run("access", "set", "--prefix", "album/", "--embargo", "2999-01-01", "--dry-run");
    expect(dry).toMatchObject({ status: 0, printed: expect.stringContaining("2 images would change") });
    expect((await run("access", "show", "album/1")).printed).not.toContain("embargo");
    const { printed } = await run("access", "set", "--prefix", "album/", "--embargo", "2999-01-01", "--json");
    expect(JSON.parse(printed).images).toMatchObject([
      { identifier: "album/1", ending: "changed", policy: { access: "role:staff", embargo: "2999-01-01" } },
      { identifier: "album/2", ending: "changed", policy: { access: "closed", embargo: "2999-01-01" } },
    ]);
    expect(await statuses("album/1")).toEqual([403, 403]);
  });

  it("refuses names that rules don't describe, and tells images that are not there", async () => {
    const unknown = await run("access", "set", "bare", "--access", "role:nobody");
    expect([unknown.status, unknown.said]).toEqual([
      2,
      expect.stringContaining("there is no role nobody in rules.json"),
    ]);
    const missing = await run("access", "set", "nothing", "--access", "closed");
    expect([missing.status, missing.said]).toEqual([1, expect.stringContaining("There is no image nothing")]);
    const none = await run("access", "set", "--prefix", "nothing/", "--access", "closed");
    expect([none.status, none.said]).toEqual([1, expect.stringContaining("starts with nothing/")]);
  });
});

describe("tessera access show and test", () => {
  it("say what is stated, the rule, and what counts now and next", async () => {
    const { printed } = await run("access", "show", "album/1", "loans/1");
    expect(printed.split("\n")).toEqual([
      "album/1",
      "  record  access role:staff, embargo 2999-01-01",
      "  rule    none",
      "  now     refused, it is under an embargo until 2999-01-01",
      "  next    2999-01-01T00:00:00Z: refused, it is shown to those who have the role staff",
      "loans/1",
      "  record  none, so it is closed: its rule is not open to all",
      "  rule    loans/**: access role:staff",
      "  now     refused, it is closed",
      "  next    no change",
      "",
    ]);
    const json = JSON.parse((await run("access", "show", "album/1", "--json")).printed);
    expect(json).toMatchObject({ identifier: "album/1", policy: { access: "role:staff", embargo: "2999-01-01" } });
  });

  it("decide as the service does, for whom and when it is said", async () => {
    await run("access", "set", "bare", "--access", "role:staff", "--public-size", "200");
    const test = async (...args: readonly string[]) => {
      const { status, printed } = await run("access", "test", ...args);
      expect(status).toBe(0);
      return printed.trimEnd().split("\n");
    };
    expect(await test("bare", "bare;max=200", "bare;max=201")).toEqual([
      "bare          reduced  at most 200 pixels: it is shown to those who have the role staff; kept by nobody",
      "bare;max=200  open     shown; kept for at most 600 seconds",
      "bare;max=201  reduced  at most 200 pixels: it is shown to those who have the role staff; kept by nobody",
    ]);
    expect(await test("bare", "--as", "role:staff")).toEqual(["bare  open     shown; kept by nobody"]);
    expect(await test("bare", "--as", "signed")).toEqual(["bare  open     shown; kept by nobody"]);
    expect(await test("album/1", "--as", "role:staff")).toEqual([
      expect.stringContaining("refused  it is under an embargo"),
    ]);
    expect(await test("album/1", "--as", "role:staff", "--at", "2999-01-01")).toEqual([
      expect.stringContaining("open "),
    ]);
    expect(await test("bare", "--as", "network:192.0.2.1")).toEqual([expect.stringContaining("reduced")]);
    expect((await run("access", "test", "bare", "--as", "role:nobody")).status).toBe(2);
    expect((await run("access", "test", "bare", "--as", "network:lan")).said).toContain("network:ADDRESS");
  });

  it("are in what tessera info says, as the public gets it", async () => {
    const { printed } = await run("info", "bare");
    expect(printed).toContain("reduced to anybody: at most 200 pixels: it is shown to those who have the role staff");
    expect(printed).toContain(`${service.url}/iiif/3/bare;max=200/info.json`);
    expect((await run("info", "album/1")).printed).toContain("from 2999-01-01T00:00:00Z: refused");
    expect(JSON.parse((await run("info", "bare", "--json")).printed).access).toMatchObject({ outcome: "reduced" });
  });
});

describe("tessera access rules", () => {
  it("tells all that is wrong with a file, and stores nothing", async () => {
    await lay("wrong.json", { access: [{ match: "", access: "role:x" }], networks: { lan: ["192.0.2.1/24"] } });
    const { status, said } = await run("access", "rules", "set", "wrong.json");
    expect([status, said]).toEqual([2, expect.stringContaining('wrong.json: networks.lan.0: is "192.0.2.1/24"')]);
    expect((await run("access", "rules", "show")).printed).toContain("roles: staff");
  });

  it("refuses rules that leave names of records without a description", async () => {
    await lay("fewer.json", { access: [{ match: "album/**", access: "hidden" }] });
    for (const verb of ["set", "check"]) {
      const { status, said } = await run("access", "rules", verb, "fewer.json");
      expect([status, said]).toEqual([2, expect.stringContaining("album/1: there is no role staff in rules.json")]);
    }
  });

  it("notes rules that count for nothing, and refuses a name that stands twice", async () => {
    await lay("idle.json", { ...rules, access: [...rules.access, { match: "albun/**", access: "closed" }] });
    const { status, printed } = await run("access", "rules", "check", "idle.json");
    expect([status, printed]).toEqual([0, expect.stringContaining("Note: albun/** is the form of no image")]);
    await lay("twice.json", JSON.stringify(rules).replace("{", '{"access":[],'));
    const twice = await run("access", "rules", "check", "twice.json");
    expect([twice.status, twice.said]).toEqual([2, expect.stringContaining("twice.json: access stands there more")]);
  });

  it("stores rules, and purges what they count for alone", async () => {
    await run("access", "set", "bare", "--clear");
    await lay("other.json", { ...rules, access: [...rules.access, { match: "bare", access: "closed" }] });
    expect((await run("access", "rules", "check", "other.json")).printed).toContain(
      "1 image and 0 objects would be affected",
    );
    const { status, printed } = await run("access", "rules", "set", "other.json", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ images: ["bare"], objects: [], purge: { state: "purged" } });
    expect(await statuses("bare")).toEqual([403, 403]);
    expect((await run("access", "rules", "set", "other.json")).printed).toContain("is the same already");
    expect((await run("access", "rules", "set", "rules.json")).status).toBe(0);
    expect(await statuses("bare")).toEqual([200, 200]);
  });
});

describe("tessera sign", () => {
  it("prints an address at which the service shows what it refuses otherwise, until it lapses", async () => {
    await run("access", "set", "bare", "--access", "signed");
    expect(await statuses("bare")).toEqual([403, 403]);
    const { status, printed } = await run("sign", "bare", "--for", "8h");
    expect(status).toBe(0);
    const uri = printed.trimEnd();
    expect(uri).toMatch(new RegExp(`^${service.url}/iiif/3/bare;exp=\\d+;sig=k1\\.[\\w-]{22}$`));
    const info = await fetch(`${uri}/info.json`);
    expect([info.status, info.headers.get("Cache-Control")]).toEqual([200, "private, no-store"]);
    expect((await info.json()) as object).toMatchObject({ id: uri, width: 600 });
    expect((await fetch(`${uri.replace("bare", "album%2F2")}/info.json`)).status).toBe(403);
  });
});

describe("an identifier that says how much is asked for", () => {
  it("is given to no image", async () => {
    const { status, said } = await run("mv", "bare", "bare;max=400");
    expect([status, said]).toEqual([2, expect.stringContaining("it has ;max=, ;exp= or ;sig= in it")]);
  });
});
