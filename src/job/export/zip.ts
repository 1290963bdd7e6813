import { existsSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { describeWriting, findWriteFault } from "../../node/writable-file.ts";
import { type ExportPlace, type ExportTarget, PlaceFault } from "./target.ts";
import { formatArchiveEnd, formatDirectoryEntry, formatEntryHead } from "./zip-format.ts";

/** Returns a ZIP file that an export goes to. It must not be there. Throws PlaceFault. */
export async function zipPlace(file: string): Promise<ExportPlace> {
  if (existsSync(file)) throw new PlaceFault(`${file} is there already: move it away, or name another file`);
  const fault = await findWriteFault(file);
  if (fault !== undefined) throw new PlaceFault(`${file} ${fault}`);
  return { name: file, isCharged: false, open: () => describing(file, () => openArchive(file)) };
}

async function describing<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw describeWriting(file, error);
  }
}

/** What is written goes to a file beside it, which takes the name when it is whole. */
async function openArchive(file: string): Promise<ExportTarget> {
  const partial = `${file}.partial`;
  const handle = await open(partial, "w");
  const archive = new Archive(handle);
  let last = Promise.resolve();
  return {
    readMarker: async () => undefined,
    writeMarker: async () => {},
    clear: async () => {},
    write: (path, bytes) => {
      // An archive takes one entry after the other.
      last = last.then(() => describing(file, () => archive.add(path, bytes)));
      return last;
    },
    async *listMarked() {},
    finish: () =>
      describing(file, async () => {
        await archive.end();
        await handle.close();
        await rename(partial, file);
      }),
    abandon: async () => {
      await last.catch(() => undefined);
      await handle.close().catch(() => undefined);
      await rm(partial, { force: true }).catch(() => undefined);
    },
  };
}

/** Parts of the directory that are held one by one before they are joined. */
const mostLoose = 1000;

/** Pictures are compressed already: entries are stored. Memory holds one of them, and some hundred bytes for each before. */
class Archive {
  readonly #handle: FileHandle;
  readonly #modified = new Date();
  readonly #directory: Buffer[] = [];
  #loose: Buffer[] = [];
  #entries = 0;
  #offset = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async add(name: string, bytes: Uint8Array): Promise<void> {
    const entry = { name, crc32: crc32(bytes), bytes: bytes.byteLength, offset: this.#offset };
    await this.#append(formatEntryHead(entry, this.#modified));
    await this.#append(bytes);
    this.#entries += 1;
    if (this.#loose.push(formatDirectoryEntry(entry, this.#modified)) === mostLoose) this.#join();
  }

  async end(): Promise<void> {
    this.#join();
    const offset = this.#offset;
    for (const part of this.#directory) await this.#append(part);
    await this.#append(formatArchiveEnd({ entries: this.#entries, offset, bytes: this.#offset - offset }));
  }

  #join(): void {
    this.#directory.push(Buffer.concat(this.#loose));
    this.#loose = [];
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#handle.appendFile(bytes);
    this.#offset += bytes.byteLength;
  }
}
