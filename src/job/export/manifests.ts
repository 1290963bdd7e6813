import type { Bucket } from "../../bucket/bucket.ts";
import { listObjects } from "../../bucket/list-objects.ts";
import type { Provider } from "../../catalogue/link.ts";
import type { StoredImage } from "../../catalogue/stored-image.ts";
import type { Page, Work } from "../../catalogue/work.ts";
import { parseWork, workKey } from "../../catalogue/work-record.ts";
import { ImageError } from "../../error.ts";
import type { ExportSettings } from "../../export/settings.ts";
import { offerLevel0 } from "../../iiif/level0.ts";
import { type Addresses, manifestUri } from "../../presentation/addresses.ts";
import { formatManifest } from "../../presentation/manifest.ts";
import type { PlannedExport } from "./plan.ts";
import type { ExportTarget } from "./target.ts";

/** What manifests are written of. */
export interface ManifestExport {
  readonly catalogue: Bucket;
  /** The images that are there, by identifier. */
  readonly images: ReadonlyMap<string, PlannedExport>;
  readonly settings: ExportSettings;
  readonly target: ExportTarget;
  /** Whether objects have a manifest too whose documents not anybody may see. */
  readonly includesRestricted: boolean;
  readonly signal: AbortSignal;
}

/** An object that has some of its images in the export, and no manifest. */
export interface LeftOutObject {
  readonly object: string;
  /** A sentence. */
  readonly message: string;
}

/**
 * Writes the manifest of each object all of whose images are exported; objects that have none of them there are not told
 * of. Throws BucketError, WriteError and the signal's reason.
 */
export async function writeManifests(exported: ManifestExport): Promise<{
  readonly manifests: number;
  readonly bytes: number;
  readonly leftOut: readonly LeftOutObject[];
}> {
  const { catalogue, images, settings, target, includesRestricted, signal } = exported;
  const addresses: Addresses = { ...settings, isFiles: true };
  const leftOut: LeftOutObject[] = [];
  let manifests = 0;
  let bytes = 0;
  const [prefix = "", suffix = ""] = workKey("|").split("|");
  for await (const { key } of listObjects(catalogue, prefix)) {
    signal.throwIfAborted();
    if (!key.endsWith(suffix)) continue;
    const object = key.slice(prefix.length, -suffix.length);
    const stored = await catalogue.get(key);
    if (stored === undefined) continue;
    const work = readWork(stored.bytes, object);
    if ("fault" in work) {
      leftOut.push({ object, message: work.fault });
      continue;
    }
    const shown = work.pages.flatMap((page) => page.images);
    const missing = shown.filter(({ identifier }) => !images.has(identifier));
    if (missing.length === shown.length) continue;
    const [first] = missing;
    if (first !== undefined) {
      leftOut.push({ object, message: `It has no manifest, because its image ${first.identifier} is not exported.` });
      continue;
    }
    if (!includesRestricted && work.access !== undefined && work.access.kind !== "open") {
      leftOut.push({ object, message: "It has no manifest, because not anybody may see it." });
      continue;
    }
    const text = JSON.stringify(formatManifest(addresses, workOfFiles(work, { images, settings })));
    const document = new TextEncoder().encode(text);
    await target.write(pathOf(addresses, object), document);
    manifests += 1;
    bytes += document.byteLength;
  }
  return { manifests, bytes, leftOut };
}

function readWork(bytes: Uint8Array, object: string): Work | { readonly fault: string } {
  try {
    return parseWork(bytes, object);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return { fault: `Its record can't be read: ${error.detail ?? error.message}.` };
  }
}

/** The path of a manifest below the export is that of its address, decoded. */
function pathOf(addresses: Addresses, object: string): string {
  return decodeURIComponent(manifestUri({ ...addresses, base: "" }, 3, object).slice(1));
}

type Exported = Pick<ManifestExport, "images" | "settings">;

/**
 * Returns an object without all that is no file of an export: collections, texts, attachments, and logos whose images are
 * not exported; with the sizes that its images have there.
 */
function workOfFiles(work: Work, exported: Exported): Work {
  const { attachments: _, provider, ...rest } = work;
  return {
    ...rest,
    ...(provider === undefined ? {} : { provider: provider.map((each) => providerOfFiles(each, exported)) }),
    collections: [],
    pages: work.pages.map((page) => pageOfFiles(page, exported)),
  };
}

function providerOfFiles({ logo, ...provider }: Provider, exported: Exported): Provider {
  const isThere = logo !== undefined && exported.images.has(logo.identifier);
  return isThere ? { ...provider, logo: imageOfFiles(logo, exported) } : provider;
}

function pageOfFiles({ text: _, ...page }: Page, exported: Exported): Page {
  return { ...page, images: page.images.map((image) => imageOfFiles(image, exported)) };
}

function imageOfFiles(stored: StoredImage, { images, settings }: Exported): StoredImage {
  const planned = images.get(stored.identifier);
  if (planned === undefined) return stored;
  const { image, tile } = planned;
  return { ...stored, ...image, sizes: offerLevel0({ image, tile, limits: settings.limits }).sizes };
}
