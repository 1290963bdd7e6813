import { isReserved } from "../access/asked-image.ts";
import { recordKey } from "../catalogue/image-records.ts";
import { moveKeyBytes } from "../catalogue/moved.ts";
import type { Config } from "../config.ts";
import { ImageError } from "../error.ts";
import { hasHiddenSegment, type Identifier, identifierOf } from "../identity/identifier.ts";
import { dividePage, maxKeyBytes, nameMaster } from "../identity/master-name.ts";
import { listWords } from "./values.ts";

/** The values of a template's placeholders; those that don't apply are empty. */
export interface TemplateValues {
  /** Path from the folder that was named, without the extension: `maps/1850/plate`. */
  readonly path: string;
  /** The folders of that path: `maps/1850`. */
  readonly folder: string;
  /** The file's name without the extension: `plate`. */
  readonly name: string;
  /** The file's extension without the dot: `tif`. */
  readonly extension: string;
  /** Number of the page, from 1, when all pages of a file with several are taken. */
  readonly page: string;
  readonly collection: string;
  readonly prefix: string;
}

/** A parsed template. A group is left out when one of its placeholders is empty. */
export interface Template {
  readonly groups: readonly { readonly parts: readonly TemplatePart[]; readonly isOptional: boolean }[];
}

type TemplatePart = { readonly text: string } | { readonly placeholder: keyof TemplateValues };

const placeholders: readonly (keyof TemplateValues)[] = [
  "path",
  "folder",
  "name",
  "extension",
  "page",
  "collection",
  "prefix",
];

/** The default template: collection and prefix first, the page last, where they exist. */
export const defaultTemplate = "[{collection}/][{prefix}]{path}[-{page}]";

/**
 * Parses a template: text, `{placeholder}`, and groups in brackets, `[-{page}]`. Adds a sentence to `faults` for
 * everything that is wrong with it.
 */
export function parseTemplate(template: string, faults: string[]): Template {
  const wrong = (what: string) => faults.push(`the identifier template ${JSON.stringify(template)} ${what}`);
  const groups = template.match(/\[[^[\]]*\]|[^[\]]+/g) ?? [];
  if (groups.join("") !== template) wrong("has unbalanced brackets");
  const parsed = groups.map((group) => {
    const isOptional = group.startsWith("[");
    const content = isOptional ? group.slice(1, -1) : group;
    const parts = (content.match(/\{[^{}]*\}|[^{}]+|[{}]/g) ?? []).map((part): TemplatePart => {
      const placeholder = placeholders.find((known) => part === `{${known}}`);
      if (placeholder !== undefined) return { placeholder };
      if (/[{}]/.test(part)) wrong(`has ${part}, but the only placeholders are {${listWords(placeholders, "and")}}`);
      else if (!/^[\p{L}\p{N}\p{M}._~:/-]+$/u.test(part))
        wrong(`may only contain letters, digits and . _ ~ : / - as text`);
      return { text: part };
    });
    return { parts, isOptional };
  });
  const used = new Set(parsed.flatMap(({ parts }) => parts.map((part) => "placeholder" in part && part.placeholder)));
  if (!used.has("path") && !used.has("name")) wrong("needs {path} or {name} to tell files apart");
  return { groups: parsed };
}

/** Returns whether a template uses a placeholder. */
export function usesPlaceholder(template: Template, placeholder: keyof TemplateValues): boolean {
  return template.groups.some(({ parts }) =>
    parts.some((part) => "placeholder" in part && part.placeholder === placeholder),
  );
}

/**
 * Returns the identifier that a template makes from values. Every character other than a letter, a digit or one of `. _
 * ~ -` becomes `-`; letters are kept, in composed form (NFC); dots and hyphens at either end of a path segment are
 * dropped, so that no segment starts with a dot. Empty when nothing is left.
 */
export function formatTemplate(template: Template, values: TemplateValues): string {
  const text = template.groups
    .filter(
      ({ parts, isOptional }) =>
        !isOptional || parts.every((part) => !("placeholder" in part) || values[part.placeholder] !== ""),
    )
    .flatMap(({ parts }) => parts.map((part) => ("text" in part ? part.text : safeValue(part.placeholder, values))))
    .join("");
  return text
    .split("/")
    .filter((segment) => segment !== "")
    .join("/")
    .normalize("NFC");
}

