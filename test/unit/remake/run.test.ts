import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../../src/digest.ts";
import { ImageError } from "../../../src/error.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { makeBlock } from "../../../src/remake/block.ts";
import { assemble, openRemake, type Remake, runRemake } from "../../../src/remake/run.ts";
import { leastPartBytes, partBytes } from "../../../src/remake/target.ts";
import { makeTop } from "../../../src/remake/top.ts";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import {
  FreshKernels,
  inStrips,
  losslessSettings,
  MemorySpill,
  MemoryTarget,
  makePattern,
  openPorts,
  usualSettings,
} from "../../support/remaking.ts";

let strips: Buffer;
let remake: Remake;
let expected: Uint8Array;

beforeAll(async () => {
  // Three blocks, which make four levels, and two levels above them.
  strips = await inStrips(makePattern(300, 5000));
  remake = { source: memorySource(strips, "v1"), settings: usualSettings };
  const target = new MemoryTarget();
  await runRemake(remake, openPorts({ target }));
  expected = target.file ?? new Uint8Array(0);
});

/** A source that is replaced once it has been read so many times. */
function replacedAfter(reads: number): ByteSource {
  const whole = memorySource(strips, "v1");
  let left = reads;
  return {
    ...whole,
    async read(offset, length) {
      if (left <= 0) throw new ImageError("source-changed", "The image was replaced.");
      left -= 1;
      return whole.read(offset, length);
    },
  };
}

