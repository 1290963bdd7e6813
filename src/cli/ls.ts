import { compressionNames } from "../check/names.ts";
import { inOrder } from "../job/at-once.ts";
import { type MasterSummary, summariseMaster } from "../job/master-summary.ts";
import { listMasters } from "../job/stored-masters.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import type { Terminal } from "../node/terminal.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { StoredCommand } from "./command.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";
import { formatUploadDate, isoDate } from "./upload-date.ts";

/** Masters whose records, or headers, are read at once. */
const readsAtOnce = 16;

/**
 * Carries `tessera ls` out and returns the exit status. Prints each image as soon as it is known, however many there are.
 * Throws CommandFaults and BucketError.
 */
export async function ls(
  { names: [prefix = ""], options }: StoredCommand & { readonly kind: "ls" },
  terminal: Terminal,
): Promise<number> {
  const { long = false, json = false } = options;
  const asked = long ? (["masters", "catalogue"] as const) : (["masters"] as const);
  const { buckets, service } = await openBuckets(options, { terminal, asked });
  const signal = AbortSignal.any([terminal.signal, terminal.unread]);
  let found = 0;
  let others = 0;
  const onOther = (): void => {
    others += 1;
  };
  try {
    const masters = listMasters(buckets.masters, { naming: service.naming, prefix, onOther });
    const images = long ? inOrder(masters, readsAtOnce, (master) => summariseMaster(master, buckets)) : masters;
    for await (const image of images) {
      if (signal.aborted) return exitStatus.stopped;
      // It has gone since it was listed.
      if (image === undefined) continue;
      found += 1;
      if (json) terminal.print([JSON.stringify("image" in image ? describe(image) : { identifier: image.identifier })]);
      else terminal.print(["image" in image ? formatLine(image) : image.identifier]);
    }
  } finally {
    await buckets.close();
  }
  if (others > 0) terminal.say([`Note: ${count(others, "object")} that no identifier means`]);
  if (found > 0 || prefix === "") return exitStatus.well;
  terminal.say([`There is no image whose identifier starts with ${prefix}.`]);
  return exitStatus.failed;
}

function describe({ identifier, image, bytes, etag, uploadedAt, object }: MasterSummary): object {
  return { identifier, ...image, bytes, etag, uploaded: isoDate(uploadedAt), object };
}

/** What has a width of its own comes last. */
function formatLine({ identifier, image, bytes, uploadedAt, object }: MasterSummary): string {
  const facts =
    "fault" in image
      ? ["not served".padEnd(37)]
      : [
          `${image.width} × ${image.height}`.padStart(15),
          count(image.pages, "page").padStart(8),
          compressionNames[image.compression].padEnd(10),
        ];
  const date = formatUploadDate(uploadedAt);
  const where = object === undefined ? [] : [`(${object})`];
  return [...facts, `${formatMegabytes(bytes)} MB`.padStart(11), date, identifier, ...where].join("  ");
}
