import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectRoom } from "../../src/bucket/disk-room.ts";
import { defaultLocalPatience } from "../../src/bucket/local-bucket-connection.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { bucketCodeOf } from "../support/ingest.ts";
import { endOf, type IngestEnding, layFolders, layPictures, startIngest } from "../support/ingest-command.ts";
import { groupMembers, runningProcesses, waitForEndOfGroup } from "../support/processes.ts";
import { uploadBytes } from "../support/upload-bytes.ts";

const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-local-end-"));
  await layFolders(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const parentOf = (id: number) => runningProcesses().find((running) => running.id === id)?.parent;

interface Disturbed extends IngestEnding {
  /** That the bucket's process led. */
  readonly group: number;
}

/** Starts the command to a local bucket and does something to the group of the bucket once the first image is stored. */
async function disturb(act: (ids: { readonly ingest: number; readonly group: number }) => void): Promise<Disturbed> {
  await layPictures(folder, "a.png", "b.png", "c.png", "d.png", "e.png", "f.png");
  const child = startIngest(folder, ["--to", "local", "--state", join(folder, "state")]);
  let group = 0;
  child.stderr?.on("data", (text) => {
    if (group !== 0 || !String(text).startsWith("stored")) return;
    // It stands still while it is looked at: else it may have stored all by then.
    child.kill("SIGSTOP");
    const isBucket = ({ parent, command }: { readonly parent: number; readonly command: string }) =>
      parent === child.pid && command.includes("local-bucket-process");
    group = runningProcesses().find(isBucket)?.id ?? 0;
    expect(groupMembers(group).some(({ command }) => command.includes("workerd"))).toBe(true);
    act({ ingest: child.pid ?? 0, group });
    child.kill("SIGCONT");
  });
  return { ...(await endOf(child)), group };
}

/** Runs the command again, which must find what was stored and do the rest. */
async function goOn(): Promise<void> {
  const { status, images } = await endOf(startIngest(folder, ["--to", "local", "--state", join(folder, "state")]));
  expect(status).toBe(0);
  expect(images).toHaveLength(6);
  expect(images[0]).toMatchObject({ identifier: "a", status: "kept" });
  expect(images.every(({ status }) => status === "kept" || status === "stored")).toBe(true);
}

describe("a local bucket", () => {
  it("that stands still lets the first SIGTERM end the command, with nothing left of it", async () => {
    const { status, said, images, group } = await disturb((ids) => {
      process.kill(-ids.group, "SIGSTOP");
      process.kill(ids.ingest, "SIGTERM");
    });
    expect(status).toBe(130);
    expect(said.match(/Stopping/g)).toHaveLength(1);
    expect(images[0]?.status).toBe("stored");
    expect(images.slice(1).some(({ status }) => status === "stopped")).toBe(true);
    expect(groupMembers(group)).toEqual([]);
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
    await goOn();
  });

  it("ends whole when its own process is killed, and the command says so", async () => {
    const { status, said, group } = await disturb((ids) => process.kill(ids.group, "SIGKILL"));
    expect(status).toBe(75);
    expect(said).toContain("The local bucket ended.");
    await waitForEndOfGroup(group);
    await goOn();
  });

  it("ends whole when the command is killed", async () => {
    const { status, group } = await disturb((ids) => process.kill(ids.ingest, "SIGKILL"));
    expect(status).toBeNull();
    await waitForEndOfGroup(group);
    await goOn();
  });

  it("ends whole when the command and its own process are killed together", async () => {
    const { status, group } = await disturb((ids) => {
      process.kill(ids.ingest, "SIGKILL");
      process.kill(ids.group, "SIGKILL");
    });
    expect(status).toBeNull();
    await waitForEndOfGroup(group);
  });
});

describe("a disk that takes no more", () => {
  it("is told of with its folder before anything is written", async () => {
    expect(await bucketCodeOf(expectRoom(folder, Number.MAX_SAFE_INTEGER))).toBe("disk-full");
    await expect(expectRoom(folder, Number.MAX_SAFE_INTEGER)).rejects.toThrow(folder);
    const later = join(folder, "none", "so", "far");
    await expect(expectRoom(later, Number.MAX_SAFE_INTEGER)).rejects.toThrow(later);
    await expectRoom(folder, 0);
  });

  it("is waited for no longer than the patience lasts when it does not tell, and loses nothing", async () => {
    const state = join(folder, "state");
    const patience = { ...defaultLocalPatience, answerMilliseconds: 5000 };
    const buckets = localBuckets({ configFile, stateFolder: state, patience });
    const bucket = buckets.masters;
    const bytes = new Uint8Array(500_000).fill(7);
    const put = () => uploadBytes(bucket, { key: "a", bytes, contentType: "image/tiff" });
    try {
      await bucket.check();
      const workerd = runningProcesses().find(
        ({ parent, command }) => command.includes("workerd") && parentOf(parent) === process.pid,
      );
      process.kill(workerd?.id ?? 0, "SIGSTOP");
      await expect(put()).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining(state) });
      process.kill(workerd?.id ?? 0, "SIGCONT");
      await put();
      expect(await bucket.head("a")).toMatchObject({ bytes: bytes.length });
    } finally {
      await buckets.close();
    }
  });
});
