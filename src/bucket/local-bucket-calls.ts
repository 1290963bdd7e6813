import type { ObjectHeaders, StoredObject, StoredPart } from "./bucket.ts";

/** The calls that the process of the local bucket answers: what each takes and gives. */
export interface LocalCalls {
  readonly open: (options: { readonly configFile: string; readonly stateFolder: string }) => undefined;
  readonly head: (options: { readonly key: string }) => StoredObject | undefined;
  readonly put: (options: LocalPut) => string;
  readonly startParts: (options: { readonly key: string; readonly headers: ObjectHeaders }) => string;
  readonly putPart: (options: LocalPart) => StoredPart;
  readonly complete: (options: { readonly uploadId: string; readonly parts: readonly StoredPart[] }) => string;
  readonly abort: (options: { readonly uploadId: string }) => undefined;
}

/** An object stored at once. */
export interface LocalPut {
  readonly key: string;
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
