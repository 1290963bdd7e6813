import { expect } from "vitest";

/** Where it is noted that the matchers of this process have it: files of tests share them. */
const noted = Symbol.for("tessera.equal-bytes");

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  for (let at = 0; at < a.byteLength; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Vitest compares bytes as it does properties of objects: seconds a megabyte. */
if (!Reflect.has(globalThis, noted)) {
  Reflect.set(globalThis, noted, true);
  expect.addEqualityTesters([
    (a, b) => (a instanceof Uint8Array && b instanceof Uint8Array ? sameBytes(a, b) : undefined),
  ]);
}
