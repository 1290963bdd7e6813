import { IngestError } from "../node/ingest-error.ts";
import { colorSamples, type StoredModel } from "../pyramid/color-model.ts";
import type { SourceSummary } from "../settings/conversion.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { readSize } from "../tiff/level.ts";
import { openPyramid } from "../tiff/open.ts";
import { readPhotometric } from "../tiff/photometric.ts";
import { readSampleLayout } from "../tiff/sample-layout.ts";
import { tags } from "../tiff/tags.ts";
import { type InspectedSource, noSuchPage } from "./inspected-source.ts";
import { findBeyondLibvips } from "./libvips-reach.ts";
import { listTiffImages } from "./tiff-pages.ts";

const tiffModels: Readonly<Record<StoredModel, SourceSummary["model"]>> = {
  gray: "gray",
  rgb: "rgb",
  ycbcr: "rgb",
  palette: "rgb",
  cmyk: "cmyk",
  ycck: "cmyk",
  lab: "lab",
  "icc-lab": "lab",
};

const tiffDepths = [1, 2, 4, 8, 16] as const;

/** Summarises one page of a TIFF. Throws IngestError and what its reader throws. */
export async function inspectTiff(file: string, source: ByteSource, page: number): Promise<InspectedSource> {
  const { images } = await listTiffImages(source);
  const image = images[page];
  if (image === undefined) throw noSuchPage(file, page, images.length);
  const { fields } = image;
  const size = await readSize(fields);
  const { model: stored } = await readPhotometric(fields);
  const colors = colorSamples[stored];
  const layout = await readSampleLayout(fields, { colors, isLittleEndian: fields.isLittleEndian });
  const depth = tiffDepths.find((bits) => bits >= layout.bits);
  if (layout.format === "float" || depth === undefined) {
    const kind = layout.format === "float" ? "floating point samples" : `samples of ${layout.bits} bits`;
    throw new IngestError(
      "unsupported",
      `${file} has ${kind}, for which there is no standard rendering. Convert it first to 8 or 16 bits per sample.`,
    );
  }
  const isBilevel = stored === "gray" && layout.bits === 1 && layout.samplesPerPixel === 1;
  const orientation = (await fields.number(tags.orientation)) ?? 1;
  return {
    summary: {
      format: "tiff",
      ...size,
      pages: images.length,
      isPyramid: page === 0 && (await isPyramid(source)),
      model: isBilevel ? "bilevel" : tiffModels[stored],
      depth: stored === "palette" ? 8 : depth,
      hasAlpha: layout.alpha !== undefined,
      hasProfile: image.directory.entries.has(tags.iccProfile),
      orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
      bytes: source.size,
    },
    place: image.place,
    extraSamples: layout.alpha !== undefined ? "alpha" : layout.samplesPerPixel > colors ? "other" : "none",
    isAssociated: layout.alpha?.isAssociated === true,
    density: undefined,
    isStripped: image.directory.entries.has(tags.stripOffsets),
    beyondLibvips: findBeyondLibvips(stored, layout),
    frames: 1,
  };
}

async function isPyramid(source: ByteSource): Promise<boolean> {
  const pyramid = await openPyramid(source).catch(() => undefined);
  return pyramid !== undefined && pyramid.levels.length > 1 && pyramid.levels.every(({ isStripped }) => !isStripped);
}
