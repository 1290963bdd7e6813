import * as v from "valibot";
import type { AccessSecret } from "../config/access-secrets.ts";
import { namePattern } from "./access.ts";
import { type ReadStatement, readStatement, signStatement } from "./statement.ts";

/** For how long somebody is known who was let in, in seconds: a working day. */
export const visitorSeconds = 8 * 3600;

/** How far the clocks of two places of the service may be apart, in seconds. */
const skewSeconds = 60;

/** For how long a viewer may use a token before it asks for another, in seconds. */
export const tokenSeconds = 300;

/** What somebody was let in by, as his browser keeps it. There is no list of who was let in. */
export interface Visitor {
  /** Tells this one from all others: tokens are bound to it. */
  readonly nonce: string;
  /** The roles that he has; undefined for who has not signed in. */
  readonly roles?: readonly string[];
  /** The notices that he accepted. */
  readonly clicks: readonly string[];
  /** Viewers on other sites that he went on to, the last one last: these alone are given tokens. */
  readonly sites: readonly VisitedSite[];
  /** Seconds since 1970. */
  readonly until: number;
}

/** A viewer on another site, and what of his somebody went on to it with: by buttons that named both. */
export interface VisitedSite {
  readonly origin: string;
  readonly roles: readonly string[];
  readonly clicks: readonly string[];
}

/** Who a token is for: `own`, a page of this service or one that the rules name; else a site that somebody went on to. */
export type TokenReader = "own" | VisitedSite;

/** What a token says of who had it made. */
export interface Bearer extends Omit<Visitor, "sites"> {
  /** That he may have roles and notices of which the site that holds the token was told nothing. */
  readonly isPart?: true;
}

/** What became of a cookie or a token that was shown: `none` for none. */
export type Shown<T> =
  | { readonly kind: "none" }
  | { readonly kind: "known"; readonly who: T }
  | Extract<ReadStatement, { kind: "refused" }>;

/** Names that one cookie has of each kind at most, and sites: the first are left out, so that it stays short. */
const mostNames = 50;
const mostSites = 6;

/**
 * Longest JSON of a cookie, in characters, all of which are ASCII: signed, with its name, it is one of 4,096 bytes, and
 * browsers drop longer ones. Source: RFC 6265bis §5.5.
 */
const mostCharacters = 2900;

const names = v.pipe(v.array(v.pipe(v.string(), v.regex(namePattern))), v.maxLength(mostNames));
const bearerEntries = {
  nonce: v.string(),
  roles: v.exactOptional(names),
  clicks: names,
};
const visitorSchema = v.strictObject({
  ...bearerEntries,
  sites: v.pipe(v.array(v.strictObject({ origin: v.string(), roles: names, clicks: names })), v.maxLength(mostSites)),
});
const bearerSchema = v.strictObject({ ...bearerEntries, until: v.number(), isPart: v.exactOptional(v.literal(true)) });

/** What reading takes: secrets, and the time in milliseconds since 1970. */
export interface ReadingGround {
  readonly secrets: readonly AccessSecret[];
  readonly now: number;
}

/**
 * Returns what a browser keeps of somebody who was let in, as a text that it keeps. What does not fit is left out, first of all
 * the sites of longest ago, then notices.
 */
export function signVisitor(visitor: Visitor, secret: AccessSecret): Promise<string> {
  const { until, ...stated } = fitted(visitor);
  return signStatement("cookie/v1", { stated, expires: until }, secret);
}

function fitted(visitor: Visitor): Visitor {
  if (JSON.stringify(visitor).length <= mostCharacters) return visitor;
  const { sites, clicks, roles = [] } = visitor;
  if (sites.length > 1) return fitted({ ...visitor, sites: sites.slice(1) });
  const left = clicks.length > 1 ? { clicks: clicks.slice(1) } : { roles: roles.slice(0, -1) };
  return fitted(keepingOwn({ ...visitor, ...left }));
}

/** No site is told of more than he has himself. */
function keepingOwn(visitor: Visitor): Visitor {
  return { ...visitor, sites: visitor.sites.map((site) => ({ ...site, ...sharedWith(visitor, site) })) };
}

