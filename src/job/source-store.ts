import { open, readdir, stat } from "node:fs/promises";

/** A file that lies on this machine for as long as it is worked on. */
export interface BroughtFile extends AsyncDisposable {
  readonly path: string;
  /** SHA-256 in hexadecimal, where it was found on the way. */
  readonly checksum: string | undefined;
}

/** Where the files of a run are read from, by their paths. */
export interface SourceStore {
  /** Returns how many bytes a file has; undefined where there is none. */
  readonly sizeOf: (path: string) => Promise<number | undefined>;
  /** Reads at most so many bytes from the start of a file; undefined where it can't be read. */
  readonly readStart: (path: string, mostBytes: number) => Promise<Uint8Array | undefined>;
  /** Lists the names of files beside images in a folder. */
  readonly listNames: (folder: string) => Promise<readonly string[]>;
  /** Returns what changes whenever the content of a file does; undefined where nothing but its bytes says so. */
  readonly versionOf: (path: string) => string | undefined;
  /** Brings a file to this machine. */
  readonly bring: (path: string) => Promise<BroughtFile>;
}

/** The files of this machine. A time of change is no version: programs set it back, and archives have the same for all. */
export const localStore: SourceStore = {
  async sizeOf(path) {
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  },
  async readStart(path, mostBytes) {
    const handle = await open(path).catch(() => undefined);
    if (handle === undefined) return undefined;
    try {
      const { size } = await handle.stat();
      const bytes = new Uint8Array(Math.min(size, mostBytes));
      const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, 0);
      return bytes.subarray(0, bytesRead);
    } catch {
      return undefined;
    } finally {
      await handle.close();
    }
  },
  listNames: readdir,
  versionOf: () => undefined,
  bring: async (path) => ({ path, checksum: undefined, [Symbol.asyncDispose]: async () => {} }),
};
