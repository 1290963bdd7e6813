import { grant, type Keeping, keepingOf } from "../access/grant.ts";
import type { Policy } from "../access/policy.ts";
import {
  isObjectHidden,
  isPageOpen,
  policiesOfDocuments,
  policiesOfObject,
  policiesOfPage,
  type ShowingGround,
  type StatedObject,
} from "../catalogue/object-access.ts";
import type { ImageError } from "../error.ts";
import type { Identifier } from "../identity/identifier.ts";
import { rulesOf, statedObjectOf } from "../policies.ts";
import { noSuchAttachment, noSuchRecord, noSuchText } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { askerOf } from "./asker.ts";
import { AccessRefused } from "./refused.ts";

/** A request that is about an object. */
export interface AskedOfObject {
  readonly request: Request;
  readonly key: Identifier;
  readonly visit: Visit;
}

/**
 * Returns what the policies of documents are held against now: one moment for all of an answer. Throws `policy-unreadable`.
 */
export async function groundOf({ policies, clock, config }: Services, visit: Visit): Promise<ShowingGround> {
  const rules = await rulesOf(policies, visit);
  return { rules, now: clock.now(), pageSuffix: config.pageSuffix };
}

/**
 * Decides whether somebody is answered with documents of an object, and who may keep them: they show what anybody may see, and
 * who may see them is stated by the object. Throws `AccessRefused`, and the `not-found` of an object that is not there for one
 * that is hidden.
 */
export async function grantDocuments(
  services: Services,
  asked: AskedOfObject,
  { stated, ground }: { readonly stated: StatedObject; readonly ground: ShowingGround },
): Promise<Keeping> {
  if (isObjectHidden(stated, ground)) throw noSuchRecord();
  const policies = policiesOfDocuments(stated);
  const granted = await grantBy(services, asked, { policies, ground, called: "object", hidden: noSuchRecord });
  if (granted.kind === "nobody") return granted;
  return keepingOf(policiesOfObject(stated, ground), ground.now);
}

/**
 * Decides whether somebody reads the text of a page: who sees its documents and all of its images does. Throws `AccessRefused`,
 * `policy-unreadable`, and the `not-found` of a text that is not there for one that is hidden.
 */
export async function grantText(services: Services, asked: AskedOfObject, page: string): Promise<Keeping> {
  const ground = await groundOf(services, asked.visit);
  const stated = await statedObjectOf(services.policies, asked);
  const found = stated?.pages.find(({ key }) => key === page);
  if (stated === undefined || found === undefined || isObjectHidden(stated, ground)) throw noSuchText();
  const policies = [...policiesOfDocuments(stated), ...policiesOfPage(found, ground)];
  return grantBy(services, asked, { policies, ground, called: "page", hidden: noSuchText });
}

/**
 * Decides whether somebody gets a file that lies beside the images of an object: who sees all of them does, for it may show any.
 * Throws as `grantText` does.
 */
export async function grantAttachment(services: Services, asked: AskedOfObject): Promise<Keeping> {
  const ground = await groundOf(services, asked.visit);
  const stated = await statedObjectOf(services.policies, asked);
  if (stated === undefined) throw noSuchAttachment();
  const policies = policiesOfObject(stated, ground);
  return grantBy(services, asked, { policies, ground, called: "file", hidden: noSuchAttachment });
}

/** What of an object may be searched, and who may keep what is found. */
export interface GrantedSearch {
  readonly keeping: Keeping;
  /** Keys of pages whose text not anybody may read. */
  readonly closedPages: readonly string[];
}

/**
 * Decides whether somebody searches in an object: who sees its documents does, in what anybody may read. Throws `AccessRefused`,
 * `policy-unreadable`, and the `not-found` of an object that is not there for one that is hidden.
 */
export async function grantSearch(services: Services, asked: AskedOfObject): Promise<GrantedSearch> {
  const ground = await groundOf(services, asked.visit);
  const stated = await statedObjectOf(services.policies, asked);
  if (stated === undefined) throw noSuchRecord();
  const keeping = await grantDocuments(services, asked, { stated, ground });
  const closed = stated.pages.filter((page) => !isPageOpen(page, ground));
  return { keeping, closedPages: closed.map(({ key }) => key) };
}

interface GrantedBy {
  readonly policies: readonly Policy[];
  readonly ground: ShowingGround;
  readonly called: string;
  /** What is said of what is hidden. */
  readonly hidden: () => ImageError;
}

async function grantBy(
  services: Services,
  { request, key }: AskedOfObject,
  { policies, ground, called, hidden }: GrantedBy,
): Promise<Keeping> {
  const image = { identifier: key };
  const asker = await askerOf(services, request, { image });
  const granting = grant(image, asker, { ...ground, policies });
  switch (granting.kind) {
    case "granted":
      return granting.keeping;
    case "hidden":
      throw hidden();
    case "denied": {
      const { reason } = granting;
      const stated = { policies, rules: ground.rules, facts: undefined, readAt: ground.now };
      throw new AccessRefused({ image, reason, publicSize: undefined, stated, called });
    }
  }
}
