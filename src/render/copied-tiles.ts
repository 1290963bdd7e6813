import type { Admission } from "../budget/admission.ts";
import type { Lease } from "../budget/lease.ts";
import { whileRenewing } from "../budget/renewal.ts";
import { readJpegHeader } from "../codec/jpeg/header.ts";
import { checkTileFrame } from "../codec/jpeg/splice.ts";
import { blankTileSegments, tiffSubsampling } from "../codec/jpeg/tiff-tile.ts";
import type { MasterLayout } from "../layout/layout.ts";
import type { Subsampling } from "../raster/raster.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { admit, refuseUnwanted } from "./admission.ts";
import type { Envelope } from "./envelope.ts";
import { type GatheredBytes, gatherReads } from "./gather.ts";
import type { Rendered } from "./render.ts";
import { formatTiffDirectory } from "./tiff-directory.ts";
import { layOutParts } from "./tiff-encoder.ts";
import { rangesOf, type TilesPlan } from "./tile-copy.ts";

/** A copy of tiles and what it takes. */
export interface TileCopying {
  readonly plan: TilesPlan;
  readonly source: ByteSource;
  readonly envelope: Envelope;
  readonly admission: Admission;
}

/**
 * Copies tiles into a TIFF, some rows of tiles at a time; undefined if they are JPEG that other readers refuse. Throws
 * `source-malformed`, `source-unsupported`, `render-busy`, `client-gone` and what the source throws.
 */
export async function copyTiles(copying: TileCopying): Promise<Rendered | undefined> {
  const { plan, source, admission } = copying;
  const lease = await admit(admission, plan, { share: "streams", bytes: plan.cost.peakBytes });
  try {
    const first = await whileRenewing(admission.clock, lease, () => gatherReads(source, plan.batches[0]?.reads ?? []));
    const subsampling = subsamplingOf(plan, first);
    const layout = subsampling && layOutTiles(copying, subsampling);
    if (layout !== undefined) {
      const body = piecesOf(copying, { first, layout, lease });
      return { body, lease, byteLength: layout.size, damage: undefined };
    }
  } catch (error) {
    lease.release();
    throw error;
  }
  lease.release();
  return undefined;
}

/** The subsampling that the first tile states, whatever the directory of the master says. */
function subsamplingOf({ level, batches }: TilesPlan, first: GatheredBytes): Subsampling | undefined {
  const { model, compression } = level.encoding;
  if (compression !== "jpeg") return { x: 1, y: 1 };
  const range = batches[0]?.tileRows[0]?.tiles[0]?.ranges?.[0];
  if (range === undefined) throw new RangeError("a copy without tiles");
  return tiffSubsampling(readJpegHeader(first.bytesOf(range)), modelOf(model));
}

function layOutTiles({ plan, envelope }: TileCopying, subsampling: Subsampling): MasterLayout {
  const { level, size, batches } = plan;
  const { compression, model, layout, predictor, jpegTables } = level.encoding;
  const directory = formatTiffDirectory(
    {
      ...size,
      model: modelOf(model),
      hasAlpha: layout.alpha !== undefined,
      bitDepth: 8,
      compression: compression === "jpeg" ? "jpeg" : "deflate",
      predictor: predictor === "horizontal" ? "horizontal" : "none",
      parts: { tile: { width: level.tileWidth, height: level.tileLength } },
      subsampling,
      jpegTables,
    },
    envelope,
  );
  const lengths = (rangesOf(batches) ?? []).map(({ length }) => length);
  return layOutParts(directory, "tiles", lengths);
}

async function* piecesOf(
  { plan, source, admission }: TileCopying,
  { first, layout, lease }: { readonly first: GatheredBytes; readonly layout: MasterLayout; readonly lease: Lease },
): AsyncGenerator<Uint8Array, void, undefined> {
  yield layout.head;
  let pending = Promise.resolve(first);
  for (const [index, batch] of plan.batches.entries()) {
    const gathered = await pending;
    refuseUnwanted(admission, lease);
    const next = plan.batches[index + 1];
    if (next !== undefined) {
      pending = gatherReads(source, next.reads);
      // A failure shows when it is awaited, which may be never: the client left before.
      pending.catch(() => undefined);
    }
    for (const range of rangesOf([batch]) ?? []) yield checkedTile(plan, gathered.bytesOf(range));
  }
  yield layout.tail;
}

function checkedTile({ level }: TilesPlan, tile: Uint8Array): Uint8Array {
  const { compression, model } = level.encoding;
  if (compression !== "jpeg") return tile;
  checkTileFrame(readJpegHeader(tile), { model: modelOf(model), width: level.tileWidth, height: level.tileLength });
  return blankTileSegments(tile);
}

function modelOf(model: TilesPlan["level"]["encoding"]["model"]): "gray" | "rgb" | "ycbcr" {
  if (model !== "gray" && model !== "rgb" && model !== "ycbcr") throw new RangeError(`a copy of ${model}`);
  return model;
}
