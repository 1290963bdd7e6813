import { divideAsked, unsigned } from "../access/asked-image.ts";
import { anybody } from "../access/decide.ts";
import { grant } from "../access/grant.ts";
import type { Move } from "../catalogue/moved.ts";
import { ImageError } from "../error.ts";
import { respondRedirect, withCacheTag } from "../http/respond.ts";
import { formatSegment, type Identifier, identifierOf } from "../identity/identifier.ts";
import { dividePage, nameMaster } from "../identity/master-name.ts";
import { UnknownMaster } from "../masters/open.ts";
import { statedOf } from "../policies.ts";
import { findMove } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** An image that is asked for, and where the same is found under another identifier. */
export interface MovableRequest {
  readonly identifier: Identifier;
  readonly visit: Visit;
  /** Returns the path, with the query, of what was asked for; it is given an identifier as a URI holds it. */
  readonly pathOf: (spelling: string) => string;
}

/**
 * Answers by `answer`, and where it finds that the image is not there, by what the catalogue says of it: a redirect to the
 * identifier that the image has now, the page kept. All that comes of it is kept as a fault of the client is, and goes by
 * the Cache-Tag of the identifier that was asked for. Throws what `answer` throws; `gone`; `storage-failed` where the
 * catalogue does not answer: an image that may have moved is not told to be unknown.
 */
export async function orMoved(
  services: Services,
  asked: MovableRequest,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof UnknownMaster)) throw error;
    return answerMoved(services, asked, error);
  }
}

/**
 * Answers by `answer`, given the identifier that was asked for, and where it finds that the image is not there, the one
 * that the image has now: at addresses that can't be spelt for another identifier, and for tiles, which take one round trip.
 * The answer goes by the Cache-Tags of all: under the old one another image may be stored, or it may be led elsewhere. Throws what `answer` throws, `gone` and `storage-failed`.
 */
export async function orFollowed(
  services: Services,
  asked: Omit<MovableRequest, "pathOf">,
  answer: (identifier: Identifier) => Promise<Response>,
): Promise<Response> {
  return follow(services, { ...asked, left: mostFollowed }, answer);
}

/** How often one identifier leads to another: once, but where two people moved an image at the same time. */
const mostFollowed = 4;

async function follow(
  services: Services,
  { left, ...asked }: Omit<MovableRequest, "pathOf"> & { readonly left: number },
  answer: (identifier: Identifier) => Promise<Response>,
): Promise<Response> {
  try {
    return await answer(asked.identifier);
  } catch (error) {
    if (!(error instanceof UnknownMaster) || left === 0) throw error;
    const { identifier, tagged } = await findPlace(services, asked, error);
    try {
      const response = await follow(services, { ...asked, identifier, left: left - 1 }, answer);
      return withCacheTag(response, tagged.cacheTag);
    } catch (thrown) {
      throw withTag(thrown, tagged.cacheTag);
    }
  }
}

/** Has caches purge an error that is an image's by another tag too. */
function withTag(thrown: unknown, cacheTag: string | undefined): unknown {
  if (!(thrown instanceof ImageError) || thrown.cacheTag === undefined || cacheTag === undefined) return thrown;
  const { code, message, hint, detail } = thrown;
  const said = { ...(hint === undefined ? {} : { hint }), ...(detail === undefined ? {} : { detail }) };
  const tagged = new ImageError(code, message, { ...said, cacheTag: `${thrown.cacheTag},${cacheTag}`, cause: thrown });
  return thrown.mostKeptSeconds === undefined ? tagged : tagged.keepAtMost(thrown.mostKeptSeconds);
}

/** Returns the identifier that an unknown image has now. Throws `gone`, and the error where nobody said that it moved. */
async function findPlace(
  services: Services,
  asked: Omit<MovableRequest, "pathOf">,
  unknown: UnknownMaster,
): Promise<{ readonly identifier: Identifier; readonly tagged: { readonly cacheTag?: string } }> {
  // A signature is that of one identifier alone.
  const { identifier, longestSide } = divideAsked(asked.identifier);
  const { ending } = dividePage(identifier, services.config.pageSuffix);
  const move = await findHeldMove(services, { identifier, visit: asked.visit });
  if (move === undefined) throw unknown;
  if (move.to !== undefined && (await isHidden(services, identifierOf(move.to), asked.visit))) throw unknown;
  const tagged = unknown.cacheTag === undefined ? {} : { cacheTag: unknown.cacheTag };
  if (move.to === undefined) throw new ImageError("gone", "This image was removed and will not come back.", tagged);
  return {
    identifier: unsigned({ identifier: identifierOf(move.to + ending), ...(longestSide && { longestSide }) }),
    tagged,
  };
}

/** Nobody is led to an image that there is not for anybody. Throws `policy-unreadable`. */
async function isHidden({ policies, clock }: Services, name: Identifier, visit: Visit): Promise<boolean> {
  const stated = await statedOf(policies, { name, visit });
  return grant({ identifier: name }, anybody, { ...stated, now: clock.now() }).kind === "hidden";
}

async function answerMoved(services: Services, asked: MovableRequest, unknown: UnknownMaster): Promise<Response> {
  const { identifier, tagged } = await findPlace(services, asked, unknown);
  return respondRedirect({
    uri: asked.pathOf(formatSegment(identifier)),
    status: 301,
    maxAgeSeconds: services.config.notFoundMaxAgeSeconds,
    scope: "public",
    keeping: unknown.mostKeptSeconds === 0 ? { kind: "nobody" } : { kind: "anybody" },
    ...tagged,
  });
}

/** Bytes of an entry besides its texts. */
const entryBytes = 200;

/** What the catalogue said is trusted for as long as caches keep a fault: a page of missing tiles is one read. */
async function findHeldMove(
  { config, records, clock, isolate }: Services,
  { identifier, visit }: Omit<MovableRequest, "pathOf">,
): Promise<Move | undefined> {
  const { key } = nameMaster(identifier, config);
  const now = clock.now();
  const held = isolate.heldMoves.get(key);
  // The clock may have been set back: then nothing says how old it is.
  const ageSeconds = held === undefined ? -1 : (now - held.readAt) / 1000;
  if (held !== undefined && ageSeconds >= 0 && ageSeconds < config.notFoundMaxAgeSeconds) return held.move;
  const { name } = dividePage(identifier, config.pageSuffix);
  const move = await findMove(records, { key: name, visit });
  const characters = key.length + (move === undefined ? 0 : name.length + (move.to?.length ?? 0));
  isolate.heldMoves.set(key, { readAt: now, move }, entryBytes + 2 * characters);
  return move;
}
