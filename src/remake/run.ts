import type { ByteSource } from "../source/byte-source.ts";
import { assembleParts, type NamedPart } from "./assemble.ts";
import { assembledSource } from "./assembled.ts";
import { makeBlock } from "./block.ts";
import { countingSource, type ReadCount } from "./counted-source.ts";
import { readDescription } from "./description.ts";
import { type OpenedSource, openSource, type SourceToOpen } from "./opened-source.ts";
import { type PlanOptions, planRemake, type RemakePlan } from "./plan.ts";
import type { SpilledPart } from "./spill.ts";
import { type StageSeconds, Stages } from "./stages.ts";
import type { Target } from "./target.ts";
import { makeTop } from "./top.ts";
import { verifyAssembled } from "./verify.ts";
import { blockName, type RemakeWork, spillFolder, topName } from "./work.ts";
import { type RunningDigest, writeFile } from "./write-file.ts";

/** What a conversion reads, draws with and writes to. */
export interface RemakePorts extends Pick<RemakeWork, "tools" | "spill" | "pause"> {
  readonly target: Target;
  /** Begins a SHA-256. */
  readonly digest: () => RunningDigest;
  /** Milliseconds from any beginning. */
  readonly now: () => number;
  /** Called before each step, and throws to stop before it: what has been made is found by the next run. */
  readonly before?: ((step: RemakeStep) => Promise<void>) | undefined;
}

/** A step of a conversion; each can be done by itself, at another time and by another isolate. */
export interface RemakeStep {
  readonly kind: "block" | "top" | "assemble";
  /** The number of steps that are done, and of all of them. */
  readonly done: number;
  readonly of: number;
}

/** What is to be converted. */
export interface Remake extends SourceToOpen, PlanOptions {
  /** Which tiles are decoded before the master is seen: the first, middle and last of each level by default. */
  readonly verify?: "all" | "sample" | undefined;
}

/** A master that was written and verified. */
export interface RemadeMaster {
  /** In pixels, upright. */
  readonly width: number;
  readonly height: number;
  readonly levels: number;
  readonly tileSize: number;
  /** Length of the source and of the master, and what was read of the source in this run, in bytes. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly bytesRead: number;
  /** SHA-256 in hexadecimal. */
  readonly checksum: string;
  /** What this run took. */
  readonly seconds: StageSeconds;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
  /** The tiles are the source's own, untouched. */
  readonly isRepacked: boolean;
}

/** A conversion whose source is open and whose plan is made. */
export interface OpenedRemake {
  readonly work: RemakeWork;
  readonly warnings: readonly string[];
  readonly read: ReadCount;
}

/**
 * Opens a source and plans its conversion: the first step of any worker on it. Throws `remake-impossible`,
 * `source-malformed`, `not-found`, and what the source throws.
 */
export async function openRemake(remake: Remake, ports: Omit<RemakePorts, "target" | "digest">): Promise<OpenedRemake> {
  const stages = new Stages(ports.now);
  const { source: counted, read } = countingSource(remake.source);
  const given = { ...remake, source: counted };
  const source: OpenedSource = await stages.time("read", () => openSource(given, remake.settings));
  const plan: RemakePlan = planRemake(source, remake);
  const warnings: string[] = [...source.warnings.map(capitalised), ...plan.warnings];
  const { tools, spill, pause } = ports;
  const work = { source, plan, tools, spill, stages, pause, warn: (sentence: string) => void warnings.push(sentence) };
  return { work, warnings, read };
}

/**
 * Makes a master of an image: block by block, then the levels above, then the file, verified before it is seen. What an
 * earlier run has made of the same source, settings and memory is not made again. Throws `remake-impossible`, with the
 * command that does it, before anything is read but the source's head; `source-malformed` for what is damaged,
 * `source-changed` for a source that is replaced meanwhile, `remake-unverified`, what the spill and the target throw, and
 * what `before` and `pause` throw. Nothing is at the target then.
 */
export async function runRemake(remake: Remake, ports: RemakePorts): Promise<RemadeMaster> {
  return runOpened(await openRemake(remake, ports), ports, remake.verify);
}

/** Does what `runRemake` does with a source that is open. Throws what it throws. */
export async function runOpened(
  opened: OpenedRemake,
  ports: RemakePorts,
  verify?: Remake["verify"],
): Promise<RemadeMaster> {
  const { before = async () => undefined } = ports;
  const { work } = opened;
  const { blocks, topBytes } = work.plan;
  const of = blocks.length + (topBytes === undefined ? 0 : 1) + 1;
  const parts: SpilledPart[] = [];
  for (const block of blocks) {
    await before({ kind: "block", done: block.index, of });
    parts.push(await makeBlock(work, block));
  }
  if (topBytes !== undefined) await before({ kind: "top", done: blocks.length, of });
  const top = await makeTop(work, parts);
  await before({ kind: "assemble", done: of - 1, of });
  return assemble(opened, { blocks: parts, top, verify }, ports);
}

/** What a master is assembled of. */
export interface RemadeParts {
  /** In the order of the plan. */
  readonly blocks: readonly SpilledPart[];
  readonly top: SpilledPart | undefined;
  readonly verify?: Remake["verify"];
}

/**
 * Assembles a master of its parts, verifies it and writes it. Throws `source-changed`, `remake-unverified`, and what the
 * source, the spill and the target throw; nothing is at the target then.
 */
export async function assemble(
  { work, warnings, read }: OpenedRemake,
  { blocks, top, verify = "sample" }: RemadeParts,
  { target, digest, pause }: Pick<RemakePorts, "target" | "digest" | "pause">,
): Promise<RemadeMaster> {
  const { source, plan, spill, stages } = work;
  const description = await stages.time("read", () => readDescription(source));
  const named: NamedPart[] = blocks.map((part, index) => ({ name: blockName(work, index), part }));
  if (top !== undefined) named.push({ name: topName(work), part: top });
  const file = assembleParts(named, { plan, described: description.entries, spill });
  const confirm = (): Promise<void> =>
    stages.time("verify", () =>
      verifyAssembled(work, assembledSource(file, source.source.version), { tiles: file.tiles, extent: verify }),
    );
  const folder = spillFolder(work);
  const [size] = plan.levels;
  const marks = {
    ...{ width: String(size.width), height: String(size.height), levels: String(plan.levels.length) },
    tile: String(plan.tiles.treatment.tileSize),
  };
  const writing = { spill, folder, target, digest: digest(), marks, stages, pause };
  const checksum = await writeFile(file, { ...writing, confirm, refuseChanged: () => refuseChanged(source.source) });
  return {
    ...size,
    levels: plan.levels.length,
    tileSize: plan.tiles.treatment.tileSize,
    bytesIn: source.source.size,
    bytesOut: file.layout.size,
    bytesRead: read.bytes,
    checksum,
    seconds: stages.seconds,
    warnings: [...new Set([...warnings, ...description.warnings])],
    isRepacked: false,
  };
}

/** Throws `source-changed` where a source has been replaced. Any read tells: it is pinned to the version. */
export async function refuseChanged(source: ByteSource): Promise<void> {
  await source.read(0, 1);
}

function capitalised(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
