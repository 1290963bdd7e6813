import { type AskedImage, divideAsked } from "../access/asked-image.ts";
import { isLoginReason } from "../access/decide.ts";
import { grant, type Keeping } from "../access/grant.ts";
import { policiesOfPageNumber } from "../access/image-policies.ts";
import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import type { Identifier } from "../identity/identifier.ts";
import { dividePage, type MasterName, nameMaster, phantomOf, placesOf } from "../identity/master-name.ts";
import { UnknownMaster, withMaster } from "../masters/open.ts";
import { reduceMaster } from "../masters/reduced.ts";
import type { Master } from "../masters/store.ts";
import { forgetFacts, heldStated, isOutrun, policiesOf, type Stated, statedOf } from "../policies.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { askerOf } from "./asker.ts";
import { loginsOf } from "./logins.ts";
import { refuse } from "./refused.ts";

/** A request that is about an image. */
export interface AskedOf {
  readonly request: Request;
  /** As it was asked for: with the size of a reduced image, and with a signature. */
  readonly identifier: Identifier;
  readonly visit: Visit;
  /** Where a token counts as what somebody was let in by: for what is told of an image, never for its pixels. */
  readonly shows?: "token";
  /**
   * What is answered to who may not see the image, kept by nobody. `reduced`: to who may see it reduced, that image, at
   * addresses that have no other for it. `information`: to who may see it once he is let in, and no reduced one, what is told
   * of it. Left out, it is refused.
   */
  readonly instead?: "reduced" | "information" | undefined;
}

/** What was granted. */
export interface Grant {
  /** What was asked for, or what is shown instead. */
  readonly image: AskedImage;
  readonly keeping: Keeping;
  readonly stated: Stated;
  /** That he is told of the image alone, and is to be let in first. */
  readonly isToBeLetIn?: true;
}

/** What was granted of a master that was opened. */
export interface GrantedMaster extends Grant {
  /** The size of the image as it is seen, whatever is shown of it: redactions are counted in its pixels. */
  readonly whole: Size;
}

/**
 * Does `work` with the master of an image for somebody who may see it, as much of it as he may: the one way by which stories
 * come to a master. It is decided before anything is told of the image; while that takes a read, the master is opened. Throws
 * `AccessRefused`, `signature-invalid`, `policy-unreadable`, what `withMaster` and the work throw, and the `not-found` of an
 * image that is not there for one that is hidden.
 */
export async function withGranted<T>(
  services: Services,
  asked: AskedOf,
  work: (master: Master, granted: GrantedMaster) => Promise<T>,
): Promise<T> {
  const { masters, config, policies } = services;
  const { visit } = asked;
  const image = divideAsked(asked.identifier);
  const opening = { name: nameMaster(image.identifier, config), visit };
  visit.account.identifier = image.identifier;
  const asking: Asking = { image, name: opening.name };
  const answer = async (opened: Master, decided: Grant): Promise<T> => {
    const granted = await uptodate(services, asked, { opened, asking, decided });
    return orKept(granted, () => work(shown(opened, granted), laid(opened, granted)));
  };
  const held = heldStated(policies, policyName(services, image));
  if (held !== undefined) {
    const granted = await decideGrant(services, asked, { ...asking, read: held, wasHeld: true });
    return orKept(granted, () => withMaster(masters, opening, (opened) => answer(opened, granted)));
  }
  const deciding = findGrant(services, asked, asking);
  const answering = withMaster(masters, opening, async (opened) => answer(opened, await deciding));
  // A refusal does not wait for the master, whose reads and memory come to their own end.
  visit.defer(answering.catch(() => undefined));
  const granted = await deciding.catch(async (error) => {
    // One that is hidden is answered no sooner than one that is not there.
    if (error instanceof UnknownMaster) await answering.catch(() => undefined);
    throw error;
  });
  return orKept(granted, () => answering);
}

/** What goes wrong with what only some may see is told to them alone. */
async function orKept<T>({ keeping }: Grant, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const mostSeconds = keeping.kind === "nobody" ? 0 : keeping.mostSeconds;
    throw mostSeconds === undefined ? error : error.keepAtMost(mostSeconds);
  }
}

