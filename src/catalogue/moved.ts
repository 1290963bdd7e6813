import * as v from "valibot";
import { parseRecord } from "./work-record.ts";

/** Where an image has gone that is no longer found under an identifier: to another one, or for good. */
export interface Move {
  /** Decoded, without a page. */
  readonly identifier: string;
  /** The identifier that it has now; undefined where the image is gone. */
  readonly to?: string;
}

/** The identifiers that lead to one: what has to be changed when it moves on. */
export interface Origins {
  readonly identifier: string;
  readonly from: readonly string[];
}

const text = v.pipe(v.string(), v.minLength(1));

const moveSchema: v.GenericSchema<unknown, Move> = v.object({ identifier: text, to: v.exactOptional(text) });
const originsSchema: v.GenericSchema<unknown, Origins> = v.object({ identifier: text, from: v.array(text) });

/** What the key of a move has besides its identifier: `moved-from/` and `.json`, the longer of both. */
export const moveKeyBytes = "moved-from/.json".length;

/** Returns the key, in the catalogue, of the record that says where an image has gone. */
export function moveKey(identifier: string): string {
  return `moved/${identifier}.json`;
}

/** Returns the key, in the catalogue, of the record of the identifiers that lead to one. */
export function originsKey(identifier: string): string {
  return `moved-from/${identifier}.json`;
}

/** Reads where an image has gone. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parseMove(bytes: Uint8Array, identifier: string): Move {
  return parseRecord(bytes, { name: moveKey(identifier), schema: moveSchema });
}

/** Reads which identifiers lead to one; none without a record. Throws `record-malformed`. */
export function parseOrigins(bytes: Uint8Array | undefined, identifier: string): readonly string[] {
  return bytes === undefined ? [] : parseRecord(bytes, { name: originsKey(identifier), schema: originsSchema }).from;
}

/** Returns a move, or the origins of an identifier, as it is stored. */
export function formatMoveRecord(record: Move | Origins): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record));
}
