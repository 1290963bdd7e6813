import { rulesKey } from "../../access/rules.ts";
import { keepsAll } from "../../access/strictness.ts";
import { digest } from "../../digest.ts";
import { ImageError } from "../../error.ts";
import { identifierOfKey, type MasterKey, masterKeyOf, nameOfText, placesOf } from "../../identity/master-name.ts";
import { maxRemadePixels } from "../../limits.ts";
import { makeBlock } from "../../remake/block.ts";
import { heldSpill } from "../../remake/held-spill.ts";
import { beyondRemake, ingestCommand } from "../../remake/refusal.ts";
import { runRepack } from "../../remake/repack.ts";
import {
  assemble,
  type OpenedRemake,
  openRemake,
  type RemadeMaster,
  type RemakePorts,
  runOpened,
} from "../../remake/run.ts";
import { readPart } from "../../remake/spill.ts";
import { makeTop } from "../../remake/top.ts";
import type { RemakeSettings } from "../../remake/treatment.ts";
import { blockName } from "../../remake/work.ts";
import { sourceChanged } from "../../source/stored-object.ts";
import type { ItemFailure } from "../../task/answers.ts";
import type { ConvertSettings } from "../../task/kinds.ts";
import type { StageSeconds } from "../../task/states.ts";
import { handOver } from "../hand-over.ts";
import { answered, type Jobs } from "../jobs.ts";
import type { ItemWork } from "../kinds.ts";
import type { ClaimedItem } from "../ledger-calls.ts";
import type { ItemOutcome } from "../outcome.ts";
import { purgeTags } from "../purge-tags.ts";
import { isSmall, makingLoan, repackLoan } from "../remake-loans.ts";
import { remakePorts } from "../remake-ports.ts";
import { readStated } from "../stated-image.ts";
import { refuseOtherPages, whyNotInPlace } from "./in-place.ts";
import { holdingMemory, missingMaster, type OpenedMaster, onLoan, openItemMaster } from "./master.ts";

/** The version of what is made: another one makes masters anew that are there. */
const makingVersion = 1;

/**
 * Makes a master of an image as `tessera ingest` does by itself, with the kernels of the service: in place, or under the
 * item's identifier beside it. What an earlier delivery has made is not made again, and what is too large for a message is
 * handed over. The master is seen once it is whole and verified.
 */
export const convertItem: ItemWork = async (jobs, claimed, signal) => {
  const prepared = await prepare(jobs, claimed, settingsText(claimed));
  if ("state" in prepared) return prepared;
  const { source } = prepared.master;
  const settings = settingsOf(claimed);
  const remake = { source, settings, keepsDepth: keepsDepth(claimed) };
  return remaking(jobs, { prepared, signal }, async (ports) => {
    const { opened, other } = await holdingMemory(jobs, signal, async () => ({
      opened: await openRemake(remake, ports),
      other: isInPlace(prepared) ? await refuseOtherPages(source) : undefined,
    }));
    const { work } = opened;
    const isLossy = settings.compression !== "deflate";
    const why = other ?? (isInPlace(prepared) ? whyNotInPlace(work.source.pyramid, isLossy) : undefined);
    if (why !== undefined) return prepared.master.ended(why);
    const [{ width, height }] = work.plan.levels;
    const pixels = width * height;
    if (pixels > maxRemadePixels) throw beyondRemake(`has ${pixels} pixels`, ingestCommand(settings));
    if (pixels > jobs.largeAbovePixels) return handOver(jobs, claimed);
    // Each object of the scratch is charged for: more than the computing, of small images.
    const isHeld = isSmall(work.plan);
    const spill = isHeld ? heldSpill() : ports.spill;
    const made = await onLoan(jobs, { loan: makingLoan(work, isHeld ? "held" : "spilled"), signal }, () =>
      runOpened({ ...opened, work: { ...work, spill } }, ports),
    );
    return ended(jobs, prepared, made);
  });
};

/** Lays a tiled pyramid out as masters are, every tile as it is. */
export const repackItem: ItemWork = async (jobs, claimed, signal) => {
  const prepared = await prepare(jobs, claimed, `${makingVersion} edge repack`);
  if ("state" in prepared) return prepared;
  const { source } = prepared.master;
  return remaking(jobs, { prepared, signal }, async (ports) => {
    const inPlace = isInPlace(prepared);
    const why = inPlace ? await holdingMemory(jobs, signal, () => refuseOtherPages(source)) : undefined;
    if (why !== undefined) return prepared.master.ended(why);
    const made = await onLoan(jobs, { loan: repackLoan, signal }, () => runRepack({ source }, ports));
    return ended(jobs, prepared, made);
  });
};

/** A step of a conversion that was handed over. */
export type ConversionStep = { readonly kind: "block"; readonly block: number } | { readonly kind: "assemble" };