/** Collection and prefix were checked when they were given, and may end in a separator; the rest comes from file names. */
function safeValue(placeholder: keyof TemplateValues, values: TemplateValues): string {
  const value = values[placeholder].normalize("NFC");
  if (placeholder === "collection" || placeholder === "prefix") return value;
  return value
    .split("/")
    .map((segment) => segment.replace(/[^\p{L}\p{N}\p{M}._~-]+/gu, "-").replace(/^[.-]+|[.-]+$/g, ""))
    .filter((segment) => segment !== "")
    .join("/");
}

/** The service settings that decide which master an identifier means. */
export interface Naming extends Pick<Config, "keyTemplate" | "pageSuffix"> {
  /** Prefixes of identifiers whose masters the service reads from elsewhere. */
  readonly elsewhere?: readonly string[];
}

/** Returns the prefix by which the master of an identifier is on another server; undefined where it is in the bucket. */
export function prefixElsewhere(identifier: string, { elsewhere = [] }: Pick<Naming, "elsewhere">): string | undefined {
  return elsewhere.find((prefix) => identifier.startsWith(prefix));
}

/**
 * Returns the key of the master that the service will look for under an identifier, or what is wrong with the
 * identifier, phrased to follow it.
 */
export function checkIdentifier(
  identifier: string,
  naming: Naming,
): { readonly key: string } | { readonly fault: string } {
  if (identifier === "") return { fault: "has no letter or digit to make an identifier from" };
  const shown = identifier.length > 80 ? `${identifier.slice(0, 80)}…` : identifier;
  if (hasHiddenSegment(identifier)) {
    return { fault: `would be ${shown}, with a segment that starts with a dot, which the service answers with 404` };
  }
  try {
    const read = identifierOf(identifier);
    const reserved = reservedFault(read);
    if (reserved !== undefined) return { fault: `would be ${shown}: ${reserved}` };
    const { key } = nameMaster(read, { ...naming, pageSuffix: "" });
    const asked = nameMaster(read, naming);
    const there = prefixElsewhere(identifier, naming);
    if (there !== undefined) {
      return { fault: `would be ${shown}, which the service reads from elsewhere: ORIGINS has a rule for ${there}` };
    }
    return asked.key === key
      ? { key }
      : { fault: `would be ${shown}, which means page ${asked.page} of another identifier` };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const reason = error.code === "not-found" ? "its key is longer than 1024 bytes" : error.message.replace(/\.$/, "");
    return { fault: `would be ${shown}: ${reason}` };
  }
}

/** What the key of the longest record of an image has besides its identifier. */
const recordBytes = Math.max(moveKeyBytes, recordKey("").length);

/**
 * Says what is wrong with an identifier as the name of a whole image, phrased to follow a colon; undefined if nothing is.
 */
export function identifierFault(identifier: string, naming: Naming): string | undefined {
  if (hasHiddenSegment(identifier)) return "a part of it starts with a dot, under which no image is served";
  try {
    const read = identifierOf(identifier);
    const reserved = reservedFault(read);
    if (reserved !== undefined) return reserved;
    const { name, page, ending } = dividePage(read, naming.pageSuffix);
    if (ending !== "") return `it is page ${page} of ${name}: name the image`;
    nameMaster(read, naming);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return error.code === "not-found" ? tooLong : error.message.replace(/^The identifier/, "it").replace(/\.$/, "");
  }
  return Buffer.byteLength(identifier) + recordBytes > maxKeyBytes ? tooLong : undefined;
}

/** Says of a text that stands in addresses for what is asked of an image that no image is called so. */
function reservedFault(identifier: Identifier): string | undefined {
  return isReserved(identifier)
    ? "it has ;max=, ;exp= or ;sig= in it, which say in an address how much of an image is asked for"
    : undefined;
}

const tooLong = "it is too long for the key of an object";
