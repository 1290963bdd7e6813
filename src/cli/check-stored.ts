import type { Bucket } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import { type ListedMaster, listMasters } from "../job/stored-masters.ts";
import type { Naming } from "../settings/naming.ts";
import type { FileToCheck } from "./check-files.ts";
import { findMaster } from "./find-master.ts";

/**
 * Lists masters of a bucket to be checked by range reads: for each name the one of this identifier, else those whose
 * identifiers start with it; without names all. `onUnknown` is told of a name that neither is. Throws BucketError.
 */
export async function* mastersToCheck(
  masters: Bucket,
  names: readonly string[],
  naming: Naming,
  onUnknown: (name: string) => void,
): AsyncGenerator<FileToCheck, undefined> {
  await masters.check();
  for (const name of names.length === 0 ? [""] : names) {
    const named = name === "" ? undefined : await findMaster(masters, name, naming);
    if (named !== undefined) {
      yield fileOf(masters, named);
      continue;
    }
    let count = 0;
    for await (const master of listMasters(masters, { naming, prefix: name })) {
      count += 1;
      yield fileOf(masters, master);
    }
    if (count === 0 && name !== "") onUnknown(name);
  }
}

/** What mends it begins with the file that it was made from, wherever that is. */
function fileOf(masters: Bucket, master: Pick<ListedMaster, "identifier" | "key" | "bytes" | "etag">): FileToCheck {
  const { identifier, key } = master;
  return { path: identifier, mendPath: "FILE", open: async () => bucketSource(masters, key, master) };
}