function sharedWith({ roles = [], clicks }: Visitor, site: VisitedSite): Pick<VisitedSite, "roles" | "clicks"> {
  return {
    roles: site.roles.filter((name) => roles.includes(name)),
    clicks: site.clicks.filter((name) => clicks.includes(name)),
  };
}

/** Reads what `signVisitor` returned. Never throws. */
export async function readVisitor(text: string | undefined, ground: ReadingGround): Promise<Shown<Visitor>> {
  if (text === undefined) return { kind: "none" };
  const read = await readStatement("cookie/v1", text, ground);
  if (read.kind === "refused") return read;
  const parsed = v.safeParse(visitorSchema, read.stated);
  const isTooLong = read.expires > ground.now / 1000 + visitorSeconds + skewSeconds;
  // One that lasts for longer was made while the clock was wrong, or by another version.
  if (!parsed.success || isTooLong) return { kind: "refused", why: "malformed" };
  return { kind: "known", who: { ...parsed.output, until: read.expires } };
}

/**
 * Returns a token that says what somebody was let in by, for some minutes: it opens no picture. Another site is told of nothing
 * but what he went on to it with.
 */
export function signToken(
  visitor: Visitor,
  { reader, secret, now }: { readonly reader: TokenReader; readonly secret: AccessSecret; readonly now: number },
): Promise<string> {
  const { nonce, roles, clicks, until } = visitor;
  const bearer: Bearer =
    reader === "own"
      ? { nonce, ...(roles === undefined ? {} : { roles }), clicks, until }
      : { nonce, ...sharedWith(visitor, reader), until, isPart: true };
  const expires = Math.min(until, Math.floor(now / 1000) + tokenSeconds);
  return signStatement("token/v1", { stated: bearer, expires }, secret);
}

/** Reads what `signToken` returned. Never throws. */
export async function readToken(text: string | undefined, ground: ReadingGround): Promise<Shown<Bearer>> {
  if (text === undefined) return { kind: "none" };
  const read = await readStatement("token/v1", text, ground);
  if (read.kind === "refused") return read;
  const parsed = v.safeParse(bearerSchema, read.stated);
  return parsed.success ? { kind: "known", who: parsed.output } : { kind: "refused", why: "malformed" };
}

/** Returns a visitor who has signed in, in place of whoever it was before: accepted notices stay so. */
export function signedIn(
  former: Visitor | undefined,
  { roles, nonce, now }: { readonly roles: readonly string[]; readonly nonce: string; readonly now: number },
): Visitor {
  const until = Math.floor(now / 1000) + visitorSeconds;
  return { nonce, roles: roles.slice(0, mostNames), clicks: former?.clicks ?? [], sites: [], until };
}

/** Returns a visitor who has accepted a notice too. Who has signed in stays so for no longer. */
export function accepting(
  former: Visitor | undefined,
  { click, nonce, now }: { readonly click: string; readonly nonce: string; readonly now: number },
): Visitor {
  const fresh: Visitor = { nonce, clicks: [], sites: [], until: 0 };
  const known = former ?? fresh;
  const until = known.roles === undefined ? Math.floor(now / 1000) + visitorSeconds : known.until;
  return { ...known, clicks: withNewest(known.clicks, click, mostNames), until };
}

/** What somebody goes on with, and to which site; undefined for a viewer of this one. */
export interface GoingOn {
  readonly kind: "click" | "role";
  readonly name: string;
  readonly origin?: string | undefined;
}

/** Returns a visitor who went on to a viewer on another site with a notice or a role of his; the same for none. */
export function goingOnTo(visitor: Visitor, { kind, name, origin }: GoingOn): Visitor {
  if (origin === undefined) return visitor;
  const former = visitor.sites.find((site) => site.origin === origin) ?? { origin, roles: [], clicks: [] };
  const list = kind === "click" ? "clicks" : "roles";
  const site: VisitedSite = { ...former, [list]: withNewest(former[list], name, mostNames) };
  const others = visitor.sites.filter((other) => other.origin !== origin);
  return { ...visitor, sites: [...others, site].slice(-mostSites) };
}

function withNewest(list: readonly string[], added: string, most: number): readonly string[] {
  return [...list.filter((one) => one !== added), added].slice(-most);
}
