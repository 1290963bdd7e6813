import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Admission } from "../../../src/budget/admission.ts";
import { sleep } from "../../../src/budget/clock.ts";
import { MemoryBudget } from "../../../src/budget/memory-budget.ts";
import { IsolateCache } from "../../../src/cache/isolate.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { type DrawingTools, type DrawnMaster, drawPicture } from "../../../src/picture.ts";
import type { WeightsStore } from "../../../src/raster/kept-weights.ts";
import { Kernel } from "../../../src/raster/kernel.ts";
import type { Weights } from "../../../src/raster/weights.ts";
import { Kernels } from "../../../src/render/kernels.ts";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { platformClock } from "../../../src/timers.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { openMeasuringTools } from "../../support/drawing-tools.ts";
import { kernelModules } from "../../support/kernel.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { planPath } from "../../support/render.ts";
import { TestClock } from "../../support/test-clock.ts";

/** Keeps weights, and counts those that were planned. */
class CountingStore implements WeightsStore {
  readonly #kept = new IsolateCache<Weights>(1 << 20);
  planned = 0;

  get(key: string): Weights | undefined {
    return this.#kept.get(key);
  }

  set(key: string, weights: Weights, bytes: number): void {
    this.planned += 1;
    this.#kept.set(key, weights, bytes);
  }
}

/** Counts the blocks that are taken of its memory, and those that had to be filled. */
class CountingKernel extends Kernel {
  blocks = 0;
  filled = 0;

  override allocate(byteLength: number): number {
    this.blocks += 1;
    return super.allocate(byteLength);
  }

  override allocateFilled(content: string, byteLength: number, fill: (pointer: number) => void): number {
    return super.allocateFilled(content, byteLength, (pointer) => {
      this.filled += 1;
      fill(pointer);
    });
  }
}

/** Counts its kernels, and the blocks that the one handed out last was asked for. */
class CountingKernels extends Kernels {
  readonly #weights: WeightsStore;
  #made: CountingKernel[] = [];
  #idle: CountingKernel[] = [];

  constructor(weights: WeightsStore) {
    super(kernelModules, weights);
    this.#weights = weights;
  }

  get made(): number {
    return this.#made.length;
  }

  get filledBlocks(): number {
    return this.#made.reduce((sum, kernel) => sum + kernel.filled, 0);
  }

