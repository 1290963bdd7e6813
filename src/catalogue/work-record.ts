import * as v from "valibot";
import { ImageError } from "../error.ts";
import { formatRecordJson } from "./record-json.ts";
import { type Entry, type Work, workSchema } from "./work.ts";

/** Returns the key, in the catalogue, of the record of an object. */
export function workKey(object: string): string {
  return `objects/${object}.json`;
}

/** Returns the record of an object as it is stored. */
export function formatWork(work: Work): Uint8Array {
  return new TextEncoder().encode(formatRecordJson(work));
}

/** Reads the record of an object. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parseWork(bytes: Uint8Array, key: string): Work {
  const work = parseRecord(bytes, { name: workKey(key), schema: workSchema });
  const fault = work.key === key ? faultOfKeys(work) : `it is the record of ${work.key}`;
  if (fault !== undefined) throw malformed(workKey(key), fault);
  return work;
}

/** What a record is read as. */
export interface RecordKind<Kind> {
  /** Its key in the catalogue. */
  readonly name: string;
  readonly schema: v.GenericSchema<unknown, Kind>;
}

/** Reads a record that is JSON. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parseRecord<Kind>(bytes: Uint8Array, { name, schema }: RecordKind<Kind>): Kind {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw malformed(name, "it is not JSON in UTF-8");
  }
  const read = v.safeParse(schema, json, { abortEarly: true });
  if (read.success) return read.output;
  const [issue] = read.issues;
  throw malformed(name, `${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
}

function malformed(name: string, fault: string): ImageError {
  return new ImageError("record-malformed", "The record of this object is damaged.", { detail: `${name}: ${fault}` });
}

/** Says what is wrong with the keys of pages and entries; undefined if nothing is. */
function faultOfKeys({ pages, thumbnail, start, contents }: Work): string | undefined {
  const keys = new Set(pages.map(({ key }) => key));
  if (keys.size < pages.length) return "two pages have one key";
  const entries = contents.flatMap(allEntries);
  if (new Set(entries.map(({ key }) => key)).size < entries.length) return "two entries of the contents have one key";
  const empty = entries.find((entry) => entry.pages.length + entry.entries.length === 0);
  if (empty !== undefined) return `the entry ${empty.key} of the contents has nothing in it`;
  const named = [thumbnail, start, ...entries.flatMap(({ pages }) => pages)];
  const lost = named.find((key) => key !== undefined && !keys.has(key));
  return lost === undefined ? undefined : `it names the page ${lost}, which it does not have`;
}

function allEntries(entry: Entry): readonly Entry[] {
  return [entry, ...entry.entries.flatMap(allEntries)];
}
