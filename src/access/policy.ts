import * as v from "valibot";
import { type Access, accessForms, formatAccess, namePattern, parseAccess } from "./access.ts";
import { type PolicyDate, parseDate } from "./policy-date.ts";

/** What is stated of who may see an image, by its record or by a rule for identifiers. What is not stated is open. */
export interface Policy {
  readonly access?: Access;
  /** Until then `embargoAccess` counts in place of `access`. */
  readonly embargo?: PolicyDate;
  /** Closed unless it is stated. */
  readonly embargoAccess?: Access;
  /** From then on it is closed. */
  readonly openUntil?: PolicyDate;
  /** Who may not see the image sees it reduced so that its longest side has this many pixels. */
  readonly publicSize?: number;
  /** Rectangles that nobody sees, `x,y,w,h` in pixels of the image as it is seen, at most `mostRedactions`. */
  readonly redactions?: readonly Rectangle[];
  /** The name of a watermark that rules describe. */
  readonly watermark?: string;
}

/** Left, top, width and height, in pixels of the image as it is seen. */
export type Rectangle = readonly [x: number, y: number, width: number, height: number];

/** Each of them is looked at for each tile. */
export const mostRedactions = 64;

/** Who may see something, as JSON holds it: a text that `parseAccess` reads. */
export const accessSchema = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): Access => {
    const access = parseAccess(dataset.value);
    if (access !== undefined) return access;
    addIssue({ message: `is "${dataset.value}", not ${accessForms}` });
    return NEVER;
  }),
);

const dateSchema = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): PolicyDate => {
    const date = parseDate(dataset.value);
    if (date !== undefined) return date;
    addIssue({ message: `is "${dataset.value}", not a date such as 2031-01-01 or 2031-01-01T09:00:00Z` });
    return NEVER;
  }),
);

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000));
const extent = v.pipe(count, v.minValue(1));

/** The fields of a policy as JSON holds them. */
export const policyEntries = {
  access: v.exactOptional(accessSchema),
  embargo: v.exactOptional(dateSchema),
  embargoAccess: v.exactOptional(accessSchema),
  openUntil: v.exactOptional(dateSchema),
  publicSize: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))),
  redactions: v.exactOptional(v.pipe(v.array(v.tuple([count, count, extent, extent])), v.maxLength(mostRedactions))),
  watermark: v.exactOptional(v.pipe(v.string(), v.regex(namePattern))),
};

/** A policy as JSON holds it. What it does not know it refuses: a slip of the pen would leave an image open. */
export const policySchema: v.GenericSchema<unknown, Policy> = v.pipe(
  v.custom<object>((input) => typeof input === "object" && input !== null && !Array.isArray(input), "is no object"),
  v.strictObject(policyEntries),
);

/** A policy as JSON holds it. */
export type PolicyJson = Readonly<Record<string, unknown>>;

/** Returns a policy as JSON holds it, its fields in one order. */
export function formatPolicy(policy: Policy): PolicyJson {
  const { access, embargo, embargoAccess, openUntil, publicSize, redactions, watermark } = policy;
  return Object.fromEntries(
    Object.entries({
      access: access && formatAccess(access),
      embargo: embargo?.text,
      embargoAccess: embargoAccess && formatAccess(embargoAccess),
      openUntil: openUntil?.text,
      publicSize,
      redactions,
      watermark,
    }).filter(([, value]) => value !== undefined),
  );
}

/** Says whether a policy states nothing that keeps anybody from seeing anything. */
export function isOpenPolicy({ access, embargo, openUntil, redactions, watermark }: Policy): boolean {
  const isClosed = (access !== undefined && access.kind !== "open") || embargo !== undefined || openUntil !== undefined;
  return !isClosed && (redactions ?? []).length === 0 && watermark === undefined;
}

/** Says whether two policies state the same. */
export function isSamePolicy(one: Policy, other: Policy): boolean {
  return JSON.stringify(formatPolicy(one)) === JSON.stringify(formatPolicy(other));
}
