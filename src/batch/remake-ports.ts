import { sleep } from "../budget/clock.ts";
import { ImageError } from "../error.ts";
import type { RemakePorts } from "../remake/run.ts";
import type { Spill } from "../remake/spill.ts";
import type { Target } from "../remake/target.ts";
import { sourceChanged } from "../source/stored-object.ts";
import { answered, type Jobs } from "./jobs.ts";

/** What a new master is written with. */
export interface NewMaster {
  readonly key: string;
  /** What tells it from others in the scratch. */
  readonly name: string;
  /** The etag of what is there and may be replaced; undefined where nothing is. */
  readonly replaces: string | undefined;
  readonly contentType: string;
  /** What is written on it next to what the conversion finds out. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where parts of conversions lie in SCRATCH, whose objects are deleted after some days. */
const scratchPrefix = "remake/";

/** Source: Cloudflare R2, error codes: NoSuchUpload. */
const noSuchUpload = /\b10024\b|does not exist/i;

/** Returns what a conversion in the Worker of jobs works with; it stops at the next pause once `signal` is aborted. */
export function remakePorts(jobs: Jobs, master: NewMaster, signal: AbortSignal): RemakePorts {
  const { clock, tools } = jobs;
  return {
    tools,
    spill: scratchSpill(jobs),
    target: masterTarget(jobs, master),
    digest: platformDigest,
    now: () => clock.now(),
    async pause() {
      await sleep(clock, 0);
      if (!signal.aborted) return;
      throw new ImageError("render-busy", "The time for one message has passed: the next goes on with it.");
    },
  };
}

function scratchSpill(jobs: Jobs): Spill {
  const { scratch } = jobs.buckets;
  return {
    async put(name, bytes) {
      await answered(jobs, () => scratch.put(scratchPrefix + name, bytes));
    },
    get: (name, range) =>
      answered(jobs, async () => {
        const found = await scratch.get(scratchPrefix + name, range === undefined ? {} : { range });
        return found === null ? undefined : found.bytes();
      }),
  };
}

function masterTarget(jobs: Jobs, { key, name, replaces, contentType, metadata }: NewMaster): Target {
  const { masters } = jobs.buckets;
  const optionsOf = (found: Readonly<Record<string, string>>): R2MultipartOptions => ({
    httpMetadata: { contentType },
    customMetadata: { ...metadata, ...found },
  });
  const onlyIf = replaces === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: replaces };
  return {
    name,
    async put(bytes, found) {
      const put: R2Object | null = await answered(jobs, () => masters.put(key, bytes, { ...optionsOf(found), onlyIf }));
      if (put === null) throw sourceChanged();
    },
    begin: (found) =>
      answered(jobs, () => masters.createMultipartUpload(key, optionsOf(found))).then(({ uploadId }) => uploadId),
    async part(upload, number, bytes) {
      const { etag } = await answered(jobs, () => masters.resumeMultipartUpload(key, upload).uploadPart(number, bytes));
      return { number, tag: etag };
    },
    async complete(upload, parts) {
      // Storage completes an upload whatever is there by now.
      const there = await answered(jobs, () => masters.head(key));
      if (there?.etag !== replaces) throw sourceChanged();
      const stored = parts.map(({ number, tag }) => ({ partNumber: number, etag: tag }));
      await answered(jobs, () => masters.resumeMultipartUpload(key, upload).complete(stored));
    },
    async abort(upload) {
      try {
        await answered(jobs, () => masters.resumeMultipartUpload(key, upload).abort());
      } catch (error) {
        // It has been given up, or is complete.
        if (!(error instanceof ImageError) || !noSuchUpload.test(String(error.cause))) throw error;
      }
    },
  };
}

/** Begins a SHA-256 that the platform computes as bytes come. */
function platformDigest() {
  const stream = new crypto.DigestStream("SHA-256");
  const writer = stream.getWriter();
  let writing: Promise<void> = Promise.resolve();
  return {
    update(bytes: Uint8Array) {
      writing = writing.then(() => writer.write(bytes));
    },
    async hex() {
      await writing;
      await writer.close();
      return Array.from(new Uint8Array(await stream.digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    },
  };
}