  takenBlocks(): number {
    const blocks = this.#made.reduce((sum, kernel) => sum + kernel.blocks, 0);
    for (const kernel of this.#made) kernel.blocks = 0;
    return blocks;
  }

  override take(bytes: number): Kernel {
    const kernel = this.#idle.pop() ?? new CountingKernel(kernelModules, bytes, this.#weights);
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
  const weights = new CountingStore();
  const kernels = new CountingKernels(weights);
  const tools: DrawingTools = { ...openMeasuringTools().tools, kernels };
  const budget = new MemoryBudget(platformClock);
  const patience = { milliseconds: 5000, signal: undefined };
  const admission: Admission = { budget, clock: platformClock, patience, isAlone: () => false };
  return { weights, kernels, tools, budget, admission };
}

describe("a small drawing", () => {
  let master: DrawnMaster;
  let stored: ByteSource;

  beforeAll(async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
    const file = await sharp({ create: { width: 700, height: 520, channels: 3, background: "white", noise } })
      .tiff({ compression: "jpeg", tile: true, pyramid: true, tileWidth: 256, tileHeight: 256 })
      .toBuffer();
    stored = memorySource(file);
    const read: ByteSource["read"] = async (offset, length) => {
      await new Promise((done) => setTimeout(done, readMilliseconds));
      return stored.read(offset, length);
    };
    const source = { ...stored, read };
    master = { ...(await openImage({ source: stored, prefix: file.subarray(0, prefixBytes), page: 1 })), source };
  });

  const draw = async (
    { tools, admission }: ReturnType<typeof openTools>,
    path: string,
    drawn = master,
  ): Promise<Uint8Array> => {
    const { body } = await drawPicture(tools, planPath(drawn, path), { admission, log: () => undefined });
    if (!(body instanceof Uint8Array)) throw new Error(`${path} is streamed`);
    return body;
  };

  it("plans weights once for each ratio, phase and size, and draws the same by those that are kept", async () => {
    const opened = openTools();
    const { weights } = opened;
    const first = await draw(opened, "full/128,95/0/default.jpg");
    const { planned } = weights;
    expect(planned).toBeGreaterThan(0);
    expect(await draw(opened, "full/128,95/0/default.jpg")).toEqual(first);
    expect(weights.planned).toBe(planned);
    await draw(opened, "full/127,94/0/default.jpg");
    expect(weights.planned).toBe(2 * planned);
  });

  it("plans no weights for another tile that lies as far off the grid", async () => {
    const opened = openTools();
    await draw(opened, "77,131,256,256/256,256/0/default.jpg");
    const { planned } = opened.weights;
    await draw(opened, "101,211,256,256/256,256/0/default.jpg");
    expect(opened.weights.planned).toBe(planned);
  });

  it("finds the tables of JPEG where the one before it put them, and puts them there again after a drawing without", async () => {
    const opened = openTools();
    const drawn = await draw(opened, "full/128,95/0/default.jpg");
    expect(await draw(opened, "77,131,256,256/256,256/0/default.jpg")).not.toEqual(drawn);
    expect(opened.kernels.filledBlocks).toBe(1);
    const plain = await makeTiff({ width: 300, height: 200, tile: 64, compression: "lzw" });
    const image = await openImage({ source: memorySource(plain), prefix: plain.subarray(0, prefixBytes), page: 1 });
    await draw(opened, "full/128,85/0/default.jpg", { ...image, source: memorySource(plain) });
    expect(await draw(opened, "full/128,95/0/default.jpg")).toEqual(drawn);
    expect(opened.kernels.filledBlocks).toBe(2);
    expect(opened.kernels.made).toBe(1);
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

  describe("whose reads are slow", () => {
    /** Begins a drawing whose reads take so long, while another wants all memory of tiles. */
    const begin = (milliseconds: number) => {
      const clock = new TestClock();
      const { tools } = openTools();
      const budget = new MemoryBudget(clock);
      const patience = { milliseconds: 60_000, signal: undefined };
      const admission: Admission = { budget, clock, patience, isAlone: () => false, readMilliseconds: 10_000 };
      const read: DrawnMaster["source"]["read"] = async (offset, length) => {
        await sleep(clock, milliseconds);
        return stored.read(offset, length);
      };
      const slow = { ...master, source: { ...stored, read } };
      const picture = planPath(slow, "77,131,256,256/256,256/0/default.jpg");
      const drawing = drawPicture(tools, picture, { admission, log: () => undefined });
      const loan = { share: "tiles", bytes: 6 << 20, costMilliseconds: 0, waitingBytes: 0 } as const;
      return { clock, drawing, other: budget.take(loan, patience), budget };
    };

    it("keeps its memory for as long as a read may take, whoever waits for it", async () => {
      const { clock, drawing, other, budget } = begin(9900);
      await clock.pass(9000);
      expect(budget.counts).toMatchObject({ waited: 1, lapsed: 0 });
      await clock.pass(2000);
      expect((await drawing).body).toBeInstanceOf(Uint8Array);
      await other;
      expect(budget.counts.lapsed).toBe(0);
    });

    it("loses it some seconds after that, as one that has died", async () => {
      const { clock, other, budget, drawing } = begin(30_000);
      const refused = codeOfAsync(drawing);
      await clock.pass(14_000);
      await other;
      expect(budget.counts.lapsed).toBe(1);
      await clock.pass(20_000);
      expect(await refused).toBe("render-busy");
    });
  });
});
