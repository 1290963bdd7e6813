import type { Member } from "../catalogue/collection.ts";
import { type Addresses, pieceUri } from "./addresses.ts";
import { formatMember } from "./collection.ts";
import { given, type Json } from "./json.ts";

/** An object in which something was found, with pieces of text in which the words are marked. */
export interface MarkedObject {
  readonly member: Member;
  readonly snippets: readonly {
    /** The page that it is on; undefined for what is known of the object. */
    readonly page: string | undefined;
    readonly text: string;
    /** From and to, in UTF-16 units. */
    readonly found: readonly (readonly [number, number])[];
  }[];
}

/** An answer to a search in all objects. */
export interface CatalogueAnswer {
  /** As it was asked for. */
  readonly q: string;
  readonly from: number;
  readonly next: number | undefined;
  readonly total: number;
  readonly isCapped: boolean;
  readonly objects: readonly MarkedObject[];
  readonly ignored: readonly string[];
}

/** Returns the objects in which something was found, as a collection has them, with pieces of text. No standard says how. */
export function formatCatalogueHits(addresses: Addresses, answer: CatalogueAnswer): Json {
  const { q, from, next, total, isCapped, objects, ignored } = answer;
  return {
    id: catalogueUri(addresses, q, from),
    q,
    total,
    isTotalExact: !isCapped,
    ...given("ignored", ignored),
    ...given("next", next === undefined ? undefined : catalogueUri(addresses, q, next)),
    items: objects.map(({ member, snippets }) => ({
      ...formatMember(addresses, member),
      snippets: snippets.map(({ page, text, found }) => ({
        ...given("canvas", page && pieceUri(addresses, "canvas", { object: member.key, key: page })),
        text,
        found,
      })),
    })),
  };
}

function catalogueUri({ base }: Addresses, q: string, from: number): string {
  return `${base}/presentation/search?q=${encodeURIComponent(q)}${from === 0 ? "" : `&from=${from}`}`;
}
