import type { AccessSecret } from "../config/access-secrets.ts";
import { decodeBase64Url, encodeBase64Url, hmac, sameBytes } from "../hmac.ts";

/** What a statement is for: one that was made for something else is worth nothing. Addresses are signed as `url/v1`. */
export type Purpose = "cookie/v1" | "token/v1" | "form/v1" | "login/v1";

/** Longest statement that is read, in characters: browsers keep no longer cookies. Source: RFC 6265 §6.1. */
const mostCharacters = 4096;

/** Something that the service states and gives out, to be shown to it again. */
export interface Statement {
  /** Anything that JSON holds. */
  readonly stated: unknown;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** What became of a statement that was shown. */
export type ReadStatement =
  | ({ readonly kind: "stated" } & Statement)
  | { readonly kind: "refused"; readonly why: "malformed" | "foreign" | "expired" };

/** Returns a statement as text of letters, digits and `-_.`, signed with a secret: `ID.JSON.SIGNATURE`. Source: RFC 2104. */
export async function signStatement(
  purpose: Purpose,
  { stated, expires }: Statement,
  { id, secret }: AccessSecret,
): Promise<string> {
  const json = encodeBase64Url(new TextEncoder().encode(JSON.stringify([expires, stated])));
  const signed = `${id}.${json}`;
  return `${signed}.${encodeBase64Url(await hmac(secret, signedText(purpose, signed)))}`;
}

/**
 * Reads a statement that was made for a purpose with one of some secrets, and has not expired; `now` is in milliseconds since
 * 1970. Signatures are compared in constant time, and nothing is read that is not signed. Never throws.
 */
export async function readStatement(
  purpose: Purpose,
  text: string,
  { secrets, now }: { readonly secrets: readonly AccessSecret[]; readonly now: number },
): Promise<ReadStatement> {
  const parts = text.length > mostCharacters ? null : /^([a-z0-9]{1,16})\.([\w-]+)\.([\w-]{43})$/.exec(text);
  const [, id = "", json = "", signature = ""] = parts ?? [];
  const given = parts === null ? undefined : decodeBase64Url(signature);
  const bytes = parts === null ? undefined : decodeBase64Url(json);
  if (given === undefined || bytes === undefined) return { kind: "refused", why: "malformed" };
  const known = secrets.find((secret) => secret.id === id);
  const isOwn = known !== undefined && sameBytes(await hmac(known.secret, signedText(purpose, `${id}.${json}`)), given);
  if (!isOwn) return { kind: "refused", why: "foreign" };
  const [expires, stated] = JSON.parse(new TextDecoder().decode(bytes)) as [number, unknown];
  return now < 1000 * expires ? { kind: "stated", stated, expires } : { kind: "refused", why: "expired" };
}

function signedText(purpose: Purpose, signed: string): string {
  return `${purpose}\n${signed}`;
}
