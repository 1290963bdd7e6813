import { begunName, listWords, nearestName } from "../spelling.ts";

/** An accepted value, or what is wrong with it, phrased to follow the name of its option. */
export type Checked<Value> = { readonly value: Value } | { readonly fault: string };

/** A kind of value that an option takes, either as text from a command line or typed from a configuration file. */
export interface ValueKind<Value> {
  /** Stands for the value in help texts; undefined for options without a value. */
  readonly placeholder: string | undefined;
  /** Whether it may be given several times on a command line: the values are checked as a list. */
  readonly repeats?: true;
  readonly check: (given: unknown) => Checked<Value>;
}

/** The values of a table of options by name; an option that was not given is absent. */
export type ValuesOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: Table[Name] extends { readonly kind: ValueKind<infer Value> } ? Value : never;
};

/** Options by name in camelCase; a command line spells them in kebab-case. */
export type OptionTable = Readonly<Record<string, { readonly kind: ValueKind<unknown>; readonly help: string }>>;

/** Returns a kind that accepts one of the given words. */
export function choice<const Word extends string>(...words: readonly Word[]): ValueKind<Word> {
  return {
    placeholder: words.join("|"),
    check: (given) => {
      const value = words.find((word) => word === given);
      return value === undefined ? { fault: `is ${quote(given)}, not ${listWords(words, "or")}` } : { value };
    },
  };
}

/** Returns a kind that accepts one of the given numbers. */
export function numberChoice<const Number_ extends number>(...numbers: readonly Number_[]): ValueKind<Number_> {
  return {
    placeholder: numbers.join("|"),
    check: (given) => {
      const value = numbers.find((number) => number === given || String(number) === given);
      return value === undefined ? { fault: `is ${quote(given)}, not ${listWords(numbers, "or")}` } : { value };
    },
  };
}

/** Returns a kind that accepts a whole number in a range. */
export function integer({ least, most }: { readonly least: number; readonly most: number }): ValueKind<number> {
  return {
    placeholder: "NUMBER",
    check: (given) => {
      const value = typeof given === "string" && /^\d{1,9}$/.test(given) ? Number(given) : given;
      return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
        ? { value }
        : { fault: `is ${quote(given)}, not a whole number from ${least} to ${most}` };
    },
  };
}

/** The kind that is an age in whole days: `90d`. */
export const days: ValueKind<number> = {
  placeholder: "DAYS",
  check: (given) => {
    const number = /^(\d{1,5})d?$/.exec(String(given))?.[1];
    return number === undefined || Number(number) < 1
      ? { fault: `is ${quote(given)}, not a number of days such as 90d` }
      : { value: Number(number) };
  },
};

/** The kind that is a time until now, in hours: `24h`, `7d`. */
export const span: ValueKind<number> = {
  placeholder: "TIME",
  check: (given) => {
    const [, number, unit] = /^(\d{1,5})([hd])$/.exec(String(given)) ?? [];
    return number === undefined || Number(number) < 1
      ? { fault: `is ${quote(given)}, not a time such as 24h or 7d` }
      : { value: Number(number) * (unit === "d" ? 24 : 1) };
  },
};

/** The kind that is a share in hundredths: `10%`, `0.5%`. */
export const percent: ValueKind<number> = {
  placeholder: "N%",
  check: (given) => {
    const value = Number(/^(\d{1,3}(?:\.\d{1,4})?)%?$/.exec(String(given))?.[1]);
    return value > 0 && value <= 100 ? { value } : { fault: `is ${quote(given)}, not a share such as 10%` };
  },
};

/** The kind that is an amount, also of millions: `10e6`, `2500000`. */
export const amount: ValueKind<number> = {
  placeholder: "NUMBER",
  check: (given) => {
    const value = /^\d{1,15}(?:\.\d{1,6})?(?:e\d{1,2})?$/i.test(String(given)) ? Number(given) : Number.NaN;
    return value > 0 && value <= 1e15 ? { value } : { fault: `is ${quote(given)}, not a number such as 10e6` };
  },
};

/** The kind that is a part of a whole: `0.95`, `95%`. */
export const part: ValueKind<number> = {
  placeholder: "0.95",
  check: (given) => {
    const [, number, isPercent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(String(given)) ?? [];
    const value = number === undefined ? Number.NaN : Number(number) / (isPercent === "%" ? 100 : 1);
    return value >= 0 && value <= 1 ? { value } : { fault: `is ${quote(given)}, not a part of one such as 0.95` };
  },
};

/** Returns a kind that accepts a list of values of another kind, separated by commas on a command line, or as it is said. */
export function list<Value>(of: ValueKind<Value>, separator = ","): ValueKind<readonly Value[]> {
  return {
    placeholder: `${of.placeholder}${separator}…`,
    check: (given) => {
      const parts: readonly unknown[] =
        typeof given === "string" ? given.split(separator) : Array.isArray(given) ? given : [];
      if (parts.length === 0) return { fault: `is ${quote(given)}, not a list` };
      const values: Value[] = [];
      for (const part of parts) {
        const checked = of.check(typeof part === "string" ? part.trim() : part);
        if ("fault" in checked) return { fault: `has an entry that ${checked.fault}` };
        values.push(checked.value);
      }
      return { value: values };
    },
  };
}

/** Returns a kind that accepts text that matches a pattern; `meaning` describes it, after "not". */
export function text(placeholder: string, shape: RegExp = /\S/, meaning = "text"): ValueKind<string> {
  return {
    placeholder,
    check: (given) =>
      typeof given === "string" && shape.test(given)
        ? { value: given }
        : { fault: `is ${quote(given)}, not ${meaning}` },
  };
}

/** The kind that is true or false; on a command line its presence is true. */
export const flag: ValueKind<boolean> = {
  placeholder: undefined,
  check: (given) =>
    typeof given === "boolean" ? { value: given } : { fault: `is ${quote(given)}, not true or false` },
};

/** How the values of a table are checked. */
export interface ValueCheck {
  /** Takes a sentence for each value that is wrong. */
  readonly faults: string[];
  /** Returns a name as it was given. */
  readonly spell: (name: string) => string;
  /** Names beside those of the table that may have been meant. */
  readonly further?: readonly string[];
}

/** Returns the end of a sentence on a name that is not known: the one that may be meant, if there is one. */
export function suggest(given: string, known: readonly string[]): string {
  const meant = nearestName(given, known) ?? begunName(given, known);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/**
 * Checks the values given for the options of a table and adds a sentence to `faults` for each that is wrong; unknown
 * names are wrong too.
 */
export function checkValues<Table extends OptionTable>(
  table: Table,
  given: Readonly<Record<string, unknown>>,
  { faults, spell, further = [] }: ValueCheck,
): ValuesOf<Table> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(table, name) ? table[name] : undefined;
    if (option === undefined) {
      faults.push(`${spell(name)} is not known${suggest(name, [...Object.keys(table), ...further])}`);
      continue;
    }
    const checked = option.kind.check(value);
    if ("fault" in checked) faults.push(`${spell(name)} ${checked.fault}`);
    else values[name] = checked.value;
  }
  return values as ValuesOf<Table>;
}

function quote(given: unknown): string {
  return JSON.stringify(given) ?? String(given);
}