/**
 * What was decided before there may have been a record is decided once more: by a look at its record, which nothing is done
 * beside. It is the price of the first request for a master that was stored in the last minute, or whose storage does not
 * say when it was; for all others it is known that the record would have been there.
 */
async function uptodate(
  services: Services,
  asked: AskedOf,
  { opened, asking, decided }: { readonly opened: Master; readonly asking: Asking; readonly decided: Grant },
): Promise<Grant> {
  if (!isOutrun(decided.stated, opened.thereAt)) return decided;
  forgetFacts(services.policies, policyName(services, asking.image));
  return findGrant(services, asked, asking);
}

interface Asking {
  readonly image: AskedImage;
  readonly name: MasterName;
}

async function findGrant(services: Services, asked: AskedOf, asking: Asking): Promise<Grant> {
  const { policies } = services;
  const name = policyName(services, asking.image);
  const held = heldStated(policies, name);
  const read = held ?? (await statedOf(policies, { name, visit: asked.visit }));
  return decideGrant(services, asked, { ...asking, read, wasHeld: held !== undefined });
}

/** What is asked for, what is stated of it, and whether that was known without a read. */
interface Deciding extends Asking {
  readonly read: Stated;
  readonly wasHeld: boolean;
}

async function decideGrant(
  services: Services,
  asked: AskedOf,
  { image, name, read, wasHeld }: Deciding,
): Promise<Grant> {
  const { clock } = services;
  const { request, visit, instead, shows } = asked;
  const stated: Stated = { ...read, policies: policiesOfPageNumber(read.policies, name.page) };
  const asker = await askerOf(services, request, { image, shows });
  const now = clock.now();
  const granting = grant(image, asker, { ...stated, now });
  switch (granting.kind) {
    case "granted":
      return { image, keeping: granting.keeping, stated };
    case "hidden": {
      // Where one that nobody has said anything of is closed, one that is hidden is too.
      const unstated: Stated = {
        ...stated,
        facts: undefined,
        policies: policiesOf(stated.rules, policyName(services, image), undefined),
      };
      const absent = grant(image, asker, { ...unstated, now });
      if (absent.kind === "denied") throw refuse(image, absent, unstated);
      // An image that is not there is looked for each time: this one takes as long.
      if (wasHeld) await lookForNothing(services, { name: phantomOf(name), visit });
      throw new UnknownMaster({ ...name, places: await placesOf(name.key) });
    }
    case "denied": {
      const { publicSize, reason } = granting;
      const keeping: Keeping = { kind: "nobody" };
      // Whoever names a size means that one, and whoever has a signature what was signed.
      const isBare = image.longestSide === undefined && image.signature === undefined;
      const isReduced = publicSize !== undefined && isBare;
      if (instead === "reduced" && isReduced) return { image: { ...image, longestSide: publicSize }, keeping, stated };
      const isOffered = isLoginReason(reason) && loginsOf(services.config).has(reason.kind);
      if (instead === "information" && isOffered && !isReduced) return { image, keeping, stated, isToBeLetIn: true };
      throw refuse(image, granting, stated);
    }
  }
}

/** A policy is that of all pages of a file. */
function policyName({ config }: Services, { identifier }: AskedImage): Identifier {
  return dividePage(identifier, config.pageSuffix).name;
}

async function lookForNothing(
  { masters }: Services,
  opening: { readonly name: MasterName; readonly visit: Visit },
): Promise<void> {
  try {
    await withMaster(masters, opening, async () => undefined);
  } catch (error) {
    if (!(error instanceof UnknownMaster)) throw error;
  }
}

function laid({ pyramid }: Master, granted: Grant): GrantedMaster {
  return { ...granted, whole: seenSize(pyramid) };
}

function shown(opened: Master, { image: { longestSide } }: Grant): Master {
  return longestSide === undefined ? opened : reduceMaster(opened, longestSide);
}
