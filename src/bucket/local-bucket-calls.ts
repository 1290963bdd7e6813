import type { Statement } from "../search/index-entries.ts";
import type { Row } from "../search/search-index.ts";
import type { ByteRange, ObjectHeaders, ObjectPage, ReadObject, StoredObject, StoredPart } from "./bucket.ts";

/** The calls that the process of the local buckets answers: what each takes and gives. */
export interface LocalCalls {
  readonly open: (options: { readonly configFile: string; readonly stateFolder: string }) => undefined;
  readonly head: (options: LocalObject) => StoredObject | undefined;
  readonly get: (options: LocalObject) => ReadObject | undefined;
  readonly put: (options: LocalPut) => string;
  readonly create: (options: LocalPut) => string | undefined;
  readonly replace: (options: LocalPut & { readonly etag: string }) => string | undefined;
  readonly readRange: (options: LocalObject & ByteRange) => Uint8Array;
  readonly list: (options: LocalList) => ObjectPage;
  readonly deleteAll: (options: LocalObjects) => undefined;
  readonly startParts: (options: LocalObject & { readonly headers: ObjectHeaders }) => string;
  readonly putPart: (options: LocalPart) => StoredPart;
  readonly complete: (options: { readonly uploadId: string; readonly parts: readonly StoredPart[] }) => string;
  readonly search: (options: { readonly statements: readonly Statement[] }) => readonly (readonly Row[])[];
  readonly abort: (options: { readonly uploadId: string }) => undefined;
}

/** A bucket that wrangler.toml declares, by its binding. */
export type LocalBinding = "MASTERS" | "CATALOGUE" | "DERIVATIVES";

/** An object of a local bucket. */
export interface LocalObject {
  readonly binding: LocalBinding;
  readonly key: string;
}

/** Some objects of a local bucket. */
export interface LocalObjects {
  readonly binding: LocalBinding;
  readonly keys: readonly string[];
}

/** Which objects of a local bucket are listed. */
export interface LocalList {
  readonly binding: LocalBinding;
  readonly prefix: string;
  readonly after: string | undefined;
}

/** An object stored at once. */
export interface LocalPut extends LocalObject {
  readonly bytes: Uint8Array;
  readonly md5: string;
  readonly headers: ObjectHeaders;
}

/** A part of an upload that was started. */
export interface LocalPart {
  readonly uploadId: string;
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** The name of a call. */
export type LocalCall = keyof LocalCalls;

/** What is sent to the process. */
export interface LocalQuestion {
  readonly id: number;
  readonly call: LocalCall;
  readonly options: unknown;
}

/** What it sends back, with the number of the question. */
export type LocalAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: string };
