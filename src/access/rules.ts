import * as v from "valibot";
import { type Access, namePattern } from "./access.ts";
import { type AddressRange, parseRange } from "./network.ts";
import { isViewerOrigin } from "./origin.ts";
import { type Pattern, parsePattern } from "./pattern.ts";
import { type Policy, policyEntries } from "./policy.ts";
import { repeatedNames } from "./repeated-names.ts";

/** Texts by language, as tags of BCP 47. */
export type Texts = Readonly<Record<string, string>>;

/** What a notice, or the place where somebody signs in, is called and says. */
export interface Notice {
  readonly label: Texts;
  readonly heading?: Texts;
  readonly note?: Texts;
  /** What the button says. */
  readonly confirm?: Texts;
}

/** What people are who sign in. */
export interface Role extends Notice {
  /** Who has it: addresses of mail, `@domain` for all of a domain, groups. */
  readonly claims: readonly string[];
  /** `external` where people sign in by another way, and viewers are to offer none. */
  readonly login?: "external";
}

/** Where a watermark is put, and how. */
export interface WatermarkRule {
  /** The name of its picture: `marks/NAME.png` in the catalogue. */
  readonly mark: string;
  readonly position: "center" | "top-left" | "top-right" | "bottom-left" | "bottom-right" | "tile";
  /** Its longer side as a share of the shorter side of the image, above 0 and up to 1. */
  readonly scale: number;
  /** From above 0 to 1. */
  readonly opacity: number;
  /** It is put on pictures of an image that is this large on its longer side, in pixels, or larger. */
  readonly fromPixels: number;
}

/** What counts for identifiers of a form where their records say nothing stricter. */
export interface PatternRule {
  readonly match: string;
  readonly matches: Pattern;
  readonly policy: Policy;
}

/** All that is configured of access: `rules.json` in the catalogue. */
export interface AccessRules {
  /** The first that matches counts. */
  readonly patterns: readonly PatternRule[];
  readonly networks: ReadonlyMap<string, readonly AddressRange[]>;
  /** Notices that people have to accept. */
  readonly clicks: ReadonlyMap<string, Notice>;
  readonly roles: ReadonlyMap<string, Role>;
  /** Origins of viewers on other sites that are given tokens. None: those that people were sent from to be let in. */
  readonly origins: readonly string[];
  readonly watermarks: ReadonlyMap<string, WatermarkRule>;
}

/** The key of the rules in the catalogue. */
export const rulesKey = "rules.json";

/** What counts where there are no rules. */
export const noRules: AccessRules = {
  patterns: [],
  networks: new Map(),
  clicks: new Map(),
  roles: new Map(),
  origins: [],
  watermarks: new Map(),
};

const name = v.pipe(v.string(), v.regex(namePattern, "is not a name of lower case letters, digits and hyphens"));
const texts = v.pipe(
  v.record(v.pipe(v.string(), v.regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, "is not a language")), v.string()),
  v.check((given) => Object.keys(given).length > 0, "has no text"),
);

const noticeEntries = {
  label: texts,
  heading: v.exactOptional(texts),
  note: v.exactOptional(texts),
  confirm: v.exactOptional(texts),
};

const range = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): AddressRange => {
    const read = parseRange(dataset.value);
    if (read !== undefined) return read;
    addIssue({ message: `is "${dataset.value}", not a range of addresses such as 192.0.2.0/24 or 2001:db8::/32` });
    return NEVER;
  }),
);

const origin = v.pipe(
  v.string(),
  v.check(isViewerOrigin, "is not an origin such as https://viewer.example, without a path"),
);

const share = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));

const rulesEntries = v.strictObject({
  access: v.optional(v.pipe(v.array(v.strictObject({ match: v.string(), ...policyEntries })), v.maxLength(200)), []),
  networks: v.optional(v.record(name, v.pipe(v.array(range), v.minLength(1), v.maxLength(200))), {}),
  clicks: v.optional(v.record(name, v.strictObject(noticeEntries)), {}),
  roles: v.optional(
    v.record(
      name,
      v.strictObject({
        ...noticeEntries,
        claims: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)),
        login: v.exactOptional(v.literal("external")),
      }),
    ),
    {},
  ),
  origins: v.optional(v.pipe(v.array(origin), v.maxLength(200)), []),
  watermarks: v.optional(
    v.record(
      name,
      v.strictObject({
        mark: name,
        position: v.optional(
          v.picklist(["center", "top-left", "top-right", "bottom-left", "bottom-right", "tile"]),
          "center",
        ),
        scale: v.optional(share, 0.5),
        opacity: v.optional(share, 0.3),
        fromPixels: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
      }),
    ),
    {},
  ),
});

const rulesSchema = v.pipe(
  // An empty list would pass for an object.
  v.custom<object>(
    (input) => typeof input === "object" && input !== null && !Array.isArray(input),
    "is no JSON object",
  ),
  rulesEntries,
);

/** Rules that were read, or all that is wrong with them: sentences without a full stop. */
export type ReadRules =
  | { readonly kind: "rules"; readonly rules: AccessRules }
  | { readonly kind: "faulty"; readonly faults: readonly string[] };

/** Reads the rules of access from JSON in UTF-8. A name that is used has to be described in them. Never throws. */
export function parseRules(bytes: Uint8Array): ReadRules {
  const text = decodeText(bytes);
  const read = v.safeParse(rulesSchema, parseJson(text));
  if (!read.success) return { kind: "faulty", faults: read.issues.map(formatIssue) };
  const { access, networks, clicks, roles, origins, watermarks } = read.output;
  const faults = repeatedNames(text).map((place) => `${place} stands there more than once`);
  const rules: AccessRules = {
    patterns: access.flatMap(({ match, ...policy }) => {
      const matches = parsePattern(match);
      if (matches === undefined) faults.push(`access: "${match}" is not a pattern of at most 512 characters and 8 *`);
      return matches === undefined ? [] : [{ match, matches, policy }];
    }),
    networks: new Map(Object.entries(networks)),
    clicks: new Map(Object.entries(clicks)),
    roles: new Map(Object.entries(roles)),
    origins,
    watermarks: new Map(Object.entries(watermarks)),
  };
  for (const { match, policy } of rules.patterns)
    faults.push(...unknownNames(policy, rules).map((fault) => `access "${match}": ${fault}`));
  return faults.length > 0 ? { kind: "faulty", faults } : { kind: "rules", rules };
}

/** Returns a sentence, without a full stop, for each name that a policy uses and the rules do not describe. */
export function unknownNames({ access, embargoAccess, watermark }: Policy, rules: AccessRules): readonly string[] {
  const known = { network: rules.networks, click: rules.clicks, role: rules.roles };
  const missing = (stated: Access | undefined): readonly string[] =>
    stated === undefined || !("names" in stated)
      ? []
      : stated.names
          .filter((used) => !known[stated.kind].has(used))
          .map((used) => `there is no ${stated.kind} ${used} in ${rulesKey}`);
  const mark = watermark === undefined || rules.watermarks.has(watermark) ? [] : [watermark];
  return [
    ...missing(access),
    ...missing(embargoAccess),
    ...mark.map((used) => `there is no watermark ${used} in ${rulesKey}`),
  ];
}

/** Returns what counts for an identifier by itself; undefined where no rule is for it. */
export function findPattern({ patterns }: AccessRules, identifier: string): PatternRule | undefined {
  return patterns.find(({ matches }) => matches(identifier));
}

function formatIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}

/** Returns bytes as text; empty for what is not UTF-8. */
function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return "";
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
