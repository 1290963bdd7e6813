import { concatenate } from "../bytes.ts";

/**
 * Returns a stream that passes bytes on and hands all of them to `onWhole` when they have ended; never more than
 * `limitBytes`, past which it lets go of what it held, and never those of a stream that broke off.
 */
export function collectingStream(
  limitBytes: number,
  onWhole: (bytes: Uint8Array) => void,
): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array[] | undefined = [];
  let heldBytes = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      heldBytes += chunk.byteLength;
      if (heldBytes > limitBytes) held = undefined;
      held?.push(chunk);
      controller.enqueue(chunk);
    },
    flush() {
      if (held !== undefined) onWhole(concatenate(held));
    },
  });
}
