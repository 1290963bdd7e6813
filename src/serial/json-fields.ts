/**
 * The members of an object from JSON.parse, each read as a required type. All methods throw a TypeError for anything
 * else.
 */
export interface JsonFields {
  /** Reads an integer from 0 that a double holds exactly. */
  whole(name: string): number;
  /** Reads a finite number. */
  number(name: string): number;
  flag(name: string): boolean;
  text(name: string): string;
  /** Reads one of the given values. */
  choice<const Value extends string | number>(name: string, values: readonly Value[]): Value;
  fields(name: string): JsonFields;
  list(name: string): readonly unknown[];
  /** Returns whether there is such a member: JSON leaves out undefined values. */
  has(name: string): boolean;
}

/** Returns the members of a value, which must be an object. Throws a TypeError. */
export function jsonFields(value: unknown): JsonFields {
  if (typeof value !== "object" || value === null) throw new TypeError("not an object");
  const members = value as Readonly<Record<string, unknown>>;
  const has = (name: string): boolean => Object.hasOwn(members, name);
  const read = <T>(name: string, isRight: (member: unknown) => member is T): T => {
    const member = has(name) ? members[name] : undefined;
    if (!isRight(member)) throw new TypeError(`${name} has the wrong type`);
    return member;
  };
  return {
    whole: (name) => read(name, (member): member is number => Number.isSafeInteger(member) && (member as number) >= 0),
    number: (name) => read(name, (member): member is number => Number.isFinite(member)),
    flag: (name) => read(name, (member) => typeof member === "boolean"),
    text: (name) => read(name, (member) => typeof member === "string"),
    choice: <const Value extends string | number>(name: string, values: readonly Value[]): Value =>
      read(name, (member): member is Value => values.some((value) => value === member)),
    fields: (name) => jsonFields(read(name, (member): member is object => typeof member === "object")),
    list: (name) => read(name, (member): member is readonly unknown[] => Array.isArray(member)),
    has,
  };
}
