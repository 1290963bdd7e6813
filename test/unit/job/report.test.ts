import { describe, expect, it } from "vitest";
import { formatNotes } from "../../../src/cli/note-text.ts";
import { formatOutcome, formatProgress, showProgress } from "../../../src/cli/progress.ts";
import { formatDryReport, formatReport, formatWhereToLook } from "../../../src/cli/report-text.ts";
import { estimateCost, priceDate, priceSource } from "../../../src/job/estimate.ts";
import type { ImageOutcome } from "../../../src/job/job.ts";
import type { PlannedImage } from "../../../src/job/job-plan.ts";
import { makeDryReport, makeReport } from "../../../src/job/report.ts";
import { recordTerminal } from "../../support/terminal.ts";

function imageOf(name: string, bytesIn: number): PlannedImage {
  const settings = {
    compression: "jpeg",
    quality: 89,
    tileSize: 256,
    subsampling: "4:2:0",
    keepsProfile: false,
    keepsDepth: false,
  } as const;
  return {
    source: `${name}.tif`,
    page: undefined,
    path: "a.tif",
    folder: "scans",
    identifier: name,
    key: name,
    bytesIn,
    treatment: { mode: "convert", settings },
    record: undefined,
  };
}

const nothingElse = { failures: [], skipped: [], warnings: [] };

const master = { width: 400, height: 300, levels: 2, tileSize: 256, bytes: 250_000, checksum: "c" };
const outcomes: readonly ImageOutcome[] = [
  {
    image: imageOf("a", 1_000_000),
    status: "stored",
    master,
    seconds: { checksum: 0.1, decode: 1, encode: 2, upload: 0.5 },
    warnings: ["w"],
  },
  { image: imageOf("b", 500_000), status: "kept", master, seconds: { checksum: 0.1 }, warnings: [] },
  { image: imageOf("c", 7), status: "failed", failure: { code: "damaged", message: "c.tif is cut off." } },
  { image: imageOf("d", 7), status: "stopped" },
];
const report = makeReport({
  started: new Date(0),
  seconds: 4.00049,
  bucketNames: { masters: "masters", catalogue: "catalogue" },
  outcomes,
  plan: nothingElse,
  operations: { classA: 1_000_000, classB: 1_000_000 },
});

describe("the report", () => {
  it("names the catalogue where images had records, and only there", () => {
    expect(report).not.toHaveProperty("recordsTo");
    const record = { label: { none: ["A"] }, metadata: [] };
    const [first] = outcomes;
    if (first === undefined) throw new Error("there is no outcome");
    const withRecord = makeReport({
      started: new Date(0),
      seconds: 1,
      bucketNames: { masters: "masters", catalogue: "cards" },
      outcomes: [{ ...first, image: { ...first.image, record } }],
      plan: nothingElse,
      operations: { classA: 2, classB: 3 },
    });
    expect(withRecord.recordsTo).toBe("cards");
    expect(formatReport(withRecord, { isComplete: true })).toContain("Records are in cards");
  });

  it("has the figures of each image", () => {
    expect(report.images[0]).toEqual({
      source: "a.tif",
      identifier: "a",
      key: "a",
      status: "stored",
      treatment: "1 jpeg q89 4:2:0 t256 srgb",
      width: 400,
      height: 300,
      levels: 2,
      tileSize: 256,
      bytesIn: 1_000_000,
      bytesOut: 250_000,
      ratio: 0.25,
      checksum: "c",
      seconds: { checksum: 0.1, decode: 1, encode: 2, upload: 0.5 },
      warnings: ["w"],
    });
    expect(report.images[2]).toMatchObject({ status: "failed", failure: { code: "damaged" } });
    expect(report.images[3]).not.toHaveProperty("bytesOut");
  });

  it("sums over the images that have a master", () => {
    expect(report.totals).toEqual({
      stored: 1,
      replaced: 0,
      kept: 1,
      failed: 1,
      stopped: 1,
      bytesIn: 1_500_000,
      bytesOut: 500_000,
      secondsByStage: { checksum: 0.2, decode: 1, encode: 2, upload: 0.5 },
    });
    expect(report.seconds).toBe(4);
  });

  it("estimates what R2 charges by its prices", () => {
    expect(report.estimate).toMatchObject({ storedBytes: 500_000, operationsOnce: 4.86, source: priceSource });
    expect(estimateCost(1e12, { classA: 0, classB: 0 }).storageEachMonth).toBeCloseTo(15);
  });

  it("has a table for people, with every image and the sums", () => {
    const text = formatReport(report, { isComplete: false }).join("\n");
    expect(text).toContain("a           400 × 300    1.0     0.3   0.25  3.6  stored");
    expect(text).toContain(
      "1 stored, 1 kept, 1 failed, 1 stopped; 1.5 MB in, 0.5 MB out, ratio 0.33; 4.0 s; to masters",
    );
    expect(text).toContain("Time by stage: checksum 0.2 s, decode 1.0 s, encode 2.0 s, upload 0.5 s");
    expect(text).toContain("less than $0.01 a month");
    expect(text).toContain("Run the same command again to resume.");
  });

  it("says where images that are in the bucket are shown", () => {
    const notRunning = { command: "npm start", running: undefined };
    expect(formatWhereToLook(report, notRunning)).toBe(
      "To view them: npm start, then http://127.0.0.1:8787/view/a (or another identifier after /view/)",
    );
    const [image] = report.images;
    const one = { ...report, images: [{ ...image!, identifier: "karten/1850/straße" }] };
    expect(formatWhereToLook(one, notRunning)).toBe(
      "To view it: npm start, then http://127.0.0.1:8787/view/karten%2F1850%2Fstra%C3%9Fe",
    );
    expect(formatWhereToLook(report, { command: "npm start", running: "http://127.0.0.1:8790" })).toBe(
      "To view them: http://127.0.0.1:8790/view/a (or another identifier after /view/)",
    );
    expect(formatWhereToLook({ ...report, images: report.images.slice(2) }, notRunning)).toBeUndefined();
  });

  it("has only the failures in the table of a long run, unless all are asked for", () => {
    const many = makeReport({
      started: new Date(0),
      seconds: 1,
      bucketNames: { masters: "masters", catalogue: "catalogue" },
      outcomes: Array.from({ length: 20 }, () => outcomes).flat(),
      plan: nothingElse,
      operations: { classA: 0, classB: 0 },
    });
    const rowsOf = (isComplete: boolean) =>
      formatReport(many, { isComplete }).filter((line) => /^[abcd] /.test(line)).length;
    expect(rowsOf(false)).toBe(20);
    expect(rowsOf(true)).toBe(80);
  });
});

