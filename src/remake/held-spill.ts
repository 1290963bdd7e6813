import type { Spill } from "./spill.ts";

/** Returns a spill that is held in memory: for conversions that come to little, which are made anew if they are interrupted. */
export function heldSpill(): Spill {
  const held = new Map<string, Uint8Array>();
  return {
    async put(name, bytes) {
      held.set(name, bytes);
    },
    async get(name, range) {
      const bytes = held.get(name);
      return range === undefined ? bytes : bytes?.subarray(range.offset, range.offset + range.length);
    },
  };
}
