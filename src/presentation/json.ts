/** An object of JSON-LD under way. Its keys come out in the order in which they were given. */
export type Json = Readonly<Record<string, unknown>>;

/** Returns the entry of an object if there is a value and it is not an empty array; nothing otherwise. */
export function given(key: string, value: unknown): Json {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [key]: value };
}
