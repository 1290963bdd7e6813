import { ImageError } from "../error.ts";
import type { Level } from "../pyramid/level.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane } from "../raster/raster.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { JpegCheckpoints } from "./jpeg/checkpoints.ts";
import type { JpegSampling } from "./jpeg/header.ts";
import { type JpegRowReader, openJpegRows, usualReadBytes } from "./jpeg/row-reader.ts";
import { readJpegRowsHead } from "./jpeg/rows-head.ts";
import type { MissingRows } from "./missing-rows.ts";
import type { DecodedRows, StoredTile, TileShape } from "./tile-decoder.ts";

/** A file that is decoded as it is read. */
export interface FileRows {
  readonly level: Level;
  readonly reduction: TileShape["reduction"];
  /** How each component must be sampled. */
  readonly samplings: readonly JpegSampling[];
  /** The rows that come at once, as decoded. */
  readonly rows: number;
  readonly window: StoredTile["window"];
  readonly source: ByteSource;
  readonly checkpoints?: JpegCheckpoints | undefined;
}

/** What is read of a file to know its head again, in bytes: what follows is gone on with elsewhere. */
const headBytes = 1 << 16;

/**
 * Decodes a JPEG file from the top down as it is read. What is above the window is passed over, what is below is not
 * read. Throws as rows are written: `source-malformed`, `source-unsupported`, `render-memory`, what the source throws.
 */
export function* decodeFileRows(kernel: Kernel, file: FileRows): Generator<DecodedRows, void> {
  const { level, reduction, rows: most } = file;
  const height = Math.ceil(level.tileLength / reduction);
  const { x = 0, width = Math.ceil(level.tileWidth / reduction), ...asked } = file.window ?? { y: 0, height };
  const end = asked.y + asked.height;
  const start = Math.floor(asked.y / most) * most;
  let reader: JpegRowReader | undefined;
  for (let first = start; first < end; first += most) {
    const count = Math.min(most, height - first);
    const y = Math.max(first, asked.y);
    const wantedEnd = Math.min(Math.min(first + count, end) * reduction, level.tileLength);
    const wanted = { y: y * reduction, height: wantedEnd - y * reduction };
    const writeInto = async (planes: readonly Plane[]): Promise<MissingRows | undefined> => {
      reader ??= await openAt(kernel, {
        ...file,
        first: start * reduction,
        x: x * reduction,
        width: width * reduction,
      });
      const rows = Math.min(count * reduction, level.tileLength - first * reduction);
      await reader.next(cutPlanes(planes, file, count), rows);
      file.checkpoints?.note(reader.checkpoint());
      return reader.missingOf(wanted);
    };
    yield { first, count, isAlone: true, writeInto };
  }
}

/** Where rows begin, and which columns of them are needed, in pixels of the frame. */
interface Place {
  readonly first: number;
  readonly x: number;
  readonly width: number;
}

/** Opens a reader where an earlier one has come to, or at the beginning, and passes over the rows before `first`. */
async function openAt(
  kernel: Kernel,
  { level, reduction, samplings, source, checkpoints, first, x, width }: FileRows & Place,
): Promise<JpegRowReader> {
  const from = checkpoints?.before(first);
  const head = await readJpegRowsHead(source, from === undefined ? usualReadBytes : headBytes);
  const reader = openJpegRows(kernel, { source, head, from, reduction, columns: { x, width } });
  const isSame =
    head.header.width === level.tileWidth &&
    head.header.height === level.tileLength &&
    reader.samplings.length === samplings.length &&
    reader.samplings.every((found, index) => found.x === samplings[index]?.x && found.y === samplings[index]?.y);
  if (!isSame) throw new ImageError("source-malformed", "The stored image is damaged: its JPEG has another form.");
  if (first > reader.row) await reader.skip(first - reader.row);
  return reader;
}

/** Returns the part of planes that is a component's, not what pads a tile. */
function cutPlanes(planes: readonly Plane[], { level, reduction, samplings }: FileRows, count: number): Plane[] {
  const across = Math.ceil(level.tileWidth / reduction);
  return samplings.flatMap(({ x, y }, index) => {
    const plane = planes[index];
    return plane === undefined ? [] : [{ ...plane, width: Math.ceil(across / x), height: Math.ceil(count / y) }];
  });
}
