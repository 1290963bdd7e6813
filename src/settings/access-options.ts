import type { Policy } from "../access/policy.ts";
import { formatPolicyCell, type PolicyCell, policyCells, readPolicyCell } from "../access/policy-cell.ts";
import { parseDate } from "../access/policy-date.ts";
import { bucketOptions, runOptions, serviceOption } from "./options.ts";
import { flag, integer, type OptionTable, text, type ValueKind, type ValuesOf } from "./values.ts";

/** The longest time for which an address is signed, in seconds: a year and a day. */
export const mostSignedSeconds = 366 * 86_400;

/** A part of a policy, read as a cell of a table is. */
function part(field: keyof Policy, placeholder: string): ValueKind<Policy> {
  const cell = policyCells.find((one) => one.field === field) as PolicyCell;
  return {
    placeholder,
    check: (given) => {
      const value = readPolicyCell(cell, String(given));
      return value === undefined ? { fault: `is ${JSON.stringify(given)}, not ${cell.wanted}` } : { value };
    },
  };
}

/** Rectangles of which each may be given by itself. */
const rectangles: ValueKind<Policy> = {
  ...part("redactions", "X,Y,W,H"),
  repeats: true,
  check: (given) => part("redactions", "").check(Array.isArray(given) ? given.join(";") : given),
};

const moment: ValueKind<number> = {
  placeholder: "DATE",
  check: (given) => {
    const date = parseDate(String(given));
    return date === undefined
      ? { fault: `is ${JSON.stringify(given)}, not a date such as 2031-01-01 or 2031-01-01T09:00:00Z` }
      : { value: date.at };
  },
};

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

const time: ValueKind<number> = {
  placeholder: "TIME",
  check: (given) => {
    const [, number, unit = ""] = /^(\d{1,6})([mhd])$/.exec(String(given)) ?? [];
    const seconds = Number(number) * (unitSeconds[unit] ?? Number.NaN);
    return seconds >= 1 && seconds <= mostSignedSeconds
      ? { value: seconds }
      : { fault: `is ${JSON.stringify(given)}, not a time such as 30m, 8h or 7d, up to 366d` };
  },
};

/** The options that state a policy, by the field that each states. */
export const policyOptions = {
  access: { kind: part("access", "WHO"), help: "open, closed, hidden, signed, network:NAME, click:NAME, role:NAME" },
  embargo: { kind: part("embargo", "DATE"), help: "kept from people until then" },
  embargoAccess: { kind: part("embargoAccess", "WHO"), help: "who may see it during the embargo (closed)" },
  openUntil: { kind: part("openUntil", "DATE"), help: "closed from then on" },
  publicSize: { kind: part("publicSize", "PIXELS"), help: "longest side of what all others see instead" },
  redact: { kind: rectangles, help: "a rectangle that nobody sees, in pixels of the image; may be repeated" },
  watermark: { kind: part("watermark", "NAME"), help: "put over it, as rules.json describes it" },
} as const satisfies OptionTable;

/** What `access` takes; each verb takes some of it. */
export const accessOptions = {
  ...policyOptions,
  clear: { kind: flag, help: "set: take away what was stated before" },
  prefix: { kind: text("TEXT"), help: "set: the images whose identifiers start so" },
  allObjects: { kind: flag, help: "set: find all objects that show them, by reading every one" },
  as: { kind: text("WHO"), help: "test: anybody, network:ADDRESS, click:NAME, role:NAME or signed (anybody)" },
  at: { kind: moment, help: "test: at another time than now" },
  ...bucketOptions,
  service: serviceOption,
  dryRun: { kind: flag, help: "set: say what would change, and write nothing" },
  json: runOptions.json,
  config: runOptions.config,
} as const satisfies OptionTable;

/** What `sign` takes. */
export const signOptions = {
  for: { kind: time, help: "how long the address holds: 30m, 8h, 7d, up to 366d" },
  until: { kind: moment, help: "until when it holds, in place of --for" },
  max: { kind: integer({ least: 1, most: 1_000_000 }), help: "longest side of what is shown, in pixels" },
  list: { kind: text("FILE"), help: "identifiers, one a line" },
  url: {
    kind: text("URL", /^https?:\/\/[^\s?#]+[^\s?#/]$/, "an http or https URL without a slash at its end"),
    help: "address of the service (BASE_URL of wrangler.toml, or npm start)",
  },
  secretFile: { kind: text("FILE"), help: "holds ID:SECRET, in place of ACCESS_SECRET of the environment" },
  to: { kind: bucketOptions.to.kind, help: "local: with the secret of .dev.vars, for npm start" },
  state: bucketOptions.state,
  json: runOptions.json,
} as const satisfies OptionTable;

/** What is asked of access, as far as it was said. */
export type AccessOptions = ValuesOf<typeof accessOptions>;

/** What is signed and for how long, as far as it was said. */
export type SignOptions = ValuesOf<typeof signOptions>;

/** Returns what options state of a policy, together. */
export function statedPolicy(options: AccessOptions): Policy {
  const names = Object.keys(policyOptions) as (keyof typeof policyOptions)[];
  return Object.assign({}, ...names.map((name) => options[name] ?? {}));
}

/** Returns a policy as the options that state it. */
export function policyTexts(policy: Policy): readonly (readonly [column: string, text: string])[] {
  return policyCells.flatMap((cell) => {
    const value = formatPolicyCell(cell, policy);
    return value === undefined ? [] : [[cell.column, value] as const];
  });
}
