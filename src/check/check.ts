import { prefixBytes } from "../masters/image.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { readHeader } from "../tiff/header.ts";
import { openContainer } from "./container.ts";
import { formatFault, tryMaster } from "./faults.ts";
import { holdReads } from "./held-reads.ts";
import type { SeePixels } from "./level-comparison.ts";
import { mendFormat } from "./mend.ts";
import { findOtherFormat } from "./other-format.ts";
import { checkPage } from "./page-check.ts";
import type { MasterReport, PageReport, Problem, Served, Severity } from "./report.ts";
import type { DrawPicture } from "./serving.ts";

/** What a check may do besides reading. */
export interface CheckOptions {
  /** Draws a tile of each level and a thumbnail; without it, damage inside tiles is not found. */
  readonly draw?: DrawPicture | undefined;
  /** Returns pixels; without it, levels are not compared with each other. */
  readonly see?: SeePixels | undefined;
}

/**
 * Reports what a file is as a master, whether it is served, how it will perform and what fixes its problems. Reads what
 * the service reads to open each of its images, and the start of one JPEG tile of each level. Throws only what the
 * source throws, and what `draw` throws that is not the master's fault.
 */
export async function checkMaster(file: ByteSource, { draw, see }: CheckOptions = {}): Promise<MasterReport> {
  const source = holdReads(file);
  const prefix = await source.read(0, prefixBytes);
  const opened = await openContainer(source, prefix);
  if (opened === undefined) return reportForeign(source, prefix);
  const pages: PageReport[] = [];
  const problems: Problem[] = [];
  for (let page = 1; page <= opened.pages; page++) {
    const checked = await checkPage({ source, prefix, opened, page, draw, see });
    pages.push(checked.report);
    problems.push(...checked.problems);
  }
  return {
    bytes: source.size,
    container: opened.container,
    pages,
    problems: settleProblems(shareMends(problems)),
    served: joinServed(pages.map(({ served }) => served)),
  };
}

async function reportForeign(source: ByteSource, prefix: Uint8Array): Promise<MasterReport> {
  const problem: Problem = { severity: "error", pages: [], ...(await findForeign(source, prefix)) };
  return { bytes: source.size, container: undefined, pages: [], problems: [problem], served: "none" };
}

async function findForeign(
  source: ByteSource,
  prefix: Uint8Array,
): Promise<Pick<Problem, "code" | "message" | "mend">> {
  if (source.size === 0) return { code: "not-an-image", message: "The file is empty.", mend: [] };
  const header = await tryMaster(() => readHeader(source));
  if ("fault" in header && header.fault.code === "source-malformed") {
    return { code: "damaged", message: formatFault(header.fault), mend: [] };
  }
  const format = findOtherFormat(prefix);
  if (format === undefined) {
    return { code: "not-an-image", message: "It does not begin like an image in a known format.", mend: [] };
  }
  return { code: "other-format", message: `It is ${format.name}, which is not served.`, mend: mendFormat(format) };
}

const severities: readonly Severity[] = ["error", "warning", "note"];

/** A command that can read the worst of several pages can read the others too, and one program reads the whole file. */
function shareMends(problems: readonly Problem[]): readonly Problem[] {
  const longest = problems.reduce<readonly string[]>((most, { mend }) => (mend.length > most.length ? mend : most), []);
  return problems.map((problem) => (problem.mend.length === 0 ? problem : { ...problem, mend: longest }));
}

/** Merges problems that several pages share; the worst come first. */
function settleProblems(problems: readonly Problem[]): readonly Problem[] {
  const joined = new Map<string, Problem>();
  for (const problem of problems) {
    const { severity, code, message, mend } = problem;
    const key = JSON.stringify([severity, code, message, mend]);
    const known = joined.get(key);
    joined.set(key, known === undefined ? problem : { ...known, pages: [...known.pages, ...problem.pages] });
  }
  return severities.flatMap((severity) => [...joined.values()].filter((problem) => problem.severity === severity));
}

function joinServed(pages: readonly Served[]): Served {
  if (pages.every((served) => served === "whole")) return "whole";
  return pages.every((served) => served === "none") ? "none" : "part";
}
