import type { Size } from "../geometry.ts";
import { planLayout } from "../layout/layout.ts";
import { numbersEntry, type PlannedEntry } from "../layout/planned-entry.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { tags } from "../tiff/tags.ts";
import { writeMaster } from "./master-writer.ts";

/** A picture as uncompressed samples, interleaved. */
export interface PlainPicture extends Size {
  /** Grey or RGB; a second or fourth is opacity. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly bits: 8 | 16;
  /** All rows, from the top; 16-bit samples with their low byte first. Asked for whole strips, in order. */
  readonly samples: ByteSource;
  /** Rows of each strip but the last; as many as make a few megabytes if absent. */
  readonly rowsPerStrip?: number;
  /** What is said of the picture besides. */
  readonly entries?: readonly PlannedEntry[];
}

/** Uncompressed rows are grouped in strips of about this many bytes. */
const stripBytes = 4 << 20;

const isLittleEndian = true;

/** Writes a picture as an uncompressed TIFF in strips, for libvips to read. Throws what its samples and the file system throw. */
export async function writePlainTiff(path: string, picture: PlainPicture): Promise<void> {
  const { width, height, channels, bits, samples, entries = [] } = picture;
  const rowBytes = width * channels * (bits / 8);
  const rows = picture.rowsPerStrip ?? Math.max(1, Math.floor(stripBytes / rowBytes));
  const offsets = Float64Array.from({ length: Math.ceil(height / rows) }, (_, index) => index * rows * rowBytes);
  const byteCounts = offsets.map((offset) => Math.min(rows * rowBytes, rowBytes * height - offset));
  const all = [...pictureEntries(picture, rows), ...entries];
  const layout = planLayout([{ entries: all, arrays: "strips", chunks: { offsets, byteCounts } }], isLittleEndian);
  await writeMaster(path, { layout, source: samples });
}

function pictureEntries({ width, height, channels, bits }: PlainPicture, rows: number): readonly PlannedEntry[] {
  const short = (tag: number, ...values: number[]): PlannedEntry =>
    numbersEntry({ tag, type: 3, isLittleEndian }, values);
  const long = (tag: number, value: number): PlannedEntry => numbersEntry({ tag, type: 4, isLittleEndian }, [value]);
  return [
    long(tags.imageWidth, width),
    long(tags.imageLength, height),
    short(tags.bitsPerSample, ...Array.from({ length: channels }, () => bits)),
    short(tags.compression, 1),
    short(tags.photometricInterpretation, channels < 3 ? 1 : 2),
    short(tags.samplesPerPixel, channels),
    long(tags.rowsPerStrip, rows),
    ...(channels % 2 === 0 ? [short(tags.extraSamples, 2)] : []),
  ];
}
