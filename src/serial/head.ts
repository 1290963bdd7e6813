import { concatenate } from "../bytes.ts";
import { maxRecordHeadBytes } from "../limits.ts";
import { type JsonFields, jsonFields } from "./json-fields.ts";

/** The parsed head of a record, and where the bytes after it start. */
export interface RecordHead {
  readonly fields: JsonFields;
  readonly end: number;
}

/** Formats the head of a record, which comes before its bytes: its length (u32, little-endian), and JSON. */
export function formatHead(head: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.byteLength, true);
  return concatenate([length, json]);
}

/** Reads what `formatHead` wrote. Throws a TypeError, RangeError or SyntaxError for anything else. */
export function readHead(bytes: Uint8Array): RecordHead {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  if (end > Math.min(bytes.byteLength, 4 + maxRecordHeadBytes)) throw new RangeError("the head is too long");
  return { fields: jsonFields(JSON.parse(new TextDecoder().decode(bytes.subarray(4, end)))), end };
}
