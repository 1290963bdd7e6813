import { halvedChromaDecoder } from "../codec/halved-chroma-tile.ts";
import { openTileDecoder } from "../codec/open-tile-decoder.ts";
import type { TileDecoder } from "../codec/tile-decoder.ts";
import { turnedTileDecoder } from "../codec/turned-tile.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn } from "../raster/orientation.ts";
import type { DrawPlan } from "./plan.ts";

/** Opens what decodes the tiles of a plan; `sample` is one of them. Throws what opening a decoder throws. */
export function openPlannedDecoder(kernel: Kernel, plan: DrawPlan, sample: Uint8Array | undefined): TileDecoder {
  const { stored, reduction, tileTurn, steps } = plan;
  const shape = { level: stored, reduction, turn: tileTurn };
  const opened = openTileDecoder(kernel, shape, sample);
  const decoder = steps.halvesTiles ? halvedChromaDecoder(opened, shape) : opened;
  // Rows that come some at a time are turned as they are decoded.
  return isNoTurn(tileTurn) || decoder.decodeRows !== undefined ? decoder : turnedTileDecoder(decoder, shape, tileTurn);
}
