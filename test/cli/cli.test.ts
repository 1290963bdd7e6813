import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Converter } from "../../src/job/job-image.ts";
import type { Terminal } from "../../src/node/terminal.ts";
import { type Conversions, tellingConverter } from "../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";

const projectFolder = join(import.meta.dirname, "..", "..");

let endpoint: S3Endpoint;
let folder: string;
let conversions: Conversions;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  folder = await mkdtemp(join(tmpdir(), "tessera-cli-"));
  conversions = [];
});
afterEach(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

const lay = (name: string, content = name) => writeFile(join(folder, name), content);

const byKind = (one: { readonly kind: string }, other: { readonly kind: string }) => (one.kind < other.kind ? -1 : 1);

interface Result {
  readonly status: number;
  readonly printed: string;
  readonly said: string;
}

async function run(
  args: readonly string[],
  change: { readonly environment?: Terminal["environment"]; readonly converter?: Partial<Converter> } = {},
): Promise<Result> {
  const keys = { AWS_ACCESS_KEY_ID: endpoint.accessKeyId, AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey };
  const { terminal, printed, said } = recordTerminal(folder, { environment: change.environment ?? keys });
  const status = await runCommandLine(args, { terminal, converter: tellingConverter(conversions, change.converter) });
  return { status, printed: printed(), said: said() };
}

const remote = () => [
  ...["--to", "remote", "--endpoint", endpoint.url],
  ...["--bucket", endpoint.bucket, "--catalogue-bucket", endpoint.catalogueBucket],
];

/** Each run loads wrangler in a process of its own. */

describe("the command line", () => {
  it("prints help and version to standard output", async () => {
    expect(await run(["ingest", "--help"])).toMatchObject({ status: 0, said: "" });
    const manifest = JSON.parse(await readFile(join(projectFolder, "package.json"), "utf8"));
    expect(await run(["--version"])).toMatchObject({ status: 0, printed: `${manifest.version}\n` });
  });

  it("ends with 2, the usage and every fault of configuration, environment and files together", async () => {
    await lay("a.tif");
    await lay("a.jpg");
    await lay("tessera.config.json", '{"jobs": 0}');
    await lay("r.csv", "label\nA");
    const args = [
      "ingest",
      folder,
      "--to",
      "remote",
      "--records",
      "r.csv",
      "--repack",
      "--quality",
      "5",
      "--state",
      "s",
    ];
    const { status, said, printed } = await run(args, { environment: {} });
    expect(status).toBe(2);
    expect(printed).toBe("");
    for (const fault of [
      "tessera.config.json: jobs is 0",
      "r.csv: row 1: there is no column identifier or file",
      "--quality has no effect with --repack",
      "--state has no effect with --to remote",
      "AWS_ACCESS_KEY_ID is not set",
      "AWS_SECRET_ACCESS_KEY is not set",
      "CLOUDFLARE_ACCOUNT_ID",
      "would both be a",
    ]) {
      expect(said).toContain(fault);
    }
    expect(said).toContain("Usage: tessera ingest");
    expect(endpoint.arrivals).toEqual([]);
  });

  it("ingests, reports as JSON on standard output and to a file, and informs people on standard error", async () => {
    await lay("a.tif");
    await lay("b.jpg");
    await lay("r.csv", "file,label\na.tif,A\n");
    const args = ["ingest", folder, ...remote(), "--records", "r.csv", "--json", "--report", "r.json", "--jobs", "1"];
    args.push("--no-objects");
    const { status, printed, said } = await run(args);
    expect(status).toBe(0);
    const report = JSON.parse(printed);
    expect(report).toEqual(JSON.parse(await readFile(join(folder, "r.json"), "utf8")));
    expect(report.images.map(({ identifier, status }: Record<string, string>) => [identifier, status])).toEqual([
      ["a", "stored"],
      ["b", "stored"],
    ]);
    // The buckets are looked up once; each master before and after it is stored, and a record before.
    expect(report.estimate.operations).toEqual({ classA: 3, classB: 7 });
    expect(said).toContain("images without a record");
    expect(said).toContain("a.tif as a");
    expect([...endpoint.objects.keys()].sort()).toEqual(["a", "b"]);
    expect([...endpoint.catalogue.keys()]).toEqual(["records/a.json"]);
    expect(report.recordsTo).toContain(endpoint.catalogueBucket);
  });

  it("takes from the configuration what the arguments do not say", async () => {
    await lay("a.tif");
    const { url, bucket } = endpoint;
    const conversions_ = [{ match: "*.tif", quality: 60 }];
    const config = {
      to: "remote",
      endpoint: url,
      bucket,
      prefix: "x-",
      keyTemplate: "m/{identifier}",
      conversions: conversions_,
    };
    await lay("tessera.config.json", JSON.stringify(config));
    const args = ["ingest", folder, "--no-objects", "--config", "tessera.config.json", "--prefix", "y-"];
    expect((await run(args)).status).toBe(0);
    expect([...endpoint.objects.keys()]).toEqual(["m/y-a"]);
    expect(conversions[0]?.settings).toContain('"quality":60');
  });

  it("shows what names hold in all it writes, and keeps them true in its JSON", async () => {
    const name = 'a\u001b[2J\u202e"<script>\nstored    b.tif\u009b.tif';
    await lay(name);
    await lay("=1+1.tif", "broken");
    const failing = { convertMaster: () => Promise.reject(new Error("It is\nstored    c.tif\u001b[A.")) };
    const report = join(folder, "r.json");
    const runs = [
      await run(["ingest", folder, ...remote(), "--report", report], { converter: failing }),
      await run(["ingest", folder, ...remote(), "--json"], { converter: failing }),
      await run(["ingest", folder, ...remote(), "--dry-run"]),
      await run(["check", folder]),
      await run(["check", folder, "--brief"]),
      await run(["check", folder, "--json"]),
      await run(["compare", join(folder, name)]),
      await run(["ingest", join(folder, `${name}.none`), "--to", "local", name, `--${name}`]),
    ];
    for (const { printed, said } of runs) {
      expect(printed + said).toContain("\\u001b[2J");
      expect(printed + said).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
      expect(printed + said).not.toMatch(/^stored/m);
    }
    const paths = [join(folder, "=1+1.tif"), join(folder, name)];
    const ingested = JSON.parse(runs[1]?.printed ?? "");
    expect(ingested.images.map(({ source }: { readonly source: string }) => source)).toEqual(paths);
    expect(JSON.parse(await readFile(report, "utf8")).images[1].source).toBe(paths[1]);
    const checked = JSON.parse(runs[5]?.printed ?? "");
    expect(checked.files.map(({ file }: { readonly file: string }) => file)).toEqual(paths);
  });

  it("sends no signed request to an endpoint without encryption, and says so before anything is done", async () => {
    await lay("a.tif");
    await lay("tessera.config.json", JSON.stringify({ to: "remote", endpoint: "http://s3.example.org", bucket: "b" }));
    for (const args of [[], ["--config", "tessera.config.json"], ["--endpoint", "http://s3.example.org"]]) {
      const { status, said } = await run(["ingest", folder, "--to", "remote", "--bucket", "b", ...args]);
      expect(status).toBe(2);
      expect(said).toMatch(/signed requests only go over https|only accepted from a file that is named/);
    }
    expect(conversions).toEqual([]);
  });

  it("never runs a program from the working folder, not even in a dry run", async () => {
    await lay("a.tif");
    await lay("tessera.config.ts", "process.exitCode = 99; globalThis.wasRun = true; export default {};");
    const { status, said } = await run(["ingest", folder, "--to", "local", "--dry-run"]);
    expect(status).toBe(2);
    expect(said).toContain("--config tessera.config.ts");
    expect(globalThis).not.toHaveProperty("wasRun");
  });

  it("ends with 1 when an image fails, and when the bucket refuses", async () => {
    await lay("a.tif");
    const failing = { convertMaster: () => Promise.reject(new Error("Broken.")) };
    expect(await run(["ingest", folder, ...remote()], { converter: failing })).toMatchObject({
      status: 1,
      said: expect.stringContaining("a.tif: Broken. (internal)"),
    });
    const environment = { AWS_ACCESS_KEY_ID: endpoint.accessKeyId, AWS_SECRET_ACCESS_KEY: "wrong" };
    const { status, said } = await run(["ingest", folder, ...remote()], { environment });
    expect(status).toBe(1);
    expect(said).toContain("Check AWS_ACCESS_KEY_ID");
    expect(said).not.toContain("wrong");
  });

  it("ends with 1 for files whose names are not UTF-8, which fail, and takes the others", async () => {
    await lay("a.tif");
    const name = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9), Buffer.from(".tif")]);
    await writeFile(name, "latin");
    const shown = `${folder}/caf\\xE9.tif`;
    const { status, printed, said } = await run(["ingest", folder, ...remote(), "--json"]);
    expect(status).toBe(1);
    const report = JSON.parse(printed);
    expect(report.images).toMatchObject([
      { identifier: "a", status: "stored" },
      { source: shown, status: "failed", bytesIn: 5, failure: { code: "unreadable" } },
    ]);
    expect(report.totals).toMatchObject({ stored: 1, failed: 1 });
    expect(said).toContain(`failed    ${shown} has a name that is not UTF-8`);
    expect([...endpoint.objects.keys()]).toEqual(["a"]);
    const checked = await run(["check", folder, "--json"]);
    expect(checked.status).toBe(1);
    expect(JSON.parse(checked.printed).files.map(({ file }: { readonly file: string }) => file)).toContain(shown);
  });

  it("counts what it skips by kind, in words and in the report", async () => {
    await lay("a.tif");
    await lay("notes.txt");
    await lay(".hidden.tif");
    await symlink(folder, join(folder, "again"));
    await symlink(join(folder, "gone"), join(folder, "b.tif"));
    const { printed, said } = await run(["ingest", folder, ...remote(), "--json"]);
    expect(JSON.parse(printed).skipped.toSorted(byKind)).toEqual([
      { kind: "broken-link", count: 1, examples: [join(folder, "b.tif")] },
      { kind: "hidden", count: 1, examples: [join(folder, ".hidden.tif")] },
      { kind: "link-to-taken-folder", count: 1, examples: [join(folder, "again")] },
      { kind: "other-extension", count: 1, examples: [], extensions: { ".txt": 1 } },
    ]);
    expect(said.match(/^Note: left out/gm)).toHaveLength(4);
  });

  it("refuses a report that can't be written, or would be written over what is read, before any work", async () => {
    await lay("a.tif");
    await lay("r.csv", "file\na.tif\n");
    for (const [report, fault] of [
      ["none/r.json", "there is no folder"],
      [".", "it is a folder"],
      ["a.tif", "is a file that is to be read"],
      ["r.csv", "is a file that is to be read"],
    ] as const) {
      const args = ["ingest", folder, ...remote(), "--records", "r.csv", "--report", report];
      const { status, said } = await run(args);
      expect(status).toBe(2);
      expect(said).toContain(`--report ${report}`);
      expect(said).toContain(fault);
    }
    const { status, said } = await run(["compare", "a.tif", "--out", "none/page.html"]);
    expect([status, said]).toEqual([2, expect.stringContaining("--out none/page.html can't be written")]);
    expect(conversions).toEqual([]);
    expect(endpoint.arrivals).toEqual([]);
  });

  it.runIf(existsSync("/dev/full"))(
    "says in one sentence that the disk is full when it writes its report",
    async () => {
      await lay("a.tif");
      const { status, printed, said } = await run([
        "ingest",
        folder,
        ...remote(),
        "--dry-run",
        "--report",
        "/dev/full",
      ]);
      expect(status).toBe(1);
      expect(printed).toContain("nothing was converted or stored");
      expect(said.trim()).toMatch(/^.*\/dev\/full can't be written: the disk is full\.$/);
    },
  );

  it("says what is in the way of tables before it asks the bucket, and writes none of them", async () => {
    await lay("records.csv");
    const template = ["manifest", "--template", ...remote()];
    const there = await run(template);
    expect(there.status).toBe(2);
    expect(there.said).toContain("records.csv is there already: move it away");
    expect(existsSync(join(folder, "objects.csv"))).toBe(false);
    const missing = await run([...template, "--out", "none"]);
    expect(missing.said).toMatch(/objects\.csv can't be written: there is no folder \S+none\.\n/);
    expect(endpoint.arrivals).toEqual([]);
  });

  it("says in one sentence which file is not there to be compared", async () => {
    const { status, said } = await run(["compare", "none.tif", "--out", "page.html"]);
    expect(status).toBe(2);
    expect(said.split("\n")[0]).toMatch(
      /^none\.tif can't be compared: \S+none\.tif can't be opened: the file does not exist\.$/,
    );
  });

  it("asks nothing of the bucket and converts nothing in a dry run", async () => {
    await lay("a.tif");
    const summary = {
      format: "tiff",
      width: 40,
      height: 30,
      pages: 2,
      model: "rgb",
      depth: 8,
      isPyramid: true,
      hasAlpha: false,
      hasProfile: false,
      orientation: 1,
      bytes: 5,
    } as const;
    const converter = { inspectSource: async () => summary };
    const { status, printed } = await run(["ingest", folder, "--to", "remote", "--dry-run", "--no-objects"], {
      environment: {},
      converter,
    });
    expect(status).toBe(0);
    expect(printed).toContain("40 × 30  tiff, rgb, 8 bits, pyramid, 2 pages  jpeg q89 4:2:0 t512 srgb");
    expect(printed).toMatch(/^Expected: about [\d.]+ MB of masters .* 1 s on \d+ processors?, without sending them$/m);
    expect(printed).toMatch(/^On R2, .* a month and the 1 class A and 3 class B operations .*November 2026/m);
    expect(endpoint.arrivals).toEqual([]);
    expect(conversions).toEqual([]);
    const failing = await run(["ingest", folder, "--to", "local", "--dry-run", "--json"]);
    expect(failing.status).toBe(1);
    expect(JSON.parse(failing.printed)).toMatchObject({ dryRun: true, images: [{ failure: { code: "internal" } }] });
  });
});
