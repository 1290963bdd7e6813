/** The members of an object that JSON.parse gave, each read as what it has to be. All throw a TypeError for anything else. */
export interface JsonFields {
  /** Reads a whole number from 0 on that a double holds exactly. */
  whole(name: string): number;
  /** Reads a finite number. */
  number(name: string): number;
  flag(name: string): boolean;
  text(name: string): string;
  /** Reads one of some values. */
  choice<const Value extends string | number>(name: string, values: readonly Value[]): Value;
  fields(name: string): JsonFields;
  list(name: string): readonly unknown[];
  /** Says whether there is such a member: JSON leaves out what is undefined. */
  has(name: string): boolean;
}

/** Returns the members of a value, which has to be an object. Throws a TypeError. */
export function jsonFields(value: unknown): JsonFields {
  if (typeof value !== "object" || value === null) throw new TypeError("not an object");
  const members = value as Readonly<Record<string, unknown>>;
  const has = (name: string): boolean => Object.hasOwn(members, name);
  const read = <T>(name: string, isRight: (member: unknown) => member is T): T => {
    const member = has(name) ? members[name] : undefined;
    if (!isRight(member)) throw new TypeError(`${name} is not what it has to be`);
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
