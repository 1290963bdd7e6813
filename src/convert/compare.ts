import sharp, { type KernelEnum, type Sharp } from "sharp";
import { busyPlaces, type Place } from "./compare-places.ts";

/** What is compared in each crop. */
export interface ComparisonSettings {
  readonly qualities: readonly number[];
  readonly filters: readonly (keyof KernelEnum)[];
  readonly crops: number;
  /** Side of a crop, in pixels. */
  readonly side: number;
  /** Returns a number from 0 to below 1, which decides the order of the variants. */
  readonly random: () => number;
}

/** One way to write the same pixels, ready to show. */
export interface Variant {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** A description with its size. */
  readonly name: string;
}

/** The variants of one crop, in an order that gives nothing away. */
export interface ComparedCrop {
  /** What the variants differ in. */
  readonly subject: "quality" | "filter";
  readonly place: Place;
  readonly width: number;
  readonly height: number;
  readonly variants: readonly Variant[];
}

/** How many pixels of the picture become one where filters are compared, along each axis: two levels of a pyramid. */
const reduction = 4;

/** JPEG quality at which the size of a filtered picture is measured: sharper filters need more bytes. */
const measuredQuality = 89;

/** Pictures are read whole: the person who asks owns the file. */
const readOptions = { limitInputPixels: false, sequentialRead: true } as const;

/**
 * Makes the variants of a picture: crops at full size by quality, including the source itself, and crops of the reduced
 * picture by filter. Crops range from the busiest place to the calmest. Throws what sharp throws for a file that it
 * can't read.
 */
export async function compareSettings(file: string, settings: ComparisonSettings): Promise<readonly ComparedCrop[]> {
  const crops: ComparedCrop[] = [];
  for (const place of await busyPlaces(file, { count: settings.crops, side: settings.side })) {
    crops.push(await compareQualities(file, { place, settings }));
  }
  for (const place of await busyPlaces(file, { count: settings.crops, side: settings.side * reduction })) {
    crops.push(await compareFilters(file, { place, settings }));
  }
  return crops;
}

interface CropRequest {
  readonly place: Place;
  readonly settings: ComparisonSettings;
}

async function compareQualities(file: string, { place, settings }: CropRequest): Promise<ComparedCrop> {
  const pixels = await cut(file, place);
  const { width, height } = place;
  const source = await pixels().webp({ lossless: true }).toBuffer();
  const variants: Variant[] = [{ mediaType: "image/webp", bytes: source, name: "the source itself" }];
  for (const quality of settings.qualities) {
    const bytes = await pixels().jpeg({ quality, chromaSubsampling: "4:2:0" }).toBuffer();
    const perPixel = (bytes.byteLength * 8) / (width * height);
    const size = `${bytes.byteLength} bytes, ${perPixel.toFixed(2)} bits per pixel`;
    variants.push({ mediaType: "image/jpeg", bytes, name: `JPEG quality ${quality}, 4:2:0: ${size}` });
  }
  return { subject: "quality", place, width, height, variants: shuffle(variants, settings.random) };
}

async function compareFilters(file: string, { place, settings }: CropRequest): Promise<ComparedCrop> {
  const pixels = await cut(file, place);
  const width = Math.max(1, Math.round(place.width / reduction));
  const height = Math.max(1, Math.round(place.height / reduction));
  const variants: Variant[] = [];
  for (const kernel of settings.filters) {
    const reduced = await pixels().resize({ width, height, fit: "fill", kernel }).png().toBuffer();
    const bytes = await sharp(reduced).webp({ lossless: true }).toBuffer();
    const measured = await sharp(reduced).jpeg({ quality: measuredQuality }).toBuffer();
    const size = `${measured.byteLength} bytes as JPEG at quality ${measuredQuality}`;
    variants.push({ mediaType: "image/webp", bytes, name: `filter ${kernel}: ${size}` });
  }
  return { subject: "filter", place, width, height, variants: shuffle(variants, settings.random) };
}

/** Reads a place once, upright and in sRGB on white, and returns a function that starts a pipeline with its pixels. */
async function cut(file: string, place: Place): Promise<() => Sharp> {
  const { data, info } = await sharp(file, readOptions)
    .autoOrient()
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .extract(place)
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
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
