import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ImageError } from "../../src/error.ts";
import { causeOf, findsFolder, listFinds, readFind, writeFind } from "../fuzz/finds.ts";
import { GuardedKernel } from "../fuzz/guarded-kernel.ts";
import { judgeCase, makeCase } from "../fuzz/judge.ts";
import { parseOptions } from "../fuzz/options.ts";
import { runCampaign } from "../fuzz/supervisor.ts";
import type { FuzzTarget } from "../fuzz/target.ts";
import { openTarget, targetNames } from "../fuzz/targets.ts";
import { kernelModules } from "../support/kernel.ts";
import { attempt } from "./attempt.ts";

const seed = 2027;
const casesByTarget: Readonly<Record<string, number>> = { tiff: 500, "jpeg-file": 100, webp: 60, png: 150, icc: 100 };

/** What is broken in profiles and metadata is left out; rows of samples and of fax data are shown as far as they go. */
const neverRefused: readonly string[] = ["icc", "metadata", "ccitt", "lzw", "packbits", "deflate"];

const finds = listFinds(findsFolder).map((path) => basename(path));

describe.runIf(finds.length > 0)("files that the fuzzer once found", () => {
  it.each(finds)("%s ends as a picture or a refusal", async (name) => {
    const { find, fuzzCase } = readFind(join(findsFolder, name));
    const { outcome, fault } = await judgeCase(await openTarget(find.target, []), fuzzCase);
    expect(fault).toBeUndefined();
    expect(outcome).toBe(find.outcome ?? outcome);
  });
});

describe("damage of a fixed seed", { tags: "slow" }, () => {
  it.each(targetNames)("ends as a result or a refusal, and both are met: %s", async (name) => {
    const target = await openTarget(name, []);
    const faults: string[] = [];
    const outcomes = new Set<string>();
    for (let index = 0; index < (casesByTarget[name] ?? 200); index += 1) {
      const { outcome, fault } = await judgeCase(target, makeCase(target, seed, index));
      outcomes.add(outcome);
      if (fault !== undefined) faults.push(`case ${index}: ${fault}`);
    }
    expect(faults).toEqual([]);
    expect(outcomes).toContain("ok");
    expect(outcomes.has("source-malformed")).toBe(!neverRefused.includes(name));
  });
});

const corpus = process.env.TESSERA_CORPUS;
const hostileFolder = corpus === undefined ? undefined : join(corpus, "hostile");
const hostileFiles = hostileFolder !== undefined && existsSync(hostileFolder) ? readdirSync(hostileFolder) : [];

describe.skipIf(hostileFiles.length === 0)("the hostile files of the corpus", () => {
  it.each(hostileFiles)("%s ends as a picture or a refusal within what was planned", async (name) => {
    const file = new Uint8Array(readFileSync(join(hostileFolder!, name)));
    for (const path of ["full/!90,90/0/default.jpg", "0,0,256,256/max/0/default.png"]) {
      const result = await attempt(file, path);
      expect(["none", "size-above-limit", "upscale-not-asked", "render-too-costly", "render-memory"]).toContain(
        result.code.startsWith("source-") ? "none" : result.code,
      );
      expect(result.opening.reads).toBeLessThanOrEqual(16);
      expect(result.kernelBytes).toBeLessThanOrEqual(Math.max(result.plannedBytes, 4 << 20));
    }
  });
});

describe("the fuzzer", () => {
  const folder = mkdtempSync(join(tmpdir(), "tessera-finds-"));
  let tiff: FuzzTarget;

  beforeAll(async () => {
    tiff = await openTarget("tiff", []);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("makes the same case of the same numbers, and others of others", () => {
    const bytesOf = (from: number, index: number) => Buffer.from(makeCase(tiff, from, index).bytes).toString("base64");
    expect(bytesOf(1, 7)).toBe(bytesOf(1, 7));
    expect(new Set([bytesOf(1, 7), bytesOf(1, 8), bytesOf(2, 7), bytesOf(2, 8)]).size).toBe(4);
  });

  it("distinguishes refusals from faults", async () => {
    const throwing = (error: unknown): FuzzTarget => ({
      ...tiff,
      run: () => Promise.reject(error),
    });
    const outcome = async (error: unknown) => judgeCase(throwing(error), { bytes: new Uint8Array(0), form: {} });
    expect(await outcome(new ImageError("source-malformed", ""))).toMatchObject({ outcome: "source-malformed" });
    for (const error of [new ImageError("internal", ""), new RangeError("x"), new WebAssembly.RuntimeError("trap")]) {
      expect(await outcome(error)).toMatchObject({ outcome: "fault", fault: expect.stringContaining(error.name) });
    }
  });

  it("notices writes before a block and after it", () => {
    for (const offset of [-1, 112, 150]) {
      const kernel = new GuardedKernel(kernelModules, 1 << 20);
      const block = kernel.allocate(100);
      kernel.bytes[block + 99] = 1;
      kernel.checkBlocks();
      kernel.bytes[block + offset] = 1;
      expect(() => kernel.checkBlocks()).toThrow("left");
      expect(() => kernel.release(block)).toThrow("left");
    }
  });

  it("gives no more memory than a kernel would", () => {
    const kernel = new GuardedKernel(kernelModules, kernelBytes() + 4096);
    const mark = kernel.mark();
    kernel.allocate(4000);
    expect(() => kernel.allocate(4000)).toThrow(ImageError);
    kernel.release(mark);
    kernel.allocate(4000);
  });

  it("runs the given number of cases in a thread, and reports how each ended", async () => {
    const faults: string[] = [];
    const report = await runCampaign({
      ...{ target: "zstd", seed, cases: 250, seconds: 60, folders: [], hangMilliseconds: 60_000 },
      limits: { cpuMilliseconds: 60_000, memoryBytes: 1 << 30 },
      onFind: (index, fault) => faults.push(`${index}: ${fault}`),
    });
    expect(faults).toEqual([]);
    expect(report.cases).toBe(250);
    expect([...report.outcomes.keys()]).toEqual(expect.arrayContaining(["ok", "source-malformed"]));
  });

  it("reads its options and refuses what it does not know", () => {
    expect(parseOptions(["--cases", "12", "--seed", "3", "--target", "tiff,jpeg"])).toEqual({
      ...{ targets: ["tiff", "jpeg"], cases: 12, seed: 3, replay: [] },
      seconds: Number.POSITIVE_INFINITY,
    });
    expect(parseOptions(["--replay", "a.json"])?.replay).toEqual(["a.json"]);
    expect(parseOptions(["--help"])).toBeUndefined();
    for (const wrong of [["--cases", "x"], ["--target", "gif"], ["--colour"], ["a.json"]]) {
      expect(() => parseOptions(wrong)).toThrow(Error);
    }
  });

  it("keeps what it found so that it can be run again", () => {
    const find = { target: "tiff", fault: "RangeError: 12", form: { page: 1, requests: [] }, seed: 3, index: 4 };
    const bytes = Uint8Array.of(1, 2, 3);
    const path = writeFind(folder, find, { bytes, extension: "tif" });
    expect(listFinds(folder)).toEqual([path]);
    const read = readFind(path);
    expect(read.find).toMatchObject(find);
    expect(read.fuzzCase).toEqual({ bytes, form: find.form });
    expect(causeOf("RangeError: 12")).toBe(causeOf("RangeError: 7"));
  });
});

/** What a kernel holds before anything is allocated. */
function kernelBytes(): number {
  return new GuardedKernel(kernelModules, 0).mark();
}
