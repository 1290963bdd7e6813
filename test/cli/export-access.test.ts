import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Region } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFolder } from "../../demo/masters.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { shareLocalBuckets } from "../../src/bucket/open-local-buckets.ts";
import { checkedBytes } from "../../src/bucket/upload.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { converter } from "../../src/cli/converter.ts";
import { type LocalService, startLocalService } from "../support/local-service.ts";
import { drawScene } from "../support/masters.ts";
import { recordTerminal } from "../support/terminal.ts";

let folder: string;
let endSharing: () => Promise<void>;
let service: LocalService;

async function run(...args: readonly string[]) {
  const { terminal, printed, said } = recordTerminal(folder, {});
  const status = await runCommandLine(args, { terminal, converter });
  return { status, printed: printed(), said: said() };
}

const local = ["--to", "local", "--state", "state"] as const;

/** Exports what is in the bucket, and returns what is told for scripts. */
async function exportTo(target: string, ...args: readonly string[]) {
  const place = ["--from", "local", "--state", "state", "--base", "https://files.example", "--json"];
  const { status, printed, said } = await run("export", ...place, "--to", target, ...args);
  const report = printed === "" ? {} : JSON.parse(printed);
  return { status, said, report };
}

const setAccess = async (...args: readonly string[]) =>
  expect(await run("access", "set", ...args, ...local)).toMatchObject({ status: 0 });

async function putRecord(key: string, text: string): Promise<void> {
  const buckets = localBuckets({
    configFile: join(projectFolder, "wrangler.toml"),
    stateFolder: join(folder, "state"),
  });
  const headers = { contentType: "application/json", metadata: {} };
  await buckets.catalogue.put(key, checkedBytes(new TextEncoder().encode(text)), headers);
  await buckets.close();
}

const fileOf = (target: string, identifier: string, path: string) =>
  join(folder, target, "iiif", "3", ...identifier.split("/"), path);

async function picturesOf(target: string, identifier: string): Promise<readonly string[]> {
  const root = fileOf(target, identifier, "");
  const entries = await readdir(root, { recursive: true });
  return entries.filter((path) => path.endsWith(".jpg"));
}

const size = { width: 700, height: 500 } as const;
const whole = `full/${size.width},${size.height}/0/default.jpg`;
const redacted = { left: 110, top: 90, width: 180, height: 100 };

/** Mean and deviation of the samples in a part of a picture. */
async function samplesOf(file: string, part: Region): Promise<readonly (readonly [number, number])[]> {
  // Statistics are those of the input.
  const { channels } = await sharp(await sharp(file).extract(part).png().toBuffer()).stats();
  return channels.map(({ mean, stdev }) => [Math.round(mean), Math.round(stdev)]);
}

/** A dark grey. */
const blank = [
  [80, 0],
  [80, 0],
  [80, 0],
];

const rules = {
  access: [
    { match: "album/3", watermark: "stamp" },
    { match: "staff/**", access: "role:staff" },
  ],
  roles: { staff: { label: { en: "Staff" }, claims: ["@museum.example"] } },
  watermarks: { stamp: { mark: "stamp", opacity: 0.6, position: "tile" }, gone: { mark: "gone" } },
};

const images = [
  ...["album/1", "album/2", "album/3", "shut/1", "staff/1"],
  ...["small", "hidden", "broken", "unmarked"],
];

beforeAll(async () => {
  endSharing = shareLocalBuckets();
  folder = await mkdtemp(join(tmpdir(), "tessera-export-access-"));
  const scene = await drawScene(size).png().toBuffer();
  for (const name of images) {
    await mkdir(join(folder, "scans", name, ".."), { recursive: true });
    await writeFile(join(folder, "scans", `${name}.png`), scene);
  }
  await writeFile(join(folder, "rules.json"), JSON.stringify(rules));
  const background = { r: 250, g: 250, b: 20 };
  await sharp({ create: { width: 90, height: 40, channels: 3, background } })
    .png()
    .toFile(join(folder, "logo.png"));
  expect(await run("ingest", join(folder, "scans"), ...local, "--tile", "256")).toMatchObject({ status: 0 });
  expect(await run("access", "rules", "set", "rules.json", ...local)).toMatchObject({ status: 0 });
  expect(await run("access", "mark", "stamp", "--image", "logo.png", ...local)).toMatchObject({ status: 0 });
  const { left, top, width, height } = redacted;
  await setAccess("album/2", "--redact", [left, top, width, height].join());
  await setAccess("shut/1", "--access", "closed", "--redact", "0,0,50,50");
  await setAccess("small", "--access", "closed", "--public-size", "200");
  await setAccess("hidden", "--access", "hidden");
  await setAccess("unmarked", "--watermark", "gone");
  await putRecord("records/broken.json", "{");
  service = await startLocalService(join(folder, "state"));
});
afterAll(async () => {
  await service?.close();
  await endSharing?.();
  await rm(folder, { recursive: true });
});

