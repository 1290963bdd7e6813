import type { ChildProcess } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Terminal } from "../../src/node/terminal.ts";
import { tellingConverter } from "../support/ingest.ts";
import { endOf, layFolders, startCommand } from "../support/ingest-command.ts";
import { type Arrival, type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";
import { uploadBytes } from "../support/upload-bytes.ts";

let endpoint: S3Endpoint;
let folder: string;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  folder = await mkdtemp(join(tmpdir(), "tessera-move-"));
  await layFolders(folder);
});
afterEach(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

const recordOf = (identifier: string, label = "A label") =>
  Buffer.from(JSON.stringify({ identifier, label, metadata: [], width: 4, height: 3 }));

const names = Array.from({ length: 30 }, (_, index) => `n${10 + index}`);

function layFormer(...identifiers: readonly string[]): void {
  for (const name of identifiers)
    endpoint.objects.set(`.records/${name}.json`, { bytes: recordOf(name), etag: "", headers: {} });
}

const remote = () => [
  ...["--to", "remote", "--endpoint", endpoint.url],
  ...["--bucket", endpoint.bucket, "--catalogue-bucket", endpoint.catalogueBucket],
];

const keys = () => ({
  AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
  AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
});

async function run(args: readonly string[], environment: Terminal["environment"] = keys()) {
  const { terminal, printed, said } = recordTerminal(folder, { environment });
  const status = await runCommandLine(["move-records", ...args], { terminal, converter: tellingConverter([]) });
  return { status, printed: printed(), said: said() };
}

describe("tessera move-records", () => {
  it("moves the records of a remote bucket, and says what it did", async () => {
    layFormer("a", "b");
    const { status, printed, said } = await run(remote());
    expect({ status, said }).toEqual({ status: 0, said: "" });
    expect(printed).toMatch(/^Records: 2 moved; from masters at 127\.0\.0\.1:\d+ to catalogue at 127\.0\.0\.1:\d+\n$/);
    expect(endpoint.objects.size).toBe(0);
    expect([...endpoint.catalogue.keys()].sort()).toEqual(["records/a.json", "records/b.json"]);
  });

  it("moves the records of the local bucket, and has nothing to do the second time", async () => {
    const stateFolder = join(folder, "state");
    const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");
    const lay = async () => {
      const { masters, close } = localBuckets({ configFile, stateFolder });
      for (const name of ["a", "maps/b"]) {
        await uploadBytes(masters, {
          key: `.records/${name}.json`,
          bytes: recordOf(name),
          contentType: "application/json",
        });
      }
      await close();
    };
    await lay();
    const place = ["--to", "local", "--state", stateFolder];
    expect(await run(place, {})).toMatchObject({ status: 0, printed: expect.stringContaining("2 moved;") });
    const { masters, catalogue, close } = localBuckets({ configFile, stateFolder });
    try {
      expect((await masters.list("", undefined)).objects).toEqual([]);
      expect(await catalogue.get("records/maps/b.json")).toMatchObject({
        bytes: new Uint8Array(recordOf("maps/b")),
        contentType: "application/json",
      });
    } finally {
      await close();
    }
    expect(await run(place, {})).toMatchObject({ status: 0, printed: expect.stringContaining("0 moved;") });
  });

  it("ends with 1 and the key of each record that it left", async () => {
    layFormer("a", "b");
    endpoint.catalogue.set("records/a.json", { bytes: recordOf("a", "Newer"), etag: "", headers: {} });
    const { status, printed, said } = await run(remote());
    expect(status).toBe(1);
    expect(said).toBe("left      .records/a.json: records/a.json in the catalogue is different.\n");
    expect(printed).toContain("Records: 1 moved, 1 left;");
    expect(printed).toContain("docs/ingest.md");
  });

  it("ends with 1 and what it has done when the storage fails", async () => {
    layFormer("a");
    endpoint.fault = ({ operation }) => (operation === "HeadBucket" ? 404 : undefined);
    const { status, printed, said } = await run(remote());
    expect(status).toBe(1);
    expect(said).toContain("There is no bucket masters");
    expect(printed).toContain("Records: 0 moved;");
    expect(printed).toContain("Run the same command again to resume.");
  });

  it("takes places from a configuration, and is told everything that is wrong at once", async () => {
    layFormer("a");
    const { url, bucket, catalogueBucket } = endpoint;
    const config = { to: "remote", endpoint: url, bucket, catalogueBucket, collection: "atlas" };
    await writeFile(join(folder, "c.json"), JSON.stringify(config));
    expect(await run(["--config", "c.json"])).toMatchObject({ status: 0 });
    const { status, said } = await run(["--to", "remote", "--state", "s", "--endpoint", "http://s3.example.org"], {});
    expect(status).toBe(2);
    for (const fault of ["--state has no effect", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "only go over https"]) {
      expect(said).toContain(fault);
    }
    expect(await run([])).toMatchObject({ status: 2, said: expect.stringContaining("--to is missing") });
    expect(await run(["a.tif", "--to", "local"])).toMatchObject({ status: 2, said: expect.stringContaining("a.tif") });
  });

  it.each([
    ["SIGINT", 130],
    ["SIGKILL", null],
  ] as const)("loses nothing when %s ends it, and goes on when it is run again", async (signal, expected) => {
    layFormer(...names);
    const stopped = startCommand(folder, ["move-records", ...remote()], keys());
    const { status, printed } = await interrupt(stopped, signal, ({ operation }) => operation === "DeleteObject");
    expect(status).toBe(expected);
    if (signal === "SIGINT") expect(printed).toContain("Run the same command again to resume.");
    const held = new Set([...endpoint.objects.keys()].map((key) => key.slice(1)).concat(...endpoint.catalogue.keys()));
    expect(held.size).toBe(names.length);
    expect(endpoint.objects.size).toBeGreaterThan(0);
    const next = await endOf(startCommand(folder, ["move-records", ...remote()], keys()));
    expect(next.status).toBe(0);
    expect(endpoint.objects.size).toBe(0);
    expect([...endpoint.catalogue.keys()].sort()).toEqual(names.map((name) => `records/${name}.json`));
    expect([...endpoint.catalogue.values()].map(({ bytes }) => bytes.toString()).sort()).toEqual(
      names.map((name) => recordOf(name).toString()),
    );
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
  });
});

/** Sends a signal at the third request of a kind, and returns how the command ended. */
async function interrupt(child: ChildProcess, signal: NodeJS.Signals, isIt: (arrival: Arrival) => boolean) {
  let seen = 0;
  endpoint.fault = (arrival) => {
    if (isIt(arrival)) seen += 1;
    if (seen === 3) child.kill(signal);
    return undefined;
  };
  const ending = await endOf(child);
  endpoint.fault = () => undefined;
  return ending;
}
