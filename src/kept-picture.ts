import type { Admission } from "./budget/admission.ts";
import type { Clock } from "./budget/clock.ts";
import type { Lease } from "./budget/lease.ts";
import type { MemoryBudget } from "./budget/memory-budget.ts";
import { collecting } from "./cache/collector.ts";
import { type DerivativeCache, findDerivative, keepDerivative, placePicture } from "./cache/derivatives.ts";
import { chooseStoring, type StoringRules } from "./cache/storing.ts";
import type { KeptBody } from "./cache/tier.ts";
import { maxKeptBytes } from "./limits.ts";
import { type DrawingTools, drawPicture, type Picture, type PictureName } from "./picture.ts";
import { type RateLimits, refuseOften } from "./rate-limit.ts";
import { costClassOf } from "./render/admission.ts";
import type { Rendered } from "./render/render.ts";
import type { HeadCache } from "./render/tile-head.ts";
import type { Visit } from "./visit.ts";

/** What pictures are found and kept by. */
export interface PictureStore {
  readonly tools: DrawingTools;
  readonly derivatives: DerivativeCache;
  /** Decoded pixels from which a picture is looked for in the Cache API and kept there. */
  readonly cacheAbovePixels: number;
  readonly storing: StoringRules;
  /** Heads of copied tiles. */
  readonly tileHeads: HeadCache;
  /** Who counts what no cache has. */
  readonly rates: RateLimits;
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  /** Within what time a read of a master ends, in milliseconds. */
  readonly readMilliseconds: number;
}

/** A picture that is ready to be sent. */
export interface ReadyPicture extends Rendered {
  /** Length of the whole body, if it is known. */
  readonly byteLength: number | undefined;
}

/** A picture to obtain. */
export interface PictureVisit {
  readonly picture: Picture;
  readonly name: PictureName;
  readonly visit: Visit;
}

/**
 * Returns a picture from a cache, or draws it and keeps it. What decodes few pixels is not looked for and
 * not kept: the cache in front of the Worker has it, and without that cache it is drawn again as fast as it would be found. Throws `too-many-requests`
 * for what no cache has, and what drawing throws.
 */
export async function obtainPicture(store: PictureStore, asked: PictureVisit): Promise<ReadyPicture> {
  const { derivatives, budget } = store;
  const { picture, name, visit } = asked;
  const { decodedPixels } = picture.plan.cost;
  const storing = chooseStoring(store.storing, picture.canonical, decodedPixels);
  if (decodedPixels < store.cacheAbovePixels && storing === "never") return drawn(await drawFresh(store, asked));
  const places = await placePicture(name.facts, name.picturesPerMaster);
  const found = await findDerivative(derivatives, places, { storing, defer: visit.defer });
  const ready = found && (await openKept(store, found.kept, visit));
  if (ready !== undefined) {
    visit.account.strategy = "kept";
    visit.account.cache = found?.tier ?? "miss";
    return ready;
  }
  const keep = (bytes: Uint8Array, lease?: Lease): void =>
    visit.defer(keepDerivative(derivatives, places, { bytes, storing, ...(lease === undefined ? {} : { lease }) }));
  const rendered = await drawFresh(store, asked);
  // What lacks something because its master is damaged must not outlive the damage.
  if (rendered.damage !== undefined) return drawn(rendered);
  const { body } = rendered;
  if (!(body instanceof Uint8Array))
    return drawn({ ...rendered, body: collecting(body, { limitBytes: maxKeptBytes, budget, keep }) });
  keep(body);
  return drawn(rendered);
}

function drawn(rendered: Rendered): ReadyPicture {
  const { body, byteLength } = rendered;
  return { ...rendered, byteLength: body instanceof Uint8Array ? body.byteLength : byteLength };
}

async function drawFresh(store: PictureStore, { picture, name, visit }: PictureVisit): Promise<Rendered> {
  const { tools, budget, clock, rates, tileHeads: held, readMilliseconds } = store;
  const { account, patience, isAlone, log } = visit;
  await refuseOften(rates, costClassOf(picture.plan), visit);
  account.strategy = picture.plan.kind;
  account.tiles = picture.plan.cost.tiles;
  account.decodedPixels = picture.plan.cost.decodedPixels;
  const admission: Admission = { budget, clock, patience, isAlone, readMilliseconds };
  const rendered = await drawPicture(tools, picture, { admission, log, heads: { held, common: name.common } });
  const { master, canonical } = name.facts;
  if (rendered.damage !== undefined) {
    const damaged = { key: master.key, page: String(master.page), request: canonical, ...rendered.damage };
    log({ level: "warn", message: "the master is damaged: rows are missing", ...damaged });
  }
  return rendered;
}

/** What a body that is streamed out of a cache takes: the chunk that is held back, and the next. In bytes. */
const streamedBytes = 1 << 18;

/**
 * Opens what a cache has. A stream that its client does not take holds little, but it still holds it. Undefined for
 * one that turns out damaged before any of it was sent: its cache has said so in the log.
 */
async function openKept(
  { budget }: PictureStore,
  { body, byteLength, lease }: KeptBody,
  { patience }: Visit,
): Promise<ReadyPicture | undefined> {
  if (body instanceof Uint8Array) return { body, lease, byteLength, damage: undefined };
  const loan = { share: "copies", bytes: streamedBytes, costMilliseconds: 0 } as const;
  const reader = body.getReader();
  const held = await budget.take(loan, patience).catch(async (error) => {
    await reader.cancel(error);
    throw error;
  });
  try {
    const first = await reader.read();
    return { body: readBody(reader, first.value), lease: held, byteLength, damage: undefined };
  } catch {
    held.release();
    return undefined;
  }
}

async function* readBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: Uint8Array | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let chunk = first; chunk !== undefined; chunk = (await reader.read()).value) yield chunk;
  } finally {
    await reader.cancel();
  }
}
