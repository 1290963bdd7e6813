import type { Loan } from "../../budget/lease.ts";
import { whileRenewing } from "../../budget/renewal.ts";
import { ImageError } from "../../error.ts";
import { type MasterKey, masterKeyOf, nameOfText, placesOf } from "../../identity/master-name.ts";
import { maxBlockBytes } from "../../limits.ts";
import { runRepack } from "../../remake/repack.ts";
import { type RemadeMaster, type RemakePorts, runRemake } from "../../remake/run.ts";
import type { ByteSource } from "../../source/byte-source.ts";
import type { ConvertSettings } from "../../task/kinds.ts";
import { answered, type Jobs } from "../jobs.ts";
import type { ItemWork } from "../kinds.ts";
import type { ClaimedItem } from "../ledger-calls.ts";
import type { ItemOutcome } from "../outcome.ts";
import { remakePorts } from "../remake-ports.ts";
import { missingMaster, type OpenedMaster, openItemMaster } from "./master.ts";

/** A block, an object of the scratch that is put together and one that is read, and a part on its way. */
const remakeLoan: Loan = {
  share: "draws",
  bytes: maxBlockBytes + 3 * (8 << 20),
  costMilliseconds: 10_000,
  waitingBytes: 4096,
};

/** What a task does to a source, and how that is written on the master that comes of it. */
interface Treatment {
  readonly settings: string;
  readonly run: (source: ByteSource, ports: RemakePorts) => Promise<RemadeMaster>;
}

/** The version of what is made: another one makes masters anew that are there. */
const makingVersion = 1;

/**
 * Makes a master of an image as `tessera ingest` does by itself, with the kernels of the service: in place, or under the
 * item's identifier beside it. What has been made by an earlier delivery is gone on with. The master is seen once it is whole
 * and verified.
 */
export const convertItem: ItemWork = (jobs, claimed, signal) => {
  const { compression = "jpeg", quality = 89, tile = 512 } = claimed.header.settings as ConvertSettings;
  const settings = { compression, quality, tileSize: tile };
  const lossy = compression === "deflate" ? "" : ` q${quality}`;
  const treatment: Treatment = {
    settings: `${makingVersion} edge ${compression}${lossy} t${tile}`,
    run: (source, ports) => runRemake({ source, settings }, ports),
  };
  return remakeItem(jobs, { claimed, treatment, signal });
};

/** Lays a tiled pyramid out as masters are, every tile as it is. */
export const repackItem: ItemWork = (jobs, claimed, signal) => {
  const treatment: Treatment = {
    settings: `${makingVersion} edge repack`,
    run: (source, ports) => runRepack({ source }, ports),
  };
  return remakeItem(jobs, { claimed, treatment, signal });
};

interface RemadeItem {
  readonly claimed: ClaimedItem;
  readonly treatment: Treatment;
  readonly signal: AbortSignal;
}

async function remakeItem(jobs: Jobs, { claimed, treatment, signal }: RemadeItem): Promise<ItemOutcome> {
  const { key } = claimed;
  const master = await openItemMaster(jobs, claimed);
  if (master === undefined) return missingMaster(key);
  const target = targetOf(jobs, claimed);
  if (target === undefined) {
    const message = `${claimed.identifier} names no master of its own. Give an identifier without a page.`;
    return master.ended({ state: "failed", failure: { code: "identifier-malformed", message } });
  }
  const kept = await findKept(jobs, { master, target, key, settings: treatment.settings });
  if (kept !== undefined) return master.ended({ state: "kept", note: kept });
  const metadata = {
    settings: treatment.settings,
    "source-key": key.slice(0, mostKeyCharacters),
    "source-etag": master.source.version,
  };
  const ports = remakePorts(jobs, { key: target, contentType: "image/tiff", metadata }, signal);
  const lease = await jobs.budget.take(remakeLoan, {
    milliseconds: 1000 * jobs.config.renderWaitSeconds,
    signal,
  });
  try {
    const remade = await whileRenewing(jobs.clock, lease, () => treatment.run(master.source, ports));
    await purge(jobs, target);
    return { ...master.ended({ state: "done", note: noteOf(remade) }), seconds: remade.seconds, ...sizesOf(remade) };
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome === undefined) throw error;
    return master.ended(outcome);
  } finally {
    lease.release();
  }
}

/** Bytes that a value may have beside the others on an object. */
const mostKeyCharacters = 1024;

/** Returns the key that the master gets; undefined where the identifier means a page of another. */
function targetOf({ config }: Jobs, { key, identifier }: ClaimedItem): MasterKey | undefined {
  if (identifier === undefined) return masterKeyOf(key);
  const name = nameOfText(identifier, config);
  return name === undefined || name.page !== 1 ? undefined : name.key;
}

/** Returns why there is nothing to do; undefined where there is. */
async function findKept(
  jobs: Jobs,
  {
    master,
    target,
    key,
    settings,
  }: {
    readonly master: OpenedMaster;
    readonly target: MasterKey;
    readonly key: string;
    readonly settings: string;
  },
): Promise<string | undefined> {
  if (target === masterKeyOf(key)) {
    return master.metadata.settings === undefined ? undefined : "It is a master already.";
  }
  const there = await answered(jobs, () => jobs.buckets.masters.head(target));
  const { settings: made, "source-etag": etag } = there?.customMetadata ?? {};
  return made === settings && etag === master.source.version
    ? "Its master was made before, in the same way."
    : undefined;
}

function sizesOf({ bytesRead, bytesOut }: RemadeMaster): Pick<ItemOutcome, "bytesIn" | "bytesOut"> {
  return { bytesIn: bytesRead, bytesOut };
}

function noteOf({ width, height, levels, warnings }: RemadeMaster): string {
  return [`${width} by ${height} pixels in ${levels} levels.`, ...warnings].join(" ");
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

/** The master is there by then: a cache that can't be purged now is told in the log, and lapses. */
async function purge(jobs: Jobs, key: MasterKey): Promise<void> {
  const { cacheTag } = await placesOf(key);
  try {
    const { state, reason } = await answered(jobs, () => jobs.purge([cacheTag]));
    if (state === "refused") throw new Error(reason);
  } catch (error) {
    jobs.log({ level: "error", message: "a new master's answers were not purged", key, cause: String(error) });
  }
}