describe("remaking a master", () => {
  it("comes to the same bytes in whatever order blocks are made", async () => {
    const target = new MemoryTarget();
    const ports = openPorts({ target });
    const opened = await openRemake(remake, ports);
    const { plan } = opened.work;
    expect(plan.blocks).toHaveLength(3);
    for (const index of [2, 0, 1]) await makeBlock(opened.work, plan.blocks[index] ?? plan.blocks[0]);
    const again = await openRemake(remake, ports);
    const blocks = await Promise.all(plan.blocks.map((block) => makeBlock(again.work, block)));
    const top = await makeTop(again.work, blocks);
    await assemble(again, { blocks, top }, ports);
    expect(ports.spill.blocksMade()).toEqual([1, 1, 1]);
    expect(Buffer.from(expected).equals(target.file ?? new Uint8Array(0))).toBe(true);
  });

  it("goes on where it was stopped, after any step, and makes nothing twice", async () => {
    const spill = new MemorySpill();
    const target = new MemoryTarget();
    const kernels = new FreshKernels();
    const { tools } = openPorts({});
    let stops = 0;
    for (let isDone = false; !isDone; ) {
      let steps = 0;
      const before = async ({ done, of }: { done: number; of: number }): Promise<void> => {
        expect(of).toBe(5);
        if (done <= stops && steps++ <= stops) return;
        stops = done;
        throw new Error("stopped");
      };
      const run = runRemake(remake, { ...openPorts({ spill, target, before }), tools: { ...tools, kernels } });
      isDone = await run.then(
        () => true,
        (error: Error) => {
          expect(error.message).toBe("stopped");
          expect(target.file).toBeUndefined();
          return false;
        },
      );
    }
    expect(stops).toBe(4);
    expect(spill.blocksMade()).toEqual([1, 1, 1]);
    expect(spill.puts.filter((name) => name.endsWith("/top.json"))).toHaveLength(1);
    expect(Buffer.from(expected).equals(target.file ?? new Uint8Array(0))).toBe(true);
  });

  it("makes a block anew of which not all was spilled", async () => {
    const spill = new MemorySpill();
    const put = spill.put.bind(spill);
    spill.put = async (name, bytes) => {
      if (name.endsWith("block-1.json") && !spill.puts.includes(name)) {
        spill.puts.push(name);
        throw new Error("storage failed");
      }
      await put(name, bytes);
    };
    const target = new MemoryTarget();
    await expect(runRemake(remake, openPorts({ spill, target }))).rejects.toThrow("storage failed");
    await runRemake(remake, openPorts({ spill, target }));
    expect(spill.puts.filter((name) => name.endsWith("block-0.json"))).toHaveLength(1);
    expect(spill.puts.filter((name) => name.endsWith("block-1-0"))).toHaveLength(2);
    expect(Buffer.from(expected).equals(target.file ?? new Uint8Array(0))).toBe(true);
  });

  it("takes nothing that was made of another version, or for other settings", async () => {
    const spill = new MemorySpill();
    await runRemake(remake, openPorts({ spill }));
    await runRemake({ ...remake, source: memorySource(strips, "v2") }, openPorts({ spill }));
    await runRemake({ ...remake, settings: { ...usualSettings, quality: 80 } }, openPorts({ spill }));
    expect(spill.blocksMade()).toEqual(new Array(9).fill(1));
  });

  it("takes nothing that was made of another page", async () => {
    const size = { width: 300, height: 200 } as const;
    const pages = await makeTiff({ ...size, pages: [{ ...size, photometric: "MinIsWhite" }] });
    const spill = new MemorySpill();
    const files = [];
    for (const page of [1, 2]) {
      const target = new MemoryTarget();
      await runRemake({ source: memorySource(pages), settings: usualSettings, page }, openPorts({ spill, target }));
      files.push(Buffer.from(target.file ?? []));
    }
    expect(spill.blocksMade()).toEqual([1, 1]);
    expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(false);
  });

  it("says so when what was spilled is gone", async () => {
    const spill = new MemorySpill();
    const target = new MemoryTarget();
    await runRemake(remake, openPorts({ spill }));
    spill.objects.delete([...spill.objects.keys()].find((name) => name.endsWith("block-2-0")) ?? "");
    expect(await codeOfAsync(runRemake(remake, openPorts({ spill, target })))).toBe("storage-failed");
    expect(target.file).toBeUndefined();
  });

  it("shows nothing when the source is replaced, and leaves no upload", async () => {
    const reads = await countReads();
    const before = Array.from({ length: reads }, (_, index) => index).filter((index) => index % 3 === 0);
    for (const left of [...before, reads - 1]) {
      const target = new MemoryTarget();
      const run = runRemake({ ...remake, source: replacedAfter(left) }, openPorts({ target }));
      expect(await codeOfAsync(run)).toBe("source-changed");
      expect(target.file).toBeUndefined();
      expect(target.uploads.size).toBe(0);
    }
  });

  it("shows nothing that is not what was made", async () => {
    const spill = new MemorySpill();
    const target = new MemoryTarget();
    const before = async ({ kind }: { kind: string }): Promise<void> => {
      if (kind !== "assemble") return;
      const name = [...spill.objects.keys()].find((key) => key.endsWith("block-0-0")) ?? "";
      const piece = spill.objects.get(name) ?? new Uint8Array(0);
      // The tiles of the first row change places with one another.
      piece.set(piece.slice(0, 4000).toReversed(), 0);
    };
    const run = runRemake(remake, openPorts({ spill, target, before }));
    expect(await codeOfAsync(run)).toBe("remake-unverified");
    expect(target.file).toBeUndefined();
  });

  it("reads each byte of strips once", async () => {
    const counts = new Uint8Array(strips.byteLength);
    const whole = memorySource(strips, "v1");
    const source: ByteSource = {
      ...whole,
      async read(offset, length) {
        for (let at = offset; at < Math.min(offset + length, counts.length); at += 1) counts[at]! += 1;
        return whole.read(offset, length);
      },
    };
    const { pyramid } = await openImage({ source: whole, prefix: strips.subarray(0, prefixBytes) });
    const [{ offsets, byteCounts }] = pyramid.levels;
    const { work } = await openRemake({ ...remake, source }, openPorts({}));
    counts.fill(0);
    for (const block of work.plan.blocks) await makeBlock(work, block);
    const ofStrips = Array.from(offsets, (offset, strip) => counts.subarray(offset, offset + (byteCounts[strip] ?? 0)));
    expect(new Set(ofStrips.flatMap((strip) => [...strip]))).toEqual(new Set([1]));
  });

  it("takes no more memory for a block than was planned", async () => {
    const kernels = new FreshKernels();
    const { tools } = openPorts({});
    await runRemake(remake, { ...openPorts({}), tools: { ...tools, kernels } });
    expect(kernels.taken.length).toBeGreaterThan(4);
    for (const { bytes, kernel } of kernels.taken) {
      expect(bytes).toBeLessThanOrEqual(16 << 20);
      expect(kernel.memoryBytes).toBeLessThanOrEqual(bytes + 65_536);
    }
  });

  it("opens in the first read", async () => {
    const reads: number[] = [];
    const master = memorySource(expected);
    const source: ByteSource = {
      ...master,
      async read(offset, length) {
        reads.push(offset);
        return master.read(offset, length);
      },
    };
    const { pyramid, profile, warnings } = await openImage({ source, prefix: expected.subarray(0, prefixBytes) });
    expect(reads).toEqual([]);
    expect(pyramid.levels).toHaveLength(6);
    expect({ profile, warnings }).toEqual({ profile: undefined, warnings: [] });
  });

  it("writes parts of one size but for the last, and gives up the upload that an earlier run left", async () => {
    let seed = 7;
    const noise = makePattern(2400, 2200);
    for (let at = 0; at < noise.data.length; at += 1) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      noise.data[at] = seed >>> 24;
    }
    const large: Remake = { source: memorySource(await inStrips(noise)), settings: losslessSettings };
    const spill = new MemorySpill();
    const target = new MemoryTarget();
    const abort = target.abort.bind(target);
    target.abort = () => Promise.reject(new Error("killed"));
    let parts = 0;
    const pause = async (): Promise<void> => {
      if (target.uploads.size > 0 && ++parts === 2) throw new Error("killed");
    };
    await expect(runRemake(large, openPorts({ spill, target, pause }))).rejects.toThrow("killed");
    // What is killed has no time to tidy up.
    expect([...target.uploads.keys()]).toEqual(["upload-1"]);
    target.abort = abort;
    const { bytesOut } = await runRemake(large, openPorts({ spill, target }));
    expect(target.uploads.size).toBe(0);
    const last = target.partSizes.at(-1) ?? 0;
    expect(target.partSizes.slice(0, -1)).toEqual(new Array(target.partSizes.length - 1).fill(partBytes));
    expect(target.partSizes.length).toBeGreaterThan(2);
    expect(last).toBeLessThanOrEqual(partBytes);
    expect(partBytes).toBeGreaterThanOrEqual(leastPartBytes);
    expect(target.file?.byteLength).toBe(bytesOut);
  });

  it("counts what stages take, by the clock that is given", async () => {
    let now = 0;
    const target = new MemoryTarget();
    const { seconds, bytesIn, bytesOut, checksum } = await runRemake(remake, openPorts({ target, now: () => ++now }));
    expect(Object.values(seconds).every((spent) => spent > 0)).toBe(true);
    expect({ bytesIn, bytesOut }).toEqual({ bytesIn: strips.byteLength, bytesOut: expected.byteLength });
    expect(checksum).toBe(await sha256(target.file ?? new Uint8Array(0)));
    expect(target.marks?.sha256).toBe(checksum);
  });
});

async function countReads(): Promise<number> {
  let reads = 0;
  const whole = memorySource(strips, "v1");
  const source: ByteSource = {
    ...whole,
    async read(offset, length) {
      reads += 1;
      return whole.read(offset, length);
    },
  };
  await runRemake({ ...remake, source }, openPorts({}));
  return reads;
}
