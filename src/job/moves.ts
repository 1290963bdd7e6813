import { type Bucket, BucketError } from "../bucket/bucket.ts";
import type { MoveKnowledge } from "../catalogue/move-table.ts";
import { formatMoveRecord, type Move, moveKey, originsKey, parseMove, parseOrigins } from "../catalogue/moved.ts";
import { maxCatalogueRecordBytes } from "../limits.ts";
import { atOnce } from "./at-once.ts";
import { rewriteRecord } from "./catalogue-record.ts";

const recordsAtOnce = 8;

/** How a run of moves is watched and stopped. */
export interface MoveWriting {
  readonly signal?: AbortSignal | undefined;
  /** Called with how many are written, or were as they should be. */
  readonly onProgress?: ((moves: number) => void) | undefined;
}

/** What became of moves. */
export interface MovesWritten {
  readonly written: number;
  readonly unchanged: number;
}

/** Where it is looked up what is known of identifiers. */
export interface MoveGround {
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  readonly keyOf: (identifier: string) => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Finds what is stored under identifiers, and where those that are not lead, as far as that goes. Throws BucketError, `record-malformed`. */
export async function findMoves(
  { masters, catalogue, keyOf, signal }: MoveGround,
  identifiers: readonly string[],
): Promise<MoveKnowledge> {
  const stored = new Set<string>();
  const moves = new Map<string, Move>();
  const seen = new Set<string>();
  for (let next = [...new Set(identifiers)]; next.length > 0; ) {
    for (const identifier of next) seen.add(identifier);
    const led = await atOnce(next, recordsAtOnce, async (identifier) => {
      if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
      const key = keyOf(identifier);
      if (key !== undefined && (await masters.head(key)) !== undefined) {
        stored.add(identifier);
        return undefined;
      }
      const move = await readMove(catalogue, identifier);
      if (move !== undefined) moves.set(identifier, move);
      return move?.to;
    });
    next = [...new Set(led.filter((to) => to !== undefined && !seen.has(to)))] as string[];
  }
  return { moves, stored };
}

/** Reads what the catalogue says of an identifier; undefined where it says nothing. Throws BucketError, `record-malformed`. */
export async function readMove(catalogue: Bucket, identifier: string): Promise<Move | undefined> {
  const stored = await catalogue.get(moveKey(identifier));
  return stored === undefined ? undefined : parseMove(stored.bytes, identifier);
}

/**
 * Writes where images have gone, each in one step: what led to an identifier that moves on leads there too. First it is
 * written down which identifiers lead to one, then that they do: interrupted at any point and run again, it comes to the
 * same end. Throws BucketError, `record-malformed`.
 */
export async function writeMoves(
  catalogue: Bucket,
  moves: readonly Move[],
  { signal, onProgress }: MoveWriting = {},
): Promise<MovesWritten> {
  const counts = { written: 0, unchanged: 0 };
  const goOn = (): void => {
    if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
  };
  const origins = new Map<string, readonly string[]>();
  await atOnce(moves, recordsAtOnce, async ({ identifier }) => {
    goOn();
    const stored = await catalogue.get(originsKey(identifier));
    if (stored !== undefined) origins.set(identifier, parseOrigins(stored.bytes, identifier));
  });
  const targets = Map.groupBy(moves, ({ to }) => to);
  await atOnce([...targets], recordsAtOnce, async ([to, led]) => {
    goOn();
    if (to === undefined) return;
    const from = led.flatMap(({ identifier }) => [identifier, ...(origins.get(identifier) ?? [])]);
    await addOrigins(catalogue, to, from);
  });
  await atOnce(moves, recordsAtOnce, async (move) => {
    goOn();
    const { identifier, to } = move;
    for (const origin of origins.get(identifier) ?? []) {
      if (origin === to || (await readMove(catalogue, origin))?.to !== identifier) continue;
      await writeMove(catalogue, to === undefined ? { identifier: origin } : { identifier: origin, to });
    }
    const ending = await writeMove(catalogue, move);
    if (origins.has(identifier)) await catalogue.delete(originsKey(identifier));
    counts[ending === "unchanged" ? "unchanged" : "written"] += 1;
    onProgress?.(counts.written + counts.unchanged);
  });
  return counts;
}

function writeMove(catalogue: Bucket, move: Move) {
  return rewriteRecord(catalogue, moveKey(move.identifier), () => formatMoveRecord(move));
}

async function addOrigins(catalogue: Bucket, identifier: string, added: readonly string[]): Promise<void> {
  await rewriteRecord(catalogue, originsKey(identifier), (bytes) => {
    const former = parseOrigins(bytes, identifier);
    const from = [...new Set([...former, ...added])].filter((origin) => origin !== identifier);
    if (bytes !== undefined && from.length === former.length) return bytes;
    const record = formatMoveRecord({ identifier, from });
    if (record.byteLength <= maxCatalogueRecordBytes) return record;
    throw new BucketError("failed", `Too many identifiers lead to ${identifier}: ${from.length}.`);
  });
}
