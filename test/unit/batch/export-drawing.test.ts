import { beforeAll, describe, expect, it } from "vitest";
import { exportCommand } from "../../../src/batch/export-command.ts";
import { callsOf, drawExport } from "../../../src/batch/export-drawing.ts";
import type { ExportTarget } from "../../../src/batch/export-target.ts";
import type { Jobs } from "../../../src/batch/jobs.ts";
import { MemoryBudget } from "../../../src/budget/memory-budget.ts";
import { type ExportedImage, planFiles, shapeOf } from "../../../src/export/picture-files.ts";
import type { ExportSettings } from "../../../src/export/settings.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { openDrawingTools } from "../../../src/node/compiled-modules.ts";
import type { DrawnMaster } from "../../../src/picture.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { platformClock } from "../../../src/timers.ts";
import { makeTiff } from "../../support/make-tiff.ts";

const settings: ExportSettings = {
  base: "https://files.example",
  imagePrefix: "/iiif",
  versions: [3],
  tile: undefined,
  style: { qualities: { jpeg: 85, webp: 80 }, colorProfile: "convert", keepMetadata: "copyright" },
  limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 },
  thumbnailWidths: [],
  isAlsoRounded: false,
};
const tools = openDrawingTools();
let master: DrawnMaster;
let exported: ExportedImage;

beforeAll(async () => {
  const source = memorySource(await makeTiff({ width: 1400, height: 1100, tile: 256, levels: 2 }));
  master = { ...(await openImage({ source, prefix: await source.read(0, prefixBytes) })), source };
  const shape = shapeOf(master.pyramid, settings);
  exported = { ...shape, identifier: "a", page: 1, master: "1", version: 3, rights: undefined };
});

/** Draws the pictures, but for those that are there, and does `onPut` with each file. */
async function draw(
  onPut: (path: string) => void,
  { signal = new AbortController().signal, there = new Set<string>() } = {},
) {
  const budget = new MemoryBudget(platformClock);
  const sums = { files: 0, bytes: 0, drawing: 0, writing: 0 };
  let putting = 0;
  let most = 0;
  const target = {
    async writePicture(path) {
      putting += 1;
      most = Math.max(most, putting);
      await new Promise((resolve) => setTimeout(resolve, 5));
      putting -= 1;
      onPut(path);
    },
  } satisfies Pick<ExportTarget, "writePicture"> as unknown as ExportTarget;
  const jobs = { budget, clock: platformClock, tools, log: () => {} } as unknown as Jobs;
  const pictures = planFiles(exported, { master, settings, there });
  const done = await drawExport(jobs, pictures, { target, signal, sums }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { sums, error: done, most, putting, lent: budget.lentBytes() };
}

describe("the pictures of an export", () => {
  it("are put some at once, each under all of its names, but for those that are there", async () => {
    const all: string[] = [];
    const whole = await draw((path) => void all.push(path));
    expect([whole.error, whole.most, whole.lent]).toEqual([undefined, 4, 0]);
    expect(whole.sums.files).toBe(all.length);
    expect(new Set(all).size).toBe(all.length);
    const there = new Set(all.slice(0, 20));
    const rest: string[] = [];
    await draw((path) => void rest.push(path), { there });
    expect(rest.toSorted()).toEqual(all.slice(20).toSorted());
    const calls = [...planFiles(exported, { master, settings, there: new Set() })].map(callsOf);
    expect(calls.reduce((sum, one) => sum + one)).toBeGreaterThan(all.length + calls.length - 1);
  });

  it("are left where the time for the message has passed, and those under way are waited for", async () => {
    const stop = new AbortController();
    let puts = 0;
    const onPut = (): void => {
      puts += 1;
      if (puts === 3) stop.abort();
    };
    const { sums, error, putting, lent } = await draw(onPut, { signal: stop.signal });
    expect(error).toMatchObject({ code: "render-busy" });
    expect([putting, lent]).toEqual([0, 0]);
    expect(sums.files).toBeLessThan(3 + 4);
  });

  it("are left where one can't be put", async () => {
    let puts = 0;
    const { sums, error, putting, lent } = await draw(() => {
      puts += 1;
      if (puts === 2) throw new Error("no room");
    });
    expect(error).toMatchObject({ message: "no room" });
    expect([putting, lent]).toEqual([0, 0]);
    expect(sums.files).toBeLessThan(2 + 4);
  });
});

describe("the command that exports what a task does not", () => {
  it("says all that the task does", () => {
    const base = "https://a.example";
    expect(exportCommand("maps/a", { base })).toBe(
      "tessera export maps/a --from remote --to r2:tessera-exports/ --base https://a.example",
    );
    const choices = {
      base,
      to: "x/",
      api: 2,
      tile: 256,
      quality: 70,
      thumbs: [90, 200],
      "also-rounded": true,
    } as const;
    expect(exportCommand("a b", choices)).toBe(
      "tessera export 'a b' --from remote --to r2:tessera-exports/x/ --base https://a.example --api 2 --tile 256 " +
        "--quality 70 --thumbs 90,200 --also-rounded",
    );
  });
});
