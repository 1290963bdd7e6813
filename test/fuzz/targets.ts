import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import { codecNames, codecTarget } from "./codec-target.ts";
import { jpegTarget } from "./jpeg-target.ts";
import { jpeg2000Target } from "./jpeg2000-target.ts";
import { masterTarget } from "./master-target.ts";
import { metadataTarget } from "./metadata-target.ts";
import { mutateBytes } from "./mutation.ts";
import { buildPngSeeds, mutatePng } from "./png-target.ts";
import { profileTarget } from "./profile-target.ts";
import { profileSeeds } from "./small-seeds.ts";
import { anyForm, type FuzzTarget } from "./target.ts";
import { mutateTiff } from "./tiff-mutation.ts";
import { buildTiffSeeds } from "./tiff-seeds.ts";

/** The targets by name: whole files, then single codecs and readers. */
export const targetNames = [
  ...["tiff", "jpeg-file", "png", "webp", "jpeg", "jpeg2000", "icc", "metadata"],
  ...codecNames,
] as const;

/** Files of a corpus above this are left out: they would take most of the time. */
const maxSeedBytes = 200_000;

/** Opens a target. `folders` have further files to start from. Throws an Error for an unknown name. */
export async function openTarget(name: string, folders: readonly string[]): Promise<FuzzTarget> {
  const codec = codecNames.find((known) => known === name);
  if (codec !== undefined) return anyForm(codecTarget(codec));
  switch (name) {
    case "tiff": {
      const seeds = [...(await buildTiffSeeds()), ...readSeeds(folders, isTiff)];
      const mutate = (random: Parameters<typeof mutateTiff>[0], file: Uint8Array) => mutateTiff(random, file, seeds);
      return anyForm(masterTarget({ name, extension: "tif", seeds, mutate }));
    }
    case "jpeg-file":
      return anyForm(pictureTarget(name, "jpg", [...(await buildJpegs()), ...readSeeds(folders, isJpeg)]));
    case "webp":
      return anyForm(pictureTarget(name, "webp", [...(await buildWebps()), ...readSeeds(folders, isWebp)]));
    case "png":
      return anyForm(masterTarget({ name, extension: "png", seeds: buildPngSeeds(), mutate: mutatePng }));
    case "jpeg":
      return anyForm(await jpegTarget());
    case "jpeg2000":
      return anyForm(await jpeg2000Target());
    case "icc":
      return anyForm(profileTarget());
    case "metadata":
      return anyForm(metadataTarget());
    default:
      throw new Error(`There is no target ${name}; there are ${targetNames.join(", ")}.`);
  }
}

function pictureTarget(name: string, extension: string, seeds: readonly Uint8Array[]) {
  return masterTarget({
    name,
    extension,
    seeds,
    mutate: (random, file) => mutateBytes(random, file, { others: seeds }),
  });
}

const wave = Uint8Array.from({ length: 61 * 47 * 4 }, (_, at) => (at * at) >> 7);

function drawing(channels: 3 | 4) {
  return sharp(wave.subarray(0, 61 * 47 * channels), { raw: { width: 61, height: 47, channels } });
}

async function buildJpegs(): Promise<readonly Uint8Array[]> {
  const { rgb, cmyk } = profileSeeds();
  const sampleAt = (x: number, y: number): number => (x * y + 9 * x) & 255;
  const components = [0, 1, 2, 3].map(() => ({ horizontal: 1, vertical: 1, sampleAt }));
  const adobe = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 2];
  const profile = [...new TextEncoder().encode("ICC_PROFILE\0"), 1, 1, ...cmyk];
  const segment = [0xff, 0xe2, (profile.length + 2) >> 8, (profile.length + 2) & 255, ...profile];
  return [
    await drawing(3).withMetadata({ orientation: 6, density: 240 }).jpeg({ quality: 80 }).toBuffer(),
    await drawing(3).jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer(),
    await drawing(3).grayscale().jpeg().toBuffer(),
    writeProgressiveJpeg({ width: 40, height: 30, components, segments: [adobe] }),
    Buffer.concat([Uint8Array.of(0xff, 0xd8), Uint8Array.from(segment), (await cmykJpeg()).subarray(2)]),
    Buffer.concat([Uint8Array.of(0xff, 0xd8), iccSegment(rgb), (await drawing(3).jpeg().toBuffer()).subarray(2)]),
  ];
}

function iccSegment(profile: Uint8Array): Uint8Array {
  const body = Buffer.concat([new TextEncoder().encode("ICC_PROFILE\0"), Uint8Array.of(1, 1), profile]);
  return Buffer.concat([Uint8Array.of(0xff, 0xe2, (body.length + 2) >> 8, (body.length + 2) & 255), body]);
}

async function cmykJpeg(): Promise<Uint8Array> {
  return drawing(3).toColourspace("cmyk").jpeg().toBuffer();
}

async function buildWebps(): Promise<readonly Uint8Array[]> {
  return [
    await drawing(3).webp({ quality: 60 }).toBuffer(),
    await drawing(4).webp({ lossless: true }).toBuffer(),
    await drawing(4).withMetadata({ orientation: 3 }).webp({ quality: 30, alphaQuality: 40 }).toBuffer(),
  ];
}

function readSeeds(folders: readonly string[], isIt: (bytes: Uint8Array) => boolean): readonly Uint8Array[] {
  const paths = folders.filter(existsSync).flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const files = paths.toSorted().filter((path) => statSync(path).isFile() && statSync(path).size <= maxSeedBytes);
  return files.map((path) => new Uint8Array(readFileSync(path))).filter((bytes) => bytes.length > 0 && isIt(bytes));
}

const isTiff = ([a, b]: Uint8Array): boolean => (a === 0x49 || a === 0x4d) && a === b;
const isJpeg = ([a, b]: Uint8Array): boolean => a === 0xff && b === 0xd8;
const isWebp = ([a, b, c, d]: Uint8Array): boolean => a === 0x52 && b === 0x49 && c === 0x46 && d === 0x46;