describe("tessera export of a bucket with restricted images", () => {
  it("leaves out what not anybody may see whole, and says why", async () => {
    const { status, said, report } = await exportTo("site", "--manifests");
    const restricted = Object.fromEntries(
      report.restricted.map((one: { identifier: string; message: string }) => [one.identifier, one.message]),
    );
    expect(restricted).toEqual({
      "shut/1": "It is closed.",
      "staff/1": "It is shown to those who have the role staff.",
      small: "It is closed, and to all others reduced alone.",
      hidden: "It is hidden.",
      broken: "Its record is damaged.",
    });
    expect(said).toContain("left out  shut/1: It is closed.");
    // A picture is never drawn without its mark.
    expect(report.failures).toMatchObject([{ identifier: "unmarked", code: "record-malformed" }]);
    expect([status, report.exported, report.manifests]).toEqual([1, 3, 1]);
    expect(existsSync(join(folder, "site", "presentation", "3", "album", "manifest.json"))).toBe(true);
    for (const name of [...Object.keys(restricted), "unmarked"])
      expect(existsSync(fileOf("site", name, ""))).toBe(false);
  });

  it.each(["album/1", "album/2", "album/3"])(
    "draws with the marks of the service, byte for byte: %s",
    async (identifier) => {
      const pictures = await picturesOf("site", identifier);
      expect(pictures.length).toBeGreaterThan(8);
      const differing: string[] = [];
      for (const path of pictures) {
        const answer = await fetch(`${service.base}/iiif/3/${encodeURIComponent(identifier)}/${path}`);
        const bytes = Buffer.from(await answer.arrayBuffer());
        if (answer.status !== 200 || !bytes.equals(await readFile(fileOf("site", identifier, path)))) {
          differing.push(path);
        }
      }
      expect(differing).toEqual([]);
    },
  );

  it("shows nothing of what is redacted, and the watermark", async () => {
    const shownOf = (identifier: string) => samplesOf(fileOf("site", identifier, whole), redacted);
    expect(await shownOf("album/2")).toEqual(blank);
    const plain = await shownOf("album/1");
    expect(plain.every(([, deviation]) => deviation > 5)).toBe(true);
    expect(await shownOf("album/3")).not.toEqual(plain);
  });

  it("keeps the marks of what is exported by --include-restricted, and no image whose record is damaged", async () => {
    const { report } = await exportTo("all", "--include-restricted");
    expect(report.restricted).toEqual([{ identifier: "broken", message: "Its record is damaged." }]);
    expect(report.exported).toBe(7);
    for (const path of await picturesOf("site", "album/2")) {
      expect(
        (await readFile(fileOf("all", "album/2", path))).equals(await readFile(fileOf("site", "album/2", path))),
      ).toBe(true);
    }
    const corner = { left: 0, top: 0, width: 50, height: 50 };
    expect(await samplesOf(fileOf("all", "shut/1", whole), corner)).toEqual(blank);
  });

  it("makes anew what is redacted since, and removes what is closed since where it is asked to", async () => {
    expect((await exportTo("site")).report).toMatchObject({ exported: 0, unchanged: 3 });
    const before = await readFile(fileOf("site", "album/1", whole));
    await setAccess("album/1", "--redact", "300,200,100,100");
    await setAccess("album/3", "--access", "closed");
    expect((await exportTo("site")).report).toMatchObject({ exported: 1, unchanged: 1 });
    expect(before.equals(await readFile(fileOf("site", "album/1", whole)))).toBe(false);
    // Until then what was exported before stays.
    expect(existsSync(fileOf("site", "album/3", whole))).toBe(true);
    expect((await exportTo("site", "--delete")).report).toMatchObject({ exported: 0, unchanged: 2, removed: 1 });
    expect(existsSync(fileOf("site", "album/3", whole))).toBe(false);
  });

  it("exports nothing while the rules can't be read", async () => {
    await putRecord("rules.json", "{");
    const { status, said } = await exportTo("unread", "--include-restricted");
    expect([status, said]).toEqual([expect.any(Number), expect.stringContaining("rules.json")]);
    expect(status).not.toBe(0);
    expect(existsSync(fileOf("unread", "album/1", whole))).toBe(false);
  });
});
