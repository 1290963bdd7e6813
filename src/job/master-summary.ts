import { type Bucket, isOfOneObject } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import { openContainer } from "../check/container.ts";
import { formatFault, tryMaster } from "../check/faults.ts";
import type { Size } from "../geometry.ts";
import { openImage, prefixBytes } from "../masters/image.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import type { Compression } from "../pyramid/tile-encoding.ts";
import { limitOpening } from "../source/opening.ts";
import { readImageRecord } from "./image-record.ts";
import type { ListedMaster } from "./stored-masters.ts";

/** What a list says of a master; a fault in place of what it is where that can't be read. */
export interface MasterSummary extends Pick<ListedMaster, "identifier" | "bytes" | "etag" | "uploadedAt"> {
  readonly image: ImageSummary | { readonly fault: string };
  /** The key of the object that its record names. */
  readonly object: string | undefined;
}

/** What the file of a master is: its first image as it is seen, in pixels. */
export interface ImageSummary extends Size {
  readonly pages: number;
  readonly compression: Compression;
}

/**
 * Says what a listed master is: by what the ingest has written on it, else by range reads. Undefined for one that has gone
 * meanwhile. Throws BucketError when a bucket can't be used at all.
 */
export async function summariseMaster(
  listed: ListedMaster,
  { masters, catalogue }: { readonly masters: Bucket; readonly catalogue: Bucket },
): Promise<MasterSummary | undefined> {
  const { identifier, key, bytes, etag, uploadedAt } = listed;
  const metadata = listed.metadata ?? (await masters.head(key))?.metadata;
  if (metadata === undefined) return undefined;
  const known = { identifier, bytes, etag, uploadedAt };
  try {
    const image = writtenImage(metadata) ?? (await readImage(masters, listed));
    return { ...known, image, object: (await readImageRecord(catalogue, identifier))?.object };
  } catch (error) {
    if (!isOfOneObject(error)) throw error;
    return { ...known, image: { fault: error.message }, object: undefined };
  }
}

/** The ingest makes masters of one image, and writes what it made; of one that it rearranged, not how it is compressed. */
function writtenImage(metadata: Readonly<Record<string, string>>): ImageSummary | undefined {
  const [width, height] = [Number(metadata.width), Number(metadata.height)];
  const compression = (["jpeg", "webp", "deflate"] as const).find((name) => metadata.settings?.split(" ")[1] === name);
  return width > 0 && height > 0 && compression !== undefined ? { width, height, pages: 1, compression } : undefined;
}

async function readImage(masters: Bucket, listed: ListedMaster): Promise<MasterSummary["image"]> {
  const source = limitOpening(bucketSource(masters, listed.key, listed));
  const read = await tryMaster(async () => {
    const prefix = await source.read(0, prefixBytes);
    const { pyramid } = await openImage({ source, prefix });
    const pages = (await openContainer(source, prefix))?.pages ?? 1;
    return { ...seenSize(pyramid), pages, compression: pyramid.levels[0].encoding.compression };
  });
  return "value" in read ? read.value : { fault: formatFault(read.fault) };
}
