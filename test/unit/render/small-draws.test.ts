import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Admission } from "../../../src/budget/admission.ts";
import { MemoryBudget } from "../../../src/budget/memory-budget.ts";
import { IsolateCache } from "../../../src/cache/isolate.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { type DrawingTools, type DrawnMaster, drawPicture } from "../../../src/picture.ts";
import type { KeptTables, MadeBlock, TableStore } from "../../../src/raster/kept-tables.ts";
import { Kernel } from "../../../src/raster/kernel.ts";
import type { Weights } from "../../../src/raster/weights.ts";
import { Kernels } from "../../../src/render/kernels.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { platformClock } from "../../../src/timers.ts";
import { openMeasuringTools } from "../../support/drawing-tools.ts";
import { kernelModules } from "../../support/kernel.ts";
import { planPath } from "../../support/render.ts";

/** Keeps values, and counts those that were made. */
class CountingStore<Value> implements TableStore<Value> {
  readonly #kept = new IsolateCache<Value>(1 << 20);
  made = 0;

  get(key: string): Value | undefined {
    return this.#kept.get(key);
  }

  set(key: string, value: Value, bytes: number): void {
    this.made += 1;
    this.#kept.set(key, value, bytes);
  }
}

/** Counts the blocks that are taken of its memory. */
class CountingKernel extends Kernel {
  blocks = 0;

  override allocate(byteLength: number): number {
    this.blocks += 1;
    return super.allocate(byteLength);
  }
}

/** Counts its kernels, and the blocks that the one handed out last was asked for. */
class CountingKernels extends Kernels {
  readonly #tables: KeptTables;
  #made: CountingKernel[] = [];
  #idle: CountingKernel[] = [];

  constructor(tables: KeptTables) {
    super(kernelModules, tables);
    this.#tables = tables;
  }

  get made(): number {
    return this.#made.length;
  }

  takenBlocks(): number {
    const blocks = this.#made.reduce((sum, kernel) => sum + kernel.blocks, 0);
    for (const kernel of this.#made) kernel.blocks = 0;
    return blocks;
  }

  override take(bytes: number): Kernel {
    const kernel = this.#idle.pop() ?? new CountingKernel(kernelModules, bytes, this.#tables);
    if (!this.#made.includes(kernel)) this.#made.push(kernel);
    kernel.reset(bytes);
    return kernel;
  }

  override giveBack(kernel: Kernel): void {
    if (kernel instanceof CountingKernel) this.#idle.push(kernel);
  }
}

/** Longer than a drawing computes. */
const readMilliseconds = 20;

function openTools() {
  const tables = { weights: new CountingStore<Weights>(), blocks: new CountingStore<MadeBlock>() };
  const kernels = new CountingKernels(tables);
  const tools: DrawingTools = { ...openMeasuringTools().tools, kernels };
  const budget = new MemoryBudget(platformClock);
  const patience = { milliseconds: 5000, signal: undefined };
  const admission: Admission = { budget, clock: platformClock, patience, isAlone: () => false };
  return { tables, kernels, tools, budget, admission };
}

describe("a small drawing", () => {
  let master: DrawnMaster;

  beforeAll(async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
    const file = await sharp({ create: { width: 700, height: 520, channels: 3, background: "white", noise } })
      .tiff({ compression: "jpeg", tile: true, pyramid: true, tileWidth: 256, tileHeight: 256 })
      .toBuffer();
    const stored = memorySource(file);
    const read: typeof stored.read = async (offset, length) => {
      await new Promise((done) => setTimeout(done, readMilliseconds));
      return stored.read(offset, length);
    };
    const source = { ...stored, read };
    master = { ...(await openImage({ source: stored, prefix: file.subarray(0, prefixBytes), page: 1 })), source };
  });

  const draw = async ({ tools, admission }: ReturnType<typeof openTools>, path: string): Promise<Uint8Array> => {
    const { body } = await drawPicture(tools, planPath(master, path), { admission, log: () => undefined });
    if (!(body instanceof Uint8Array)) throw new Error(`${path} is streamed`);
    return body;
  };

  it("plans weights once for each ratio, phase and size, and draws the same by those that are kept", async () => {
    const opened = openTools();
    const { weights, blocks } = opened.tables;
    const first = await draw(opened, "full/128,95/0/default.jpg");
    const planned = weights.made;
    expect(planned).toBeGreaterThan(0);
    expect(blocks.made).toBe(1);
    expect(await draw(opened, "full/128,95/0/default.jpg")).toEqual(first);
    expect({ weights: weights.made, blocks: blocks.made }).toEqual({ weights: planned, blocks: 1 });
    await draw(opened, "full/127,94/0/default.jpg");
    expect(weights.made).toBe(2 * planned);
  });

  it("plans no weights for another tile that lies as far off the grid", async () => {
    const opened = openTools();
    await draw(opened, "77,131,256,256/256,256/0/default.jpg");
    const planned = opened.tables.weights.made;
    await draw(opened, "101,211,256,256/256,256/0/default.jpg");
    expect(opened.tables.weights.made).toBe(planned);
  });

  it("takes no kernel memory for a strip", async () => {
    const opened = openTools();
    const blocksOf = async (size: string): Promise<number> => {
      await draw(opened, `0,0,256,256/${size}/0/default.jpg`);
      return opened.kernels.takenBlocks();
    };
    await blocksOf("200,200");
    // 13 strips, and 9.
    expect(await blocksOf("200,200")).toBe(await blocksOf("200,140"));
  });

  it("waits for storage without a kernel: a hundred at once take the memory of one, and none waits for another", async () => {
    const opened = openTools();
    const bodies = await Promise.all(Array.from({ length: 100 }, () => draw(opened, "full/128,95/0/default.jpg")));
    expect(bodies).toHaveLength(100);
    expect(opened.kernels.made).toBe(1);
    expect(opened.budget.counts).toMatchObject({ waited: 0, refused: 0 });
  });
});