/** What a step came to: the number of blocks, or how the item ended. */
export type PartOutcome = { readonly seconds: StageSeconds; readonly bytesIn: number } & (
  | { readonly blocks: number }
  | { readonly outcome: ItemOutcome }
);

/** What a step is done for, and until when. */
export interface PartWork {
  readonly claimed: ClaimedItem;
  readonly signal: AbortSignal;
}

/** Does a step of a conversion, which may be repeated. Throws what another try may mend. */
export async function convertPart(
  jobs: Jobs,
  step: ConversionStep,
  { claimed, signal }: PartWork,
): Promise<PartOutcome> {
  const prepared = await prepare(jobs, claimed, settingsText(claimed));
  if ("state" in prepared) return { seconds: {}, bytesIn: 0, outcome: prepared };
  const { source } = prepared.master;
  const remake = { source, settings: settingsOf(claimed), keepsDepth: keepsDepth(claimed) };
  const came = await remaking(jobs, { prepared, signal }, async (ports) => {
    const opened = await holdingMemory(jobs, signal, () => openRemake(remake, ports));
    const { work, read } = opened;
    const loan = makingLoan(work, "spilled");
    if (step.kind === "assemble") {
      return ended(jobs, prepared, await onLoan(jobs, { loan, signal }, () => assembleMade(opened, ports)));
    }
    const block = work.plan.blocks[step.block];
    if (block !== undefined) await onLoan(jobs, { loan, signal }, () => makeBlock(work, block));
    return { seconds: work.stages.seconds, bytesIn: read.bytes, blocks: work.plan.blocks.length };
  });
  return "state" in came ? { seconds: came.seconds, bytesIn: came.bytesIn, outcome: came } : came;
}

/** Blocks that are not there were made of another version of the source. */
async function assembleMade(opened: OpenedRemake, ports: RemakePorts): Promise<RemadeMaster> {
  const { work } = opened;
  const parts = [];
  for (const { index } of work.plan.blocks) {
    const part = await readPart(work.spill, blockName(work, index));
    if (part === undefined) throw sourceChanged();
    parts.push(part);
  }
  return assemble(opened, { blocks: parts, top: await makeTop(work, parts) }, ports);
}

/** An item that something is to be made of. */
interface PreparedItem {
  readonly master: OpenedMaster;
  readonly target: MasterKey;
  readonly key: string;
  readonly settings: string;
  /** The etag of what is under its key; undefined where nothing is. */
  readonly replaces: string | undefined;
}

async function prepare(jobs: Jobs, claimed: ClaimedItem, settings: string): Promise<PreparedItem | ItemOutcome> {
  const { key, identifier } = claimed;
  const master = await openItemMaster(jobs, claimed);
  if (master === undefined) return missingMaster(key);
  if (isOfTask(claimed, master)) return master.ended({ state: "kept", note: "It was made since this task began." });
  const target = targetOf(jobs, claimed);
  if (target === undefined) {
    const message =
      identifier === ""
        ? `${key} has no letter or digit to make an identifier from.`
        : `${identifier} names no master in the bucket. Give an identifier without a page, and none of another server.`;
    return master.ended({ state: "failed", failure: { code: "identifier-malformed", message } });
  }
  const place = { master, target, key, settings };
  const found = isInPlace(place) ? whyNotAgain(place) : await whyNotBeside(jobs, place);
  if (!("state" in found)) {
    const failure = isInPlace(place) ? undefined : await whyOpened(jobs, claimed);
    return failure === undefined ? { ...place, ...found } : master.ended({ state: "failed", failure });
  }
  if (found.state === "kept") await purgeAgain(jobs, target, found.madeAt);
  return master.ended(found);
}

/** Returns why a master is not made under another identifier: what keeps its source from people would not keep it from them. */
async function whyOpened(jobs: Jobs, { key, identifier = "" }: ClaimedItem): Promise<ItemFailure | undefined> {
  const from = identifierOfKey(key, jobs.config)?.identifier;
  const to = nameOfText(identifier, jobs.config)?.identifier;
  // What has no identifier is shown nowhere, and nothing is stated of it.
  if (from === undefined || to === undefined) return undefined;
  const source = await readStated(jobs, from);
  if (source.policies.length === 0 || keepsAll((await readStated(jobs, to)).policies, source.policies))
    return undefined;
  const message = `What is stated of ${from} keeps it from people, or hides parts of it, and would not do so of ${to}. Add a rule for ${to} to ${rulesKey} that does, or make the master in the place of its source and move it there by tessera mv.`;
  return { code: "would-open", message };
}

/** What a task makes may be under its own prefix, where it is found too. */
function isOfTask({ header }: ClaimedItem, { metadata, uploadedAt }: OpenedMaster): boolean {
  return (
    header.identifiers !== undefined &&
    metadata["source-key"] !== undefined &&
    uploadedAt >= Date.parse(header.createdAt)
  );
}

