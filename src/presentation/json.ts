/** An object of JSON-LD under way. Its keys come out in the order in which they were given. */
export type Json = Readonly<Record<string, unknown>>;

/** Returns the entry of an object if there is a value and it is not an empty array; nothing otherwise. */
export function given(key: string, value: unknown): Json {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [key]: value };
}

/**
 * Returns an array if there is something in it; undefined otherwise. A value of undefined is left out when a document is
 * written: where thousands of objects are made, that costs less than `given`. Source: bench/README.md.
 */
export function filled<Value>(values: readonly Value[] | undefined): readonly Value[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}

/** A value that is made when its document is written as text. */
export interface Deferred {
  readonly toJSON: () => Json;
}

/**
 * Returns the entries of a long list, each made when the document is written: memory holds one of them at a time, not the
 * canvases of a whole book.
 */
export function deferred<Part>(
  parts: readonly Part[],
  format: (part: Part, index: number) => Json,
): readonly Deferred[] {
  return parts.map((part, index) => ({ toJSON: () => format(part, index) }));
}
