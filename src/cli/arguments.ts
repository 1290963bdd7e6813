import { parseArgs } from "node:util";
import { type OptionTable, suggest } from "../settings/values.ts";

/** Spells the name of an option as a command line does: `keepProfile` as `--keep-profile`. */
export function spellOption(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Arguments taken apart. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** By camelCase name; what a table does not know is a fault already and not in here. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly faults: string[];
}

/** Takes arguments apart. `--no-` in front of an option without a value says no; of one given twice the last counts, unless it repeats. */
export function readArguments(args: readonly string[], table: OptionTable): Arguments {
  const names = new Map(Object.keys(table).map((name) => [spellOption(name).slice(2), name]));
  const takesValue = (name: string) => table[name]?.kind.placeholder !== undefined;
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      help: { type: "boolean", short: "h" },
      ...Object.fromEntries(
        [...names].map(([spelt, name]) => [spelt, { type: takesValue(name) ? "string" : "boolean" } as const]),
      ),
    },
  });
  const positionals: string[] = [];
  const given: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help") given.help = true;
    else {
      const denied = token.name.startsWith("no-") ? names.get(token.name.slice(3)) : undefined;
      const name = names.get(token.name);
      if (name !== undefined && takesValue(name)) {
        if (token.value === undefined || token.value.startsWith("-")) faults.push(`${token.rawName} needs a value`);
        else given[name] = table[name]?.kind.repeats === true ? [given[name] ?? [], token.value].flat() : token.value;
      } else if (name !== undefined || (denied !== undefined && !takesValue(denied))) {
        if (token.value !== undefined) faults.push(`${token.rawName} takes no value`);
        else given[name ?? denied ?? ""] = name !== undefined;
      } else
        faults.push(
          `${token.rawName} is not known${suggest(
            token.rawName,
            [...names.keys()].map((spelt) => `--${spelt}`),
          )}`,
        );
    }
  }
  return { positionals, given, faults };
}
