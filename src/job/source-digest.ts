import { createHash } from "node:crypto";
import { mostReadBytes } from "../bucket/bucket.ts";
import type { ByteSource } from "../source/byte-source.ts";

/** Returns the SHA-256 of a file in hexadecimal, holding a part of it at a time. Throws what its reads throw. */
export async function sha256OfSource(source: ByteSource): Promise<string> {
  const digest = createHash("sha256");
  for (let at = 0; at < source.size; at += mostReadBytes) digest.update(await source.read(at, mostReadBytes));
  return digest.digest("hex");
}
