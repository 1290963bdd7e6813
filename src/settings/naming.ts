import { isReserved } from "../access/asked-image.ts";
import { recordKey } from "../catalogue/image-records.ts";
import { moveKeyBytes } from "../catalogue/moved.ts";
import type { Config } from "../config.ts";
import { ImageError } from "../error.ts";
import { hasHiddenSegment, type Identifier, identifierOf } from "../identity/identifier.ts";
import { dividePage, maxKeyBytes, nameMaster } from "../identity/master-name.ts";

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
