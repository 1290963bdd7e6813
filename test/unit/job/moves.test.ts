import { beforeEach, describe, expect, it } from "vitest";
import { moveKey, originsKey, parseMove, parseOrigins } from "../../../src/catalogue/moved.ts";
import { findMoves, writeMoves } from "../../../src/job/moves.ts";
import { type MemoryStore, memoryBucket } from "../../support/memory-bucket.ts";
import { uploadBytes } from "../../support/upload-bytes.ts";

let store: MemoryStore;
beforeEach(() => {
  store = { objects: new Map(), uploads: new Map() };
});
const catalogue = () => memoryBucket(store, 1000);
const moveOf = (identifier: string) => {
  const stored = store.objects.get(moveKey(identifier));
  return stored && parseMove(stored.bytes, identifier);
};
const originsOf = (identifier: string) => parseOrigins(store.objects.get(originsKey(identifier))?.bytes, identifier);

describe("where images have gone", () => {
  it("is written once, and is unchanged when it is written again", async () => {
    const moves = [{ identifier: "a", to: "b" }, { identifier: "gone" }];
    expect(await writeMoves(catalogue(), moves)).toEqual({ written: 2, unchanged: 0 });
    const before = JSON.stringify([...store.objects]);
    expect(await writeMoves(catalogue(), moves)).toEqual({ written: 0, unchanged: 2 });
    expect(JSON.stringify([...store.objects])).toBe(before);
    expect([moveOf("a"), moveOf("gone")]).toEqual(moves);
  });

  it("leads on in one step from all that led to an image before it moved", async () => {
    await writeMoves(
      catalogue(),
      ["a", "b"].map((identifier) => ({ identifier, to: "c" })),
    );
    await writeMoves(catalogue(), [{ identifier: "c", to: "d" }]);
    await writeMoves(catalogue(), [{ identifier: "d", to: "e" }]);
    expect(["a", "b", "c", "d"].map((name) => moveOf(name)?.to)).toEqual(["e", "e", "e", "e"]);
    expect([...originsOf("e")].sort()).toEqual(["a", "b", "c", "d"]);
    expect([originsOf("c"), originsOf("d")]).toEqual([[], []]);
    await writeMoves(catalogue(), [{ identifier: "e" }]);
    expect(["a", "b", "c", "d", "e"].map((name) => moveOf(name)?.to)).toEqual(Array(5).fill(undefined));
  });

  it("is left alone where it was led elsewhere meanwhile, and never leads to itself", async () => {
    await writeMoves(catalogue(), [{ identifier: "a", to: "b" }]);
    await writeMoves(catalogue(), [{ identifier: "a", to: "x" }]);
    await writeMoves(catalogue(), [{ identifier: "b", to: "c" }]);
    expect(moveOf("a")?.to).toBe("x");
    // Moved back.
    await writeMoves(catalogue(), [{ identifier: "c", to: "b" }]);
    expect([...originsOf("b")].sort()).toEqual(["a", "c"]);
    expect(moveOf("b")?.to).toBe("c");
  });

  it("is looked up as far as it leads, but not behind what is stored", async () => {
    await writeMoves(catalogue(), [
      { identifier: "b", to: "c" },
      { identifier: "d", to: "e" },
    ]);
    const masters = { objects: new Map(), uploads: new Map() };
    const stored = { key: "d", bytes: Buffer.from("x"), contentType: "x/y" };
    await uploadBytes(memoryBucket(masters, 1000), stored);
    const ground = { masters: memoryBucket(masters, 1000), catalogue: catalogue(), keyOf: (name: string) => name };
    const known = await findMoves(ground, ["a", "b", "d", "b"]);
    expect([[...known.moves.keys()], [...known.stored]]).toEqual([["b"], ["d"]]);
  });
});
