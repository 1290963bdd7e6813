import type { Kernel } from "../raster/kernel.ts";

/**
 * How a stream ended: with its last block, before it for want of bytes, or at a place that breaks the rules of the
 * format.
 */
export type InflateEnd = "whole" | "cut-off" | "broken";

/** The statuses of the kernel, as in `wasm/inflate/status.ts`. */
const status = { full: 1, ended: 2, cutOff: -2 } as const;

/**
 * Inflates a zlib stream given in parts, as far as the caller keeps asking, and yields its bytes in pieces of at most
 * 33 KB: views of kernel memory, which are good until the next is asked for or the kernel allocates. Everything before a
 * fault is yielded; then it returns how the stream ended. Bytes behind the stream and its checksum are not looked at, as
 * in readers that stop when they have enough. Takes 83 KB of kernel memory, which it returns; a kernel inflates one
 * stream at a time. Throws `render-memory`, and what `parts` throws. Source: RFC 1950, RFC 1951.
 */
export function* inflate(kernel: Kernel, parts: Iterable<Uint8Array>): Generator<Uint8Array, InflateEnd> {
  const { exports } = kernel;
  const mark = kernel.mark();
  exports.openInflate(kernel.allocate(exports.inflateWorkBytes.value));
  try {
    for (const piece of piecesOf(parts, exports.inflatePieceBytes.value)) {
      kernel.bytes.set(piece ?? noBytes, exports.inflateRoom());
      exports.feedInflate(piece?.byteLength ?? 0, piece === undefined);
      for (let state = status.full as number; state === status.full; ) {
        state = exports.inflate();
        const [from, end] = [exports.inflatedFrom.value, exports.inflatedEnd.value];
        if (end > from) yield kernel.bytes.subarray(from, end);
        if (state === status.ended) return "whole";
        if (state < 0) return state === status.cutOff ? "cut-off" : "broken";
      }
    }
    return "cut-off";
  } finally {
    kernel.release(mark);
  }
}

/**
 * Inflates a zlib stream until `take` has had enough, and says so, or how the stream ended before. Throws what `inflate`
 * throws.
 */
export function inflateUntil(
  kernel: Kernel,
  parts: Iterable<Uint8Array>,
  take: (inflated: Uint8Array) => "enough" | "more",
): InflateEnd | "enough" {
  const inflating = inflate(kernel, parts);
  try {
    for (;;) {
      const { done, value } = inflating.next();
      if (done) return value;
      if (take(value) === "enough") return "enough";
    }
  } finally {
    inflating.return("whole");
  }
}

const noBytes = new Uint8Array(0);

/** Cuts parts into pieces of at most `pieceBytes`; `undefined` says that there are no more. */
function* piecesOf(parts: Iterable<Uint8Array>, pieceBytes: number): Generator<Uint8Array | undefined> {
  for (const part of parts) {
    for (let at = 0; at < part.byteLength; at += pieceBytes) yield part.subarray(at, at + pieceBytes);
  }
  yield undefined;
}
