import { open } from "node:fs/promises";
import { availableBytes, type ByteSource } from "../source/byte-source.ts";
import { IngestError } from "./ingest-error.ts";

/** A file opened for reading by ranges; `close` closes it, as does the end of the block that declares it. */
export interface FileSource extends ByteSource, AsyncDisposable {
  close(): Promise<void>;
}

/** Opens a file. Throws `unreadable` for one that can't be opened or gets shorter while it is read. */
export async function openFileSource(path: string): Promise<FileSource> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new IngestError("unreadable", `${path} can't be opened: ${reasonOf(cause)}.`, { cause });
  });
  const status = await file.stat();
  if (!status.isFile()) {
    await file.close();
    throw new IngestError("unreadable", `${path} is not a file.`);
  }
  const { size } = status;
  const close = (): Promise<void> => file.close();
  return {
    size,
    version: path,
    close,
    [Symbol.asyncDispose]: close,
    async read(offset, length) {
      const bytes = new Uint8Array(availableBytes(offset, length, size));
      for (let at = 0; at < bytes.byteLength; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.byteLength - at, offset + at);
        if (bytesRead === 0) throw new IngestError("unreadable", `${path} got shorter while it was read.`);
        at += bytesRead;
      }
      return bytes;
    },
  };
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return "the file does not exist";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return cause instanceof Error ? cause.message : String(cause);
}
