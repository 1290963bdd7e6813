import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FuzzCase } from "./target.ts";

/** A case that ended as none may. */
export interface Find {
  readonly target: string;
  readonly fault: string;
  readonly form: unknown;
  /** Which case of which seed it was. */
  readonly seed: number;
  readonly index: number;
  /** What it should end as, written by hand where that is known: `ok`, or the code of a refusal. */
  readonly outcome?: string;
  /** The name of the file with its bytes, beside this one. */
  readonly file: string;
}

/** Where finds are kept for good. */
export const findsFolder: string = resolve(import.meta.dirname, "../hostile/finds");

/** Writes a find as two files, its bytes and what replays them; returns the path of the latter. */
export function writeFind(
  folder: string,
  find: Omit<Find, "file">,
  { bytes, extension }: { readonly bytes: Uint8Array; readonly extension: string },
): string {
  mkdirSync(folder, { recursive: true });
  const digest = createHash("sha256").update(bytes).update(JSON.stringify(find.form)).digest("hex").slice(0, 10);
  const file = `${find.target}-${digest}.${extension}`;
  const path = join(folder, `${find.target}-${digest}.json`);
  writeFileSync(join(folder, file), bytes);
  writeFileSync(path, `${JSON.stringify({ ...find, file } satisfies Find, undefined, 2)}\n`);
  return path;
}

/** Reads a find and the case it was. */
export function readFind(path: string): { readonly find: Find; readonly fuzzCase: FuzzCase } {
  const find = JSON.parse(readFileSync(path, "utf8")) as Find;
  const bytes = new Uint8Array(readFileSync(resolve(path, "..", find.file)));
  return { find, fuzzCase: { bytes, form: find.form } };
}

/** Lists the finds of a folder by the paths of what replays them; none where there is no folder. */
export function listFinds(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.toSorted().map((name) => join(folder, name));
}

/** Returns what is alike in faults that have one cause: all but the numbers. */
export function causeOf(fault: string): string {
  return fault.replaceAll(/\d+/g, "0");
}
