import { resolve } from "node:path";
import { ImageError } from "../../src/error.ts";
import { openRandom } from "../support/random.ts";
import type { FuzzCase, FuzzTarget } from "./target.ts";

/** How a case ended. */
export interface Verdict {
  /** `ok`, the code of the refusal, or `fault`. */
  readonly outcome: string;
  /** Of the whole process, its helpers for zlib and garbage included. */
  readonly cpuMilliseconds: number;
  /** What must not be; undefined where all is well. */
  readonly fault: string | undefined;
}

/** What a case may take. Only a process that does nothing else can be held to it. */
export interface CaseLimits {
  readonly cpuMilliseconds: number;
  /** How much more memory the process may have held than ever before, in bytes. */
  readonly memoryBytes: number;
}

/** Makes case number `index` of a seed, the same whatever came before it. */
export function makeCase(target: FuzzTarget, seed: number, index: number): FuzzCase {
  const mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  return target.makeCase(openRandom(mixed ^ (mixed >>> 15)));
}

/** Runs a case and says how it ended. Never rejects. */
export async function judgeCase(target: FuzzTarget, fuzzCase: FuzzCase, limits?: CaseLimits): Promise<Verdict> {
  const memoryBefore = process.resourceUsage().maxRSS;
  const verdict = await runCase(target, fuzzCase);
  if (limits === undefined || verdict.fault !== undefined) return verdict;
  const grownBytes = (process.resourceUsage().maxRSS - memoryBefore) * 1024;
  if (grownBytes > limits.memoryBytes) return asFault(verdict, `${grownBytes >> 20} MiB more memory than before`);
  if (verdict.cpuMilliseconds <= limits.cpuMilliseconds) return verdict;
  // The first time compiles what the second time runs.
  const again = await runCase(target, fuzzCase);
  const isSlow = again.cpuMilliseconds > limits.cpuMilliseconds;
  return isSlow ? asFault(again, `${Math.round(again.cpuMilliseconds)} ms of CPU`) : again;
}

function asFault(verdict: Verdict, fault: string): Verdict {
  return { ...verdict, outcome: "fault", fault };
}

async function runCase(target: FuzzTarget, fuzzCase: FuzzCase): Promise<Verdict> {
  const before = process.cpuUsage();
  let outcome = "ok";
  let fault: string | undefined;
  try {
    await target.run(fuzzCase);
  } catch (error) {
    const isRefusal = error instanceof ImageError && error.code !== "internal";
    outcome = isRefusal ? error.code : "fault";
    if (!isRefusal) fault = describeFault(error);
  }
  const { user, system } = process.cpuUsage(before);
  return { outcome, cpuMilliseconds: (user + system) / 1000, fault };
}

const projectFolder = `${resolve(import.meta.dirname, "../..")}/`;

/** The error and where it was thrown, as paths of the project. */
function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  const places = frames.slice(0, 4).map((line) => line.trim().replaceAll("file://", "").replaceAll(projectFolder, ""));
  return [`${error.name}: ${error.message}`, ...places].join("\n");
}
