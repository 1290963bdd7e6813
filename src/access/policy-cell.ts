import * as v from "valibot";
import { accessForms, namePattern } from "./access.ts";
import { formatPolicy, mostRedactions, type Policy, type PolicyJson, policyEntries } from "./policy.ts";

/** A part of a policy as people write it, in a cell of a table or as an option of a command. */
export interface PolicyCell {
  /** The name of the column. */
  readonly column: string;
  readonly field: keyof Policy;
  /** What its text has to be, to follow `not`. */
  readonly wanted: string;
}

const date = "a date such as 2031-01-01 or 2031-01-01T09:00:00Z";

/** The parts of a policy, in the order in which tables have them. */
export const policyCells: readonly PolicyCell[] = [
  { column: "access", field: "access", wanted: accessForms },
  { column: "embargo", field: "embargo", wanted: date },
  { column: "embargo_access", field: "embargoAccess", wanted: accessForms },
  { column: "open_until", field: "openUntil", wanted: date },
  { column: "public_size", field: "publicSize", wanted: "a whole number of pixels from 1 to 1000000" },
  {
    column: "redact",
    field: "redactions",
    wanted: `rectangles x,y,w,h of pixels, at most ${mostRedactions} with ; between`,
  },
  { column: "watermark", field: "watermark", wanted: "a name of lower case letters, digits and hyphens" },
];

/** Reads a part of a policy from text, as JSON of a policy is read; undefined for a text that is not what is wanted. */
export function readPolicyCell({ field }: PolicyCell, text: string): Policy | undefined {
  const schema: v.GenericSchema<unknown, unknown> = v.object({ [field]: policyEntries[field] });
  const read = v.safeParse(schema, { [field]: jsonOf(field, text) });
  return read.success ? (read.output as Policy) : undefined;
}

/** Returns the text that `readPolicyCell` reads; undefined where the policy does not state this part. */
export function formatPolicyCell({ field }: PolicyCell, policy: Policy): string | undefined {
  const value = (formatPolicy(policy) as PolicyJson)[field];
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.map((rectangle) => rectangle.join(",")).join(";") : String(value);
}

function jsonOf(field: keyof Policy, text: string): unknown {
  switch (field) {
    case "publicSize":
      return wholeNumber(text);
    case "redactions":
      return text
        .split(";")
        .filter((part) => part.trim() !== "")
        .map((part) => part.split(",").map(wholeNumber));
    case "watermark":
      return namePattern.test(text) ? text : undefined;
    default:
      return text;
  }
}

function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
}
