import type { IdentifierRule } from "../config/gateway.ts";
import { type Identifier, identifierOf, parseIdentifier } from "../identity/identifier.ts";

/** What an identifier of another server means here. */
export interface OldIdentifier {
  readonly identifier: Identifier;
  /** How much smaller than the image that server said it was: below 1, or undefined. Source: Cantaloupe 5, ScaleConstraint. */
  readonly scale: number | undefined;
}

/** What the identifiers of another server become. */
export interface Naming {
  readonly id: IdentifierRule;
  readonly pageSuffix: string;
}

/**
 * Reads an identifier as it stands in an old URL, encoded once. Throws what parsing an identifier throws.
 * Source: Cantaloupe 5, StandardMetaIdentifierTransformer and slash_substitute; Loris 3, SimpleFSResolver.
 */
export function readOldIdentifier(raw: string, { id, pageSuffix }: Naming): OldIdentifier {
  const { slash, page: separator, strip, stripStart, prepend = "" } = id;
  const decoded: string = parseIdentifier(raw);
  const slashed = slash === undefined ? decoded : decoded.replaceAll(slash, "/");
  const { name, page, scale } = separator === undefined ? plainName(slashed) : takeApart(slashed, separator);
  const stripped = withoutStart(withoutEnd(name, strip), stripStart);
  const suffix = page > 1 ? `${pageSuffix}${page}` : "";
  return { identifier: identifierOf(`${prepend}${stripped}${suffix}`), scale };
}

interface NameParts {
  readonly name: string;
  readonly page: number;
  readonly scale: number | undefined;
}

function plainName(name: string): NameParts {
  return { name, page: 1, scale: undefined };
}

/** Takes a scale off the end, then a page; each only if a name is left. */
function takeApart(whole: string, separator: string): NameParts {
  const scaled = lastPart(whole, separator);
  const [, numerator, denominator] = /^(\d{1,6}):(\d{1,6})$/.exec(scaled.part) ?? [];
  const ratio = Number(numerator) / Number(denominator);
  const isScaled = ratio > 0 && ratio <= 1;
  const rest = isScaled ? scaled.before : whole;
  const paged = lastPart(rest, separator);
  const isPaged = /^[1-9]\d{0,4}$/.test(paged.part);
  return {
    name: isPaged ? paged.before : rest,
    page: isPaged ? Number(paged.part) : 1,
    scale: isScaled && ratio < 1 ? ratio : undefined,
  };
}

function lastPart(text: string, separator: string): { readonly before: string; readonly part: string } {
  const at = text.lastIndexOf(separator);
  return at > 0 ? { before: text.slice(0, at), part: text.slice(at + separator.length) } : { before: text, part: "" };
}

function withoutEnd(name: string, endings: readonly string[]): string {
  const ending = endings.find((each) => name.endsWith(each) && name.length > each.length);
  return ending === undefined ? name : name.slice(0, -ending.length);
}

function withoutStart(name: string, beginnings: readonly string[]): string {
  const beginning = beginnings.find((each) => name.startsWith(each) && name.length > each.length);
  return beginning === undefined ? name : name.slice(beginning.length);
}
