import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { findCopyFault } from "../remake/copy-fault.ts";
import type { ByteSource } from "../source/byte-source.ts";

/**
 * Verifies a repacked master: this service's own reader opens it as the same pyramid, and the first, middle and last
 * tile of each level equal the source's byte for byte. Throws `not-verified`, and what reading throws.
 */
export async function verifyCopy(
  path: string,
  { source, pyramid, file }: { readonly source: ByteSource; readonly pyramid: Pyramid; readonly file: string },
): Promise<void> {
  await using master = await openFileSource(path);
  const fault = await findCopyFault(master, { source, pyramid });
  if (fault === undefined) return;
  throw new IngestError("not-verified", `The master of ${file} is not an exact copy: ${fault}. Run again.`);
}
