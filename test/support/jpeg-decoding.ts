import { decodeJpegInto, type JpegDecodeOptions } from "../../src/codec/jpeg/decoder.ts";
import { readJpegHeader } from "../../src/codec/jpeg/header.ts";
import type { MissingRows } from "../../src/codec/missing-rows.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { allocateGuarded, readPlane, type Samples } from "./planes.ts";

/** The result of a decode: the samples of each component, and how many bytes around them changed. */
export interface Decoded {
  readonly samples: readonly Samples[];
  readonly changedGuards: number;
  /** The rows that damage took; undefined if the frame is whole. */
  readonly missing: MissingRows | undefined;
}

/** Decodes a stream into planes as large as its frame says, amid guard bytes. Throws what the decoder throws. */
export function decodeGuarded(
  kernel: Kernel,
  bytes: Uint8Array,
  options: Partial<Omit<JpegDecodeOptions, "bytes" | "planes">> = {},
): Decoded {
  const header = readJpegHeader(bytes);
  const horizontalMaximum = Math.max(...header.components.map((item) => item.horizontal));
  const verticalMaximum = Math.max(...header.components.map((item) => item.vertical));
  const reduction = options.reduction ?? 1;
  const mark = kernel.mark();
  const guarded = header.components.map(({ horizontal, vertical }) =>
    allocateGuarded(
      kernel,
      Math.ceil(Math.ceil((header.width * horizontal) / horizontalMaximum) / reduction),
      Math.ceil(Math.ceil((header.height * vertical) / verticalMaximum) / reduction),
    ),
  );
  const planes = guarded.map((item) => item.plane);
  const missing = decodeJpegInto(kernel, { bytes, planes, width: header.width, height: header.height, ...options });
  const decoded = {
    samples: planes.map((plane) => readPlane(kernel, plane)),
    changedGuards: guarded.reduce((sum, item) => sum + item.countChangedGuards(), 0),
    missing,
  };
  kernel.release(mark);
  return decoded;
}