describe("the report of a dry run", () => {
  it("says what becomes of an image, also where that is not what was asked for", () => {
    const summary = {
      format: "tiff",
      width: 40,
      height: 30,
      pages: 1,
      isPyramid: false,
      model: "bilevel",
      depth: 1,
      hasAlpha: false,
      hasProfile: false,
      orientation: 1,
      bytes: 9,
    } as const;
    const dry = makeDryReport([{ image: imageOf("a", 9), summary }], { plan: nothingElse, jobs: 1, texts: [] });
    expect(formatDryReport(dry).join("\n")).toContain("40 × 30  tiff, bilevel, 1 bit  deflate t256 srgb");
  });

  it("foretells bytes, calls, cost and time from the sizes of the pictures and the settings", () => {
    const summary = {
      format: "tiff",
      width: 10_000,
      height: 8000,
      pages: 1,
      isPyramid: true,
      model: "rgb",
      depth: 8,
      hasAlpha: false,
      hasProfile: true,
      orientation: 1,
      bytes: 240e6,
    } as const;
    const dryOf = (change: object, mode: "convert" | "repack" = "convert") => {
      const image = imageOf("a", 240e6);
      const settings = { ...image.treatment.settings, ...change };
      const inspection = { image: { ...image, treatment: { mode, settings } }, summary };
      return makeDryReport(
        Array.from({ length: 100 }, () => inspection),
        { plan: nothingElse, jobs: 1, texts: [] },
      );
    };
    const dry = dryOf({});
    expect(dry.images[0]?.expectedBytes).toBe(12_900_000);
    expect(dry.forecast).toMatchObject({ bytesOut: 1_290_000_000, operations: { classA: 100, classB: 201 } });
    expect(dry.forecast.seconds).toBeGreaterThan(dry.forecast.bytesOut / 1e8);
    expect(dry.estimate).toMatchObject({ storageEachMonth: 0.01935, pricesOf: priceDate, source: priceSource });
    const text = formatDryReport(dry).join("\n");
    expect(text).toContain("Expected: about 1290.0 MB of masters (half to twice as much, by what the pictures show)");
    expect(text).toContain("1.290 GB cost $0.02 a month and the 100 class A and 201 class B operations of this run");
    expect(text).toContain(`(prices of November 2026, ${priceSource})`);
    // Above 16 MiB in parts: to list what is left, to start, 3 or 15 parts, to complete.
    const bytes = (change: object) => dryOf(change).images[0]?.expectedBytes ?? 0;
    expect(dryOf({ quality: 95, subsampling: "4:4:4" }).forecast.operations.classA).toBe(100 * 7);
    expect(dryOf({}, "repack").images[0]?.expectedBytes).toBe(240e6);
    expect(dryOf({}, "repack").forecast.operations.classA).toBe(100 * 18);
    expect(bytes({ quality: 70 })).toBeLessThan(bytes({ quality: 80 }));
    expect(bytes({ compression: "webp" })).toBeLessThan(bytes({}));
    expect(bytes({ compression: "deflate" })).toBeGreaterThan(bytes({ quality: 95, subsampling: "4:4:4" }));
  });
});