function isInPlace({ target, key }: Pick<PreparedItem, "target" | "key">): boolean {
  return target === masterKeyOf(key);
}

/** Runs the making of a master. Returns what is wrong with the image as its outcome. */
async function remaking<T>(
  jobs: Jobs,
  { prepared, signal }: { readonly prepared: PreparedItem; readonly signal: AbortSignal },
  work: (ports: RemakePorts) => Promise<T>,
): Promise<T | ItemOutcome> {
  const { master, target, key, settings } = prepared;
  const metadata = { settings, "source-key": key, "source-etag": master.source.version };
  const { replaces } = prepared;
  const written = { key: target, name: await digest(target), contentType: "image/tiff", metadata, replaces };
  const ports = remakePorts(jobs, written, signal);
  try {
    return await work(ports);
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome === undefined) throw error;
    return master.ended(outcome);
  }
}

async function ended(jobs: Jobs, { master, target }: PreparedItem, remade: RemadeMaster): Promise<ItemOutcome> {
  await purgeTags(jobs, [(await placesOf(target)).cacheTag], target);
  const { width, height, levels, warnings, seconds, bytesRead, bytesOut } = remade;
  const note = [`${width} by ${height} pixels in ${levels} levels.`, ...warnings].join(" ");
  return { ...master.ended({ state: "done", note }), seconds, bytesIn: bytesRead, bytesOut };
}

/** Returns the key that the master gets; undefined where the identifier means a page of another. */
function targetOf({ config }: Jobs, { key, identifier }: ClaimedItem): MasterKey | undefined {
  if (identifier === undefined) return masterKeyOf(key);
  const name = nameOfText(identifier, config);
  return name === undefined || name.page !== 1 || name.origin !== undefined ? undefined : name.key;
}

/** How long answers of before may be kept in front, in milliseconds: what was made before that needs no purge. */
const keptMilliseconds = 86_400_000;

/** How an item ends of which nothing is to be made; else what its master takes the place of. */
type Found =
  | Pick<PreparedItem, "replaces">
  | { readonly state: "failed"; readonly failure: ItemFailure }
  | { readonly state: "kept"; readonly note: string; readonly madeAt: number };

/** Looks at what is to be converted in its own place. */
function whyNotAgain({ master }: Pick<PreparedItem, "master">): Found {
  if (master.metadata.settings === undefined) return { replaces: master.source.version };
  return { state: "kept", note: "It is a master already.", madeAt: master.uploadedAt };
}

/** Looks at what is under another key than that of the source. */
async function whyNotBeside(
  jobs: Jobs,
  { master, target, key, settings }: Omit<PreparedItem, "replaces">,
): Promise<Found> {
  const there = await answered(jobs, () => jobs.buckets.masters.head(target));
  if (there === null) return { replaces: undefined };
  const { settings: made, "source-etag": etag, "source-key": from } = there.customMetadata ?? {};
  if (from !== key) {
    const message = `There is another object under ${target}, which was not made of ${key}. Give another identifier, or remove it first.`;
    return { state: "failed", failure: { code: "name-taken", message } };
  }
  if (made !== settings || etag !== master.source.version) return { replaces: there.etag };
  const note = "Its master was made before, in the same way.";
  return { state: "kept", note, madeAt: there.uploaded.getTime() };
}

/** Who made it may have died before it was purged. */
async function purgeAgain(jobs: Jobs, key: MasterKey, madeAt: number): Promise<void> {
  if (jobs.clock.now() - madeAt < keptMilliseconds) await purgeTags(jobs, [(await placesOf(key)).cacheTag], key);
}

function settingsOf({ header }: ClaimedItem): RemakeSettings {
  const { compression = "jpeg", quality = 89, tile = 512 } = header.settings as ConvertSettings;
  return { compression, quality, tileSize: tile };
}

function keepsDepth({ header }: ClaimedItem): boolean {
  return (header.settings as ConvertSettings)["keep-depth"] ?? false;
}

/** How it is written on a master what it was made with. */
function settingsText(claimed: ClaimedItem): string {
  const { compression, quality, tileSize } = settingsOf(claimed);
  const lossy = compression === "deflate" ? "" : ` q${quality}`;
  return `${makingVersion} edge ${compression}${lossy} t${tileSize}`;
}

/** What is wrong with the image is its outcome; undefined for what another try may mend. */
function outcomeOf(error: unknown): Pick<ItemOutcome, "state" | "failure"> | undefined {
  if (!(error instanceof ImageError)) return undefined;
  const { code, message, hint } = error;
  if (code === "remake-impossible") {
    const command = hint?.replace(/^Run: /, "");
    return { state: "refused", failure: { code, message, ...(command !== undefined && { command }) } };
  }
  const isOwn = code === "source-malformed" || code === "source-unsupported" || code === "remake-unverified";
  return isOwn ? { state: "failed", failure: { code, message } } : undefined;
}
