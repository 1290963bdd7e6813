import * as v from "valibot";
import { readList } from "./json-variable.ts";

/** What is done to the identifier of an old URL, in this order, once it is decoded. */
export interface IdentifierRule {
  /** Stands for a slash. */
  readonly slash?: string;
  /** Comes before the number of a page and before a scale: `;3`, `;1:2`, `;3;1:2`. */
  readonly page?: string;
  /** Texts of which the first that it ends in is taken away. */
  readonly strip: readonly string[];
  /** Texts of which the first that it starts with is taken away. */
  readonly stripStart: readonly string[];
  /** Put in front of what is left. */
  readonly prepend?: string;
}

/** URLs of another image server that are answered here, translated to those of the Image API. */
export interface GatewayRule {
  /** What their paths start with; of `iip` the whole path, for the rest is in the query. */
  readonly prefix: string;
  readonly protocol: "iiif" | "deepzoom" | "iip" | "zoomify";
  /** Of the Image API, as their paths are spelled and as viewers are told to go on. */
  readonly version: 2 | 3;
  /** Side of a tile in pixels, of protocols that have tiles; undefined for what the protocol and the master suggest. */
  readonly tileSize: number | undefined;
  /** Pixels that neighbouring tiles of DeepZoom share on each side. */
  readonly overlap: 0 | 1;
  readonly id: IdentifierRule;
}

/** A variable of a Worker takes 5 kB, which is about as many. Source: Cloudflare Workers limits, environment variables. */
const mostRules = 64;

/** First segments of paths that the service answers itself. */
const ownRoots: readonly string[] = [
  ...["collections", "objects", "search", "health", "view", "presentation", "admin", "auth", "errors", "robots.txt"],
];

const text = v.pipe(
  v.string(),
  v.minLength(1, "is empty"),
  v.maxLength(256, "has more than 256 characters"),
  v.regex(/^[^\p{C}]*$/u, "has a control character"),
);

/** One text or several. */
const texts = v.optional(
  v.pipe(
    v.union([text, v.array(text)], "is neither a text nor a list of texts, each of 1 to 256 characters"),
    v.transform((given): readonly string[] => (typeof given === "string" ? [given] : given)),
  ),
  [],
);

const ruleSchema = v.strictObject({
  prefix: v.pipe(
    text,
    v.regex(/^(?:\/[\w.~!$&'()*+,;=:@-]+)+\/?$/, "is not a path with a name in it, such as /loris/"),
  ),
  protocol: v.optional(
    v.picklist(["iiif", "deepzoom", "iip", "zoomify"], "is not one of iiif, deepzoom, iip, zoomify"),
    "iiif",
  ),
  version: v.exactOptional(v.picklist([2, 3], "is not 2 or 3")),
  tileSize: v.exactOptional(
    v.pipe(
      v.number("is not a number of pixels"),
      v.integer("is not a whole number of pixels"),
      v.minValue(64, "is below 64 pixels"),
      v.maxValue(2048, "is above 2048 pixels"),
    ),
  ),
  overlap: v.exactOptional(v.picklist([0, 1], "is not 0 or 1")),
  id: v.optional(
    v.strictObject({
      slash: v.exactOptional(text),
      page: v.exactOptional(
        v.pipe(text, v.regex(/^[^\d:]*$/, "has a digit or a colon, which numbers and scales have")),
      ),
      strip: texts,
      stripStart: texts,
      prepend: v.exactOptional(text),
    }),
    {},
  ),
});

type StatedRule = v.InferOutput<typeof ruleSchema>;

/** What rules have to fit. */
interface Surroundings {
  readonly pageSuffix: string;
  readonly faults: string[];
}

/**
 * Reads the rules for URLs of other servers, JSON or what it stands for, and returns them with the longest prefix first,
 * which is the one that counts. Adds a sentence to `faults` for all that is wrong.
 */
export function readGateway(given: unknown, { pageSuffix, faults }: Surroundings): readonly GatewayRule[] {
  const rules = readList("GATEWAY", given, { entry: ruleSchema, faults });
  if (rules.length > mostRules) faults.push(`GATEWAY has ${rules.length} rules, more than ${mostRules}`);
  for (const [index, rule] of rules.entries()) {
    if (rule === undefined) continue;
    const isRepeated = rules.findIndex((other) => other?.prefix === rule.prefix) < index;
    const repeated = isRepeated ? [`prefix ${rule.prefix} is that of an earlier rule`] : [];
    for (const fault of [...contradictions(rule, pageSuffix), ...repeated]) faults.push(`GATEWAY[${index}].${fault}`);
  }
  return rules
    .filter((rule) => rule !== undefined)
    .map(({ version = 2, overlap = 0, tileSize, ...rule }) => ({ ...rule, version, overlap, tileSize }))
    .sort((one, other) => other.prefix.length - one.prefix.length);
}

function contradictions(rule: StatedRule, pageSuffix: string): readonly string[] {
  const { prefix, protocol, version, tileSize, overlap, id } = rule;
  const found: string[] = [];
  const [, root = ""] = prefix.split("/");
  if (ownRoots.includes(root)) found.push(`prefix ${prefix} is where the service answers itself`);
  if (protocol !== "iip" && !prefix.endsWith("/")) found.push(`prefix ${prefix} does not end in a slash`);
  if (version !== undefined && protocol !== "iiif" && protocol !== "iip")
    found.push("version is of iiif and iip alone");
  if (tileSize !== undefined && protocol === "iiif") found.push("tileSize is not of iiif: its viewers choose tiles");
  if (overlap !== undefined && protocol !== "deepzoom" && protocol !== "iip")
    found.push("overlap is of deepzoom and iip alone");
  if (id.page !== undefined && pageSuffix === "") found.push("id.page needs PAGE_SUFFIX, which is empty");
  return found;
}
