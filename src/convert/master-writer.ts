import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { copyRuns } from "../layout/copy-runs.ts";
import type { MasterLayout } from "../layout/layout.ts";
import { stopwatch } from "../node/stopwatch.ts";
import type { Stoppable } from "../settings/conversion.ts";
import type { ByteSource } from "../source/byte-source.ts";

/** A file that was written. */
export interface WrittenFile {
  readonly bytes: number;
  /** SHA-256 in hexadecimal, computed while the bytes were written. */
  readonly checksum: string;
  readonly seconds: { readonly read: number; readonly write: number };
}

/** Adjacent tiles are read and written in runs of at most this many bytes. */
const runBytes = 8 << 20;

/**
 * Writes a file as it was laid out, copying its tiles from `source` unchanged. Memory is bounded by one run and one
 * tile. Throws what reading and the file system throw, and the signal's reason once it is set.
 */
export async function writeMaster(
  path: string,
  { layout, source }: { readonly layout: MasterLayout; readonly source: ByteSource },
  { signal }: Stoppable = {},
): Promise<WrittenFile> {
  const file = await open(path, "w");
  try {
    const hash = createHash("sha256");
    const read = stopwatch();
    const write = stopwatch();
    const append = (bytes: Uint8Array): Promise<void> =>
      write.time(async () => {
        hash.update(bytes);
        await writeAll(file, bytes);
      });
    await append(layout.head);
    for (const { offset, length } of copyRuns(layout, runBytes)) {
      signal?.throwIfAborted();
      await append(await read.time(() => source.read(offset, length)));
    }
    await append(layout.tail);
    await write.time(() => file.datasync());
    return {
      bytes: layout.size,
      checksum: hash.digest("hex"),
      seconds: { read: read.seconds(), write: write.seconds() },
    };
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += (await file.write(bytes, at)).bytesWritten;
}
