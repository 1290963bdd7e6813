import * as v from "valibot";
import type { AccessSecret } from "../config/access-secrets.ts";
import { namePattern } from "./access.ts";
import { type ReadStatement, readStatement, signStatement } from "./statement.ts";

/** For how long somebody is known who was let in, in seconds: a working day. */
export const visitorSeconds = 8 * 3600;

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
  /** Origins of viewers on other sites that he went on to: these alone are given tokens. */
  readonly origins: readonly string[];
  /** Seconds since 1970. */
  readonly until: number;
}

/** What a token says of who had it made. */
export type Bearer = Omit<Visitor, "origins">;

/** What became of a cookie or a token that was shown: `none` for none. */
export type Shown<T> =
  | { readonly kind: "none" }
  | { readonly kind: "known"; readonly who: T }
  | Extract<ReadStatement, { kind: "refused" }>;

/** Names that one cookie has of each kind at most, and origins: the first are left out, so that it stays short. */
const mostNames = 50;
const mostOrigins = 6;

const names = v.pipe(v.array(v.pipe(v.string(), v.regex(namePattern))), v.maxLength(mostNames));
const bearerEntries = {
  nonce: v.string(),
  roles: v.exactOptional(names),
  clicks: names,
};
const visitorSchema = v.strictObject({
  ...bearerEntries,
  origins: v.pipe(v.array(v.string()), v.maxLength(mostOrigins)),
});
const bearerSchema = v.strictObject({ ...bearerEntries, until: v.number() });

/** What reading takes: secrets, and the time in milliseconds since 1970. */
export interface ReadingGround {
  readonly secrets: readonly AccessSecret[];
  readonly now: number;
}

/** Returns what a browser keeps of somebody who was let in. */
export function signVisitor({ until, ...stated }: Visitor, secret: AccessSecret): Promise<string> {
  return signStatement("cookie/v1", { stated, expires: until }, secret);
}

/** Reads what `signVisitor` returned. Never throws. */
export async function readVisitor(text: string | undefined, ground: ReadingGround): Promise<Shown<Visitor>> {
  if (text === undefined) return { kind: "none" };
  const read = await readStatement("cookie/v1", text, ground);
  if (read.kind === "refused") return read;
  const parsed = v.safeParse(visitorSchema, read.stated);
  const isTooLong = read.expires > ground.now / 1000 + visitorSeconds;
  // One that lasts for longer was made while the clock was wrong, or by another version.
  if (!parsed.success || isTooLong) return { kind: "refused", why: "malformed" };
  return { kind: "known", who: { ...parsed.output, until: read.expires } };
}

/** Returns a token that says what somebody was let in by, for some minutes: it opens no picture. */
export function signToken(
  { nonce, roles, clicks, until }: Visitor,
  { secret, now }: { readonly secret: AccessSecret; readonly now: number },
): Promise<string> {
  const bearer: Bearer = { nonce, ...(roles === undefined ? {} : { roles }), clicks, until };
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
  return { nonce, roles: roles.slice(0, mostNames), clicks: former?.clicks ?? [], origins: [], until };
}

/** Returns a visitor who has accepted a notice too. Who has signed in stays so for no longer. */
export function accepting(
  former: Visitor | undefined,
  { click, nonce, now }: { readonly click: string; readonly nonce: string; readonly now: number },
): Visitor {
  const fresh: Visitor = { nonce, clicks: [], origins: [], until: 0 };
  const known = former ?? fresh;
  const until = known.roles === undefined ? Math.floor(now / 1000) + visitorSeconds : known.until;
  return { ...known, clicks: withNewest(known.clicks, click, mostNames), until };
}

/** Returns a visitor who went on to a viewer on another site; the same for none. */
export function goingOnTo(visitor: Visitor, origin: string | undefined): Visitor {
  if (origin === undefined) return visitor;
  return { ...visitor, origins: withNewest(visitor.origins, origin, mostOrigins) };
}

function withNewest(list: readonly string[], added: string, most: number): readonly string[] {
  return [...list.filter((one) => one !== added), added].slice(-most);
}