describe("the notes of a run", () => {
  const noted = (source: string, ...warnings: readonly string[]) => ({ source, warnings });

  it("are one line for each kind, with the images that have it", () => {
    expect(
      formatNotes([
        noted("a.tif", "It is CMYK.", "It has 3 pages, and the first was taken."),
        noted("b.tif", "It is CMYK."),
        noted("c.tif"),
        noted("d.tif", "It is CMYK.", "It has 12 pages, and the first was taken."),
        noted("e.tif", "It is CMYK.", "Its EXIF is damaged."),
        { ...noted("f.tif", "It is CMYK."), page: 2 },
      ]),
    ).toEqual([
      "Note for 5 images: It is CMYK. (a.tif, b.tif, d.tif and 2 more)",
      "Note for 2 images: It has … pages, and the first was taken. (a.tif, d.tif)",
      "Note for e.tif: Its EXIF is damaged.",
    ]);
    expect(formatNotes([])).toEqual([]);
  });
});

describe("the progress", () => {
  const state = {
    images: 10,
    imagesDone: 4,
    bytes: 200e6,
    bytesDone: 50e6,
    bytesConverted: 50e6,
    seconds: 10,
    activity: "storing 40 % of a",
  };

  it("has images, bytes, rate and time left in one line", () => {
    expect(formatProgress(state)).toBe(
      "[#####---------------]  4/10  50.0/200.0 MB  5.0 MB/s  0:30 left  storing 40 % of a",
    );
  });

  it("tells the speed of what is converted, not of what was there already", () => {
    expect(formatProgress({ ...state, bytesConverted: 10e6 })).toContain("1.0 MB/s  2:30 left");
  });

  it("counts hours, and has no speed before there is one", () => {
    expect(formatProgress({ ...state, seconds: 3000 })).toContain("2:30:00 left");
    expect(formatProgress({ ...state, imagesDone: 0, bytesDone: 0, bytesConverted: 0, seconds: 0 })).toBe(
      "[--------------------]  0/10  0.0/200.0 MB  storing 40 % of a",
    );
  });

  it("is plain lines, one an image, where nobody watches", () => {
    const { terminal, said } = recordTerminal("");
    const progress = showProgress([], { terminal, isVerbose: true });
    for (const outcome of outcomes) progress.onEvent({ kind: "ended", outcome });
    progress.end();
    expect(said()).toBe(
      [
        "stored    a.tif as a (1.0 MB to 0.3 MB; checksum 0.1 s, decode 1.0 s, encode 2.0 s, upload 0.5 s)",
        "  note    a.tif: w",
        "kept      b.tif as b (0.5 MB to 0.3 MB; checksum 0.1 s)",
        "failed    c.tif is cut off. (damaged)",
        "",
      ].join("\n"),
    );
  });

  it("is one line that is drawn over on a terminal, with a line for failures only", () => {
    const { terminal, said } = recordTerminal("", { columns: 80 });
    const images = outcomes.map(({ image }) => image);
    const progress = showProgress(images, { terminal, isVerbose: false });
    progress.onEvent({ kind: "activity", image: imageOf("a", 9), activity: "storing" });
    for (const outcome of outcomes) progress.onEvent({ kind: "ended", outcome });
    progress.end();
    const lines = said()
      .split("\n")
      .map((line) => line.split("\r\u001b[2K").at(-1) ?? "");
    expect(lines.slice(0, -1).map((line) => line.slice(0, 9).trim())).toEqual(["failed"]);
    expect(said().endsWith("\r\u001b[2K")).toBe(true);
  });

  it("names the file of a failure whose message does not", () => {
    const failure = { code: "internal", message: "Broken." };
    const line = formatOutcome({ image: imageOf("c", 7), status: "failed", failure }, { isVerbose: false });
    expect(line).toEqual(["failed    c.tif: Broken. (internal)"]);
  });
});
