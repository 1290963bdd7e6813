import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { IngestError } from "../node/ingest-error.ts";
import { firstFullChroma, settleCompression } from "../remake/treatment.ts";
import type { ConversionSettings, SourceSummary } from "../settings/conversion.ts";
import { busyPlaces, type Place } from "./compare-places.ts";
import { convertMaster } from "./convert.ts";
import { inspectSource } from "./inspect.ts";

/** A lossy compression of tiles. */
export type LossyCompression = Exclude<ConversionSettings["compression"], "deflate">;

/** What is compared in each crop. */
export interface ComparisonSettings {
  readonly compressions: readonly LossyCompression[];
  readonly qualities: readonly number[];
  readonly crops: number;
  /** Side of a crop, in pixels. */
  readonly side: number;
  /** Returns a number from 0 to below 1, which decides the order of the variants. */
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Is told what is being written. */
  readonly onProgress?: (activity: string) => void;
}

/** One way to store the picture: a master as `ingest` would write it. */
export interface Variant {
  /** What it is, in words. */
  readonly name: string;
  /** The options of `ingest` that choose it. */
  readonly options: string;
  /** Of the whole master. */
  readonly fileBytes: number;
}

/** What one of the masters shows at a place. */
export interface ShownVariant extends Variant {
  /** The pixels of the crop, as WebP without loss. */
  readonly picture: Uint8Array;
}

/** The variants of one crop, in an order that gives nothing away. */
export interface ComparedCrop {
  readonly place: Place;
  readonly variants: readonly ShownVariant[];
}

/** A picture stored in several ways. */
export interface Comparison {
  /** Of the picture after orientation, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Of the file that was given. */
  readonly sourceBytes: number;
  /** From the largest file to the smallest. */
  readonly variants: readonly Variant[];
  readonly crops: readonly ComparedCrop[];
}

/**
 * Stores a picture in several ways, without loss among them, and cuts the same places out of each, from the busiest to the
 * calmest. Every variant is a master that was written by the ingest: pixels, chroma, edges of tiles and bytes are those
 * that would be stored. One master at a time lies in a temporary folder. Throws the IngestError of the ingest, and
 * `setting-impossible` for a picture of one bit, which is never stored with loss.
 */
export async function compareSettings(file: string, settings: ComparisonSettings): Promise<Comparison> {
  const { crops: count, side, random, signal, onProgress = () => {} } = settings;
  const summary = await inspectSource(file);
  const compared = chooseVariants(summary, settings);
  const folder = await mkdtemp(join(tmpdir(), "tessera-compare-"));
  try {
    const store = async (conversion: ConversionSettings): Promise<{ master: string; bytes: number }> => {
      // A name of its own: what libvips has opened by a name it may show again for another file of that name.
      const master = join(folder, `${conversion.compression}-${conversion.quality}.tif`);
      onProgress(`storing it with ${nameOf(conversion, summary)}`);
      const { bytesOut } = await convertMaster(file, master, conversion, { signal });
      return { master, bytes: bytesOut };
    };
    const lossless = await store(conversionOf("deflate", 100));
    const places = await busyPlaces(lossless.master, { count, side });
    const { width, height } = await sharp(lossless.master, { limitInputPixels: false }).metadata();
    const shown: { variant: Variant; pictures: readonly Uint8Array[] }[] = [];
    for (const conversion of [conversionOf("deflate", 100), ...compared]) {
      const { master, bytes } = conversion.compression === "deflate" ? lossless : await store(conversion);
      const pictures = [];
      for (const place of places) pictures.push(await cut(master, place));
      await rm(master);
      const variant = { name: nameOf(conversion, summary), options: optionsOf(conversion), fileBytes: bytes };
      shown.push({ variant, pictures });
    }
    const crops = places.map((place, index) => {
      const variants = shown.map(({ variant, pictures }) => ({ ...variant, picture: pictures[index] as Uint8Array }));
      return { place, variants: shuffle(variants, random) };
    });
    const variants = shown.map(({ variant }) => variant).toSorted((a, b) => b.fileBytes - a.fileBytes);
    return { width, height, sourceBytes: summary.bytes, variants, crops };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The conversions that are asked for, each once, as far as the picture can be stored so. */
function chooseVariants(
  { model }: SourceSummary,
  { compressions, qualities }: ComparisonSettings,
): readonly ConversionSettings[] {
  if (model === "bilevel") {
    throw new IngestError("setting-impossible", "It has one bit per pixel and is always stored without loss.");
  }
  const asked = compressions.flatMap((compression) =>
    qualities.map((quality) => {
      const conversion = conversionOf(compression, quality);
      return { ...conversion, compression: settleCompression(conversion, model) };
    }),
  );
  return [...new Map(asked.map((conversion) => [nameOf(conversion, { model }), conversion])).values()];
}

/** The settings that `ingest` takes when nothing else is asked for. */
function conversionOf(compression: ConversionSettings["compression"], quality: number): ConversionSettings {
  const subsampling = quality < firstFullChroma ? "4:2:0" : "4:4:4";
  return { compression, quality, tileSize: 512, subsampling, keepsProfile: false, keepsDepth: false };
}

function nameOf({ compression, quality, subsampling }: ConversionSettings, { model }: Pick<SourceSummary, "model">) {
  if (compression === "deflate") return "Without loss";
  if (compression === "webp") return `WebP quality ${quality}`;
  return `JPEG quality ${quality}${model === "gray" ? "" : `, ${subsampling}`}`;
}

function optionsOf({ compression, quality }: ConversionSettings): string {
  if (compression === "deflate") return "--compression deflate";
  return `${compression === "jpeg" ? "" : `--compression ${compression} `}--quality ${quality}`;
}

/** Cuts a place out of a master, in sRGB on white: what is seen of it. */
async function cut(master: string, place: Place): Promise<Uint8Array> {
  return sharp(master, { limitInputPixels: false })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .extract({ ...place })
    .webp({ lossless: true })
    .toBuffer();
}

/** Source: Durstenfeld, Algorithm 235: Random permutation, 1964. */
function shuffle<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as Item, shuffled[last] as Item];
  }
  return shuffled;
}
