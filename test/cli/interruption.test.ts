import type { ChildProcess } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endOf, type IngestEnding, layFolders, layPictures, startIngest } from "../support/ingest-command.ts";
import { type Arrival, type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";

let endpoint: S3Endpoint;
let folder: string;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  folder = await mkdtemp(join(tmpdir(), "tessera-interruption-"));
  await layFolders(folder);
});
afterEach(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

/** Starts the command to the storage as a person does, with temporary files in a folder of its own. */
function start(...options: readonly string[]): ChildProcess {
  return startTo(["--to", "remote", "--endpoint", endpoint.url, "--bucket", endpoint.bucket, ...options]);
}

function startTo(place: readonly string[]): ChildProcess {
  const { accessKeyId, secretAccessKey } = endpoint;
  return startIngest(folder, place, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
}

/** Sends a signal once the storage was asked for something, and returns how the command ended. */
async function interrupt(
  child: ChildProcess,
  signal: NodeJS.Signals,
  when: (arrival: Arrival) => boolean,
): Promise<IngestEnding> {
  const { fault } = endpoint;
  endpoint.fault = (arrival, index) => {
    if (when(arrival)) child.kill(signal);
    return fault(arrival, index);
  };
  const ending = await endOf(child);
  endpoint.fault = () => undefined;
  return ending;
}

/** Noise does not compress: its lossless master is longer than a part. */
async function layNoise(name: string): Promise<void> {
  const side = 2400;
  const noise = Buffer.alloc(side * side * 3);
  for (let at = 0, state = 1; at < noise.length; at += 1) {
    state = (state * 48_271) % 2_147_483_647;
    noise[at] = state >> 8;
  }
  const picture = sharp(noise, { raw: { width: side, height: side, channels: 3 } });
  await picture.png({ compressionLevel: 0 }).toFile(join(folder, "images", name));
}

const isPutOf = (name: string) => (arrival: Arrival) => arrival.operation === "PutObject" && arrival.key === name;

describe("a command that is interrupted", () => {
  it("loses nothing when it is killed, and the next run does only what is left", async () => {
    await layPictures(folder, "a.png", "b.png", "c.png", "d.png");
    await interrupt(start(), "SIGKILL", isPutOf("b"));
    const before = new Set(endpoint.objects.keys());
    expect(before.has("a")).toBe(true);
    expect(before.size).toBeLessThan(4);
    endpoint.arrivals.length = 0;
    const { status, images } = await endOf(start());
    const all = ["a", "b", "c", "d"];
    expect(status).toBe(0);
    expect([...endpoint.objects.keys()].sort()).toEqual(all);
    const puts = endpoint.arrivals.filter(({ operation }) => operation === "PutObject");
    expect(puts.map(({ key }) => key)).toEqual(all.filter((key) => !before.has(key)));
    expect(images.map(({ identifier, status }) => [identifier, status])).toEqual(
      all.map((key) => [key, before.has(key) ? "kept" : "stored"]),
    );
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends cleanly with %s, and the next run goes on", async (signal) => {
    await layPictures(folder, "a.png", "b.png", "c.png");
    endpoint.fault = (arrival) => (isPutOf("b")(arrival) ? { status: 503, retryAfter: "60" } : undefined);
    const { status, images, said } = await interrupt(start(), signal, isPutOf("b"));
    expect(said).toContain("Stopping");
    expect(status).toBe(130);
    expect(images.map(({ status }) => status)).toEqual(["stored", "stopped", "stopped"]);
    expect([...endpoint.objects.keys()]).toEqual(["a"]);
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
    const next = await endOf(start());
    expect(next.images.map(({ status }) => status)).toEqual(["kept", "stored", "stored"]);
  });

  it("takes up the parts of a long file that were stored when it was killed", async () => {
    await layNoise("noise.png");
    // The second part is sent while the first is stored, and again after a second.
    endpoint.fault = ({ part }) => (part === 2 ? { status: 503, retryAfter: "1" } : undefined);
    let tries = 0;
    await interrupt(start("--compression", "deflate"), "SIGKILL", ({ part }) => part === 2 && tries++ > 0);
    expect(endpoint.objects.size).toBe(0);
    expect([...endpoint.uploads.values()].map(({ parts }) => [...parts.keys()])).toEqual([[1]]);
    endpoint.arrivals.length = 0;
    const { status } = await endOf(start("--compression", "deflate"));
    expect(status).toBe(0);
    expect(endpoint.arrivals.flatMap(({ part }) => part ?? [])).toEqual([2]);
    expect([...endpoint.objects.keys()]).toEqual(["noise"]);
    expect(endpoint.uploads.size).toBe(0);
  });

  it("ends cleanly on its way to the local bucket too, and the next run goes on", async () => {
    await layPictures(folder, "a.png", "b.png", "c.png", "d.png", "e.png", "f.png");
    const place = ["--to", "local", "--state", join(folder, "state")];
    const stopped = startTo(place);
    stopped.stderr?.on("data", (text) => String(text).startsWith("stored") && stopped.kill("SIGINT"));
    const { status, images } = await endOf(stopped);
    expect(status).toBe(130);
    const done = images.filter(({ status }) => status === "stored").length;
    expect(done).toBeGreaterThan(0);
    expect(images.filter(({ status }) => status === "stopped")).toHaveLength(6 - done);
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
    const next = await endOf(startTo(place));
    expect(next.status).toBe(0);
    expect(next.images.filter(({ status }) => status === "kept")).toHaveLength(done);
    expect(next.images.filter(({ status }) => status === "stored")).toHaveLength(6 - done);
  });
});
