import { type RowForm, rowBytesOf } from "../codec/sample-rows.ts";
import {
  createDeflatedStrips,
  createPlainStrips,
  plainStripLengths,
  predictorOf,
  type StripPicture,
} from "../codec/tiff-strips.ts";
import type { Size } from "../geometry.ts";
import { type MasterLayout, planLayout } from "../layout/layout.ts";
import type { TiffPicture } from "../layout/pixel-entries.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Envelope } from "./envelope.ts";
import type { RowEncoder } from "./row-encoder.ts";
import { formatTiffDirectory } from "./tiff-directory.ts";

/** A picture to be written as TIFF. */
export interface TiffRows extends RowForm, Size {
  readonly envelope: Envelope;
}

/** Strips have about so many bytes before they are compressed: readers hold one, and find their way by them. */
const stripBytes = 1 << 18;

/**
 * Opens the encoder of a TIFF in deflated strips, all of which is returned at the end: its directory comes first and has
 * their lengths. Throws `render-memory`. Source: TIFF 6.0; TIFF specification supplement 2.
 */
export function openDeflatedTiff(kernel: Kernel, picture: TiffRows): RowEncoder {
  const strips = createDeflatedStrips(kernel, inStrips(picture));
  const data: Uint8Array[] = [];
  return {
    write({ planes, alpha, height: rows }) {
      data.push(...strips.write({ planes, alpha, rows }));
      return [];
    },
    finish() {
      const predictor = predictorOf(picture);
      const { head, tail } = layOutStrips(picture, strips.finish(), { compression: "deflate", predictor });
      return [head, ...data, tail];
    },
  };
}

/**
 * Opens the encoder of a TIFF in strips as they are. Their lengths are known before the first row is, so its directory
 * comes first and nothing is held: deflated strips would have to be written before their directory, whose place the first
 * bytes of the file name. Throws `render-memory` when rows are written.
 */
export function openPlainTiff(kernel: Kernel, picture: TiffRows): RowEncoder {
  const strips = createPlainStrips(kernel, inStrips(picture));
  const { head, tail } = layOutPlainTiff(picture);
  let ready = [head];
  return {
    write({ planes, alpha, height: rows }) {
      const written = [...ready, ...strips.write({ planes, alpha, rows })];
      ready = [];
      return written;
    },
    finish() {
      strips.finish();
      return [tail];
    },
  };
}

/** Plans what goes around strips as they are, and how large the file is. */
export function layOutPlainTiff(picture: TiffRows): MasterLayout {
  const lengths = plainStripLengths(inStrips(picture));
  return layOutStrips(picture, lengths, { compression: "none", predictor: "none" });
}

function layOutStrips(
  picture: TiffRows,
  lengths: readonly number[],
  compressed: Pick<TiffPicture, "compression" | "predictor">,
): MasterLayout {
  const { rowsPerStrip } = inStrips(picture);
  const directory = formatTiffDirectory(
    { ...picture, ...compressed, parts: { rowsPerStrip }, subsampling: { x: 1, y: 1 } },
    picture.envelope,
  );
  return layOutParts(directory, "strips", lengths);
}

/** Plans a file of one directory whose strips or tiles follow each other in their order. */
export function layOutParts(
  { entries, isLittleEndian }: ReturnType<typeof formatTiffDirectory>,
  arrays: "strips" | "tiles",
  lengths: readonly number[],
): MasterLayout {
  // They come from nowhere in particular: numbers keep them apart.
  const chunks = { offsets: Float64Array.from(lengths, (_, index) => index), byteCounts: Float64Array.from(lengths) };
  return planLayout([{ entries, arrays, chunks }], isLittleEndian);
}

function inStrips(picture: TiffRows): StripPicture {
  const rowsPerStrip = Math.max(1, Math.min(picture.height, Math.floor(stripBytes / rowBytesOf(picture))));
  return { ...picture, rowsPerStrip };
}
