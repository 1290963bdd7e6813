import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import ZipStream from "zip-stream";
import { describeWriting, findWriteFault } from "../../node/writable-file.ts";
import { type ExportPlace, type ExportTarget, PlaceFault } from "./target.ts";

/** Returns a ZIP file that an export goes to. It must not be there. Throws PlaceFault. */
export async function zipPlace(file: string): Promise<ExportPlace> {
  if (existsSync(file)) throw new PlaceFault(`${file} is there already: move it away, or name another file`);
  const fault = await findWriteFault(file);
  if (fault !== undefined) throw new PlaceFault(`${file} ${fault}`);
  return { name: file, isCharged: false, open: async () => zipTarget(file) };
}

/**
 * Pictures are compressed already: entries are stored. What is written goes to a file beside it, which takes the name when
 * it is whole. Memory holds one entry, and the names of all for the directory at the end.
 */
function zipTarget(file: string): ExportTarget {
  const partial = `${file}.partial`;
  const zip = new ZipStream({ store: true });
  const output = createWriteStream(partial);
  const broken = new AbortController();
  const breakOff = (error: Error): void => broken.abort(error);
  zip.once("error", breakOff);
  output.once("error", breakOff);
  zip.pipe(output);
  const unlessBroken = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      broken.signal.throwIfAborted();
      await work();
    } catch (error) {
      throw describeWriting(file, broken.signal.aborted ? broken.signal.reason : error);
    }
  };
  const add = async (path: string, bytes: Uint8Array): Promise<void> => {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await new Promise<void>((resolve, reject) => {
      zip.entry(data, { name: path, mode: 0o644 }, (error) => (error ? reject(error) : resolve()));
    });
    if (zip.writableNeedDrain) await once(zip, "drain", { signal: broken.signal });
  };
  let last = Promise.resolve();
  return {
    readMarker: async () => undefined,
    writeMarker: async () => {},
    clear: async () => {},
    write: (path, bytes) => {
      // An archive takes one entry after the other.
      last = last.then(() => unlessBroken(() => add(path, bytes)));
      return last;
    },
    async *listMarked() {},
    finish: async () => {
      await unlessBroken(() => {
        const closed = once(output, "close", { signal: broken.signal });
        zip.finalize();
        return closed;
      });
      await rename(partial, file);
    },
    abandon: async () => {
      await last.catch(() => undefined);
      // A file that is still being opened would be there again.
      if (!output.closed) await new Promise<void>((resolve) => output.once("close", () => resolve()).destroy());
      await rm(partial, { force: true });
    },
  };
}
