import * as v from "valibot";
import { isLoopback, publicHostFault } from "../hosts.ts";

/** Where the masters are whose identifiers start with a prefix: a server other than the bucket of the service. */
export interface Origin {
  readonly prefix: string;
  /** Scheme and host. */
  readonly base: string;
  /** The path before each key, as text that is not encoded: empty, or with a slash in front and none at the end. */
  readonly folder: string;
  /** `{identifier}` stands for the whole identifier, `{rest}` for what follows the prefix. */
  readonly keyTemplate: string;
  /** On this machine: only who asks for `localhost` is answered from there. */
  readonly isLocal: boolean;
  readonly access: OriginAccess;
}

/** What the service shows a server so that it is let in. */
export type OriginAccess =
  | { readonly kind: "open" }
  | { readonly kind: "header"; readonly authorization: string }
  | { readonly kind: "s3"; readonly region: string; readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Names of secrets that are not set, or can't be what they are meant to be. */
  | { readonly kind: "missing"; readonly secrets: readonly string[] };

/** Secrets of origins begin so, and no other secret does: no rule can name one that is meant for something else. */
export const originSecretPrefix = "ORIGIN_";

/** A variable of a Worker takes 5 kB, which is about as many. Source: Cloudflare Workers limits, environment variables. */
const mostRules = 32;

const text = (most: number) =>
  v.pipe(v.string(), v.maxLength(most), v.regex(/^[^\p{C}]*$/u, "has a control character"));

const endpoint = v.pipe(
  text(512),
  v.regex(/^[^?#@\\%]*$/, "is scheme, host and perhaps a path, not encoded, without a user name or ?"),
);

const key = v.pipe(
  text(512),
  v.regex(/\{(?:identifier|rest)\}/, "has neither {identifier} nor {rest} in it"),
  v.regex(/^(?!\/)[^?#\\%]*$/, "is a path that is not encoded, without a slash in front and without ? # \\ %"),
  v.check((path) => !path.split("/").some((segment) => segment === "." || segment === ".."), "leads out of its folder"),
);

const common = {
  prefix: text(256),
  endpoint,
  key: v.optional(key, "{identifier}"),
  local: v.optional(v.boolean(), false),
};

const secretName = v.pipe(
  v.string(),
  v.regex(/^[A-Z][A-Z0-9_]{0,31}$/, "is not a name in capital letters, such as NLS"),
);

const ruleSchema = v.variant("kind", [
  v.strictObject({
    ...common,
    kind: v.literal("s3"),
    bucket: v.exactOptional(
      v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is not a bucket's name")),
    ),
    region: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/, "is not a region, such as eu-west-2, or auto")),
    credentials: secretName,
  }),
  v.strictObject({ ...common, kind: v.literal("https"), credentials: v.exactOptional(secretName) }),
]);

const listSchema = v.pipe(v.array(v.unknown()), v.maxLength(mostRules));

type Rule = v.InferOutput<typeof ruleSchema>;

/**
 * Reads the rules that say which masters are elsewhere: JSON, or what it stands for. `secrets` are variables by name, of
 * which those are read that rules name. Adds a sentence to `faults` for all that is wrong; what it says has no secret in it.
 */
export function readOrigins(
  given: unknown,
  secrets: Readonly<Record<string, unknown>>,
  faults: string[],
): readonly Origin[] {
  const found = typeof given === "string" ? parseRules(given, faults) : given;
  if (found === undefined) return [];
  const list = v.safeParse(listSchema, found);
  if (!list.success) {
    for (const issue of list.issues) faults.push(`ORIGINS${sentenceOf(issue)}`);
    return [];
  }
  const before = faults.length;
  const rules = list.output.map((entry, index) => readRule(entry, index, faults));
  rules.forEach((rule, index) => {
    const found = rule === undefined ? [] : [endpointFault(rule), hiddenFault(rules, index)];
    for (const fault of found) if (fault !== undefined) faults.push(`ORIGINS[${index}].${fault}`);
  });
  return faults.length > before ? [] : rules.flatMap((rule) => (rule === undefined ? [] : originOf(rule, secrets)));
}

/** Undefined for a rule that is wrong: the others are looked at all the same. */
function readRule(entry: unknown, index: number, faults: string[]): Rule | undefined {
  const read = v.safeParse(ruleSchema, entry);
  if (read.success) return read.output;
  for (const issue of read.issues) faults.push(`ORIGINS[${index}]${sentenceOf(issue)}`);
  return undefined;
}

function parseRules(given: string, faults: string[]): unknown {
  if (given.trim() === "") return undefined;
  try {
    return JSON.parse(given) as unknown;
  } catch (error) {
    faults.push(`ORIGINS is not JSON: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** The place within a rule, and what is wrong there. */
function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const place = (issue.path ?? [])
    .map(({ key: at }) => (typeof at === "number" ? `[${at}]` : `.${String(at)}`))
    .join("");
  // What is received may be a key that was put into the wrong place.
  const what = issue.message.replace(/ but received .*$/s, "");
  return `${place}${/^(?:is|has|leads) /.test(what) ? "" : ":"} ${what}`;
}

function endpointFault({ endpoint: given, local }: Rule): string | undefined {
  const url = URL.parse(given);
  if (url === null) return `endpoint is ${JSON.stringify(given)}, which is not a URL`;
  const { protocol, hostname } = url;
  if (local) {
    if (!isLoopback(hostname))
      return `endpoint is ${JSON.stringify(given)}: a local rule leads to this machine, such as localhost`;
    return /^https?:$/.test(protocol) ? undefined : `endpoint is ${JSON.stringify(given)}, not http or https`;
  }
  if (protocol !== "https:") return `endpoint is ${JSON.stringify(given)}, not https`;
  const fault = publicHostFault(hostname);
  return fault === undefined ? undefined : `endpoint: ${hostname} ${fault}`;
}

function hiddenFault(rules: readonly (Rule | undefined)[], index: number): string | undefined {
  const prefix = rules[index]?.prefix ?? "";
  const before = rules
    .slice(0, index)
    .findIndex((earlier) => earlier !== undefined && prefix.startsWith(earlier.prefix));
  if (before < 0) return undefined;
  return `prefix is never reached: ORIGINS[${before}] has ${JSON.stringify(rules[before]?.prefix)} and comes first`;
}

function originOf(rule: Rule, secrets: Readonly<Record<string, unknown>>): Origin {
  const { origin, pathname } = new URL(rule.endpoint);
  const bucket = rule.kind === "s3" && rule.bucket !== undefined ? `/${rule.bucket}` : "";
  return {
    prefix: rule.prefix,
    base: origin,
    folder: decodeURIComponent(pathname).replace(/\/+$/, "") + bucket,
    keyTemplate: rule.key,
    isLocal: rule.local,
    access: accessOf(rule, secrets),
  };
}

function accessOf(rule: Rule, secrets: Readonly<Record<string, unknown>>): OriginAccess {
  if (rule.credentials === undefined) return { kind: "open" };
  const start = `${originSecretPrefix}${rule.credentials}_`;
  const missing: string[] = [];
  const secret = (name: string): string => {
    const value = secrets[start + name];
    if (typeof value === "string" && /^[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?$/.test(value)) return value;
    missing.push(start + name);
    return "";
  };
  const access: OriginAccess =
    rule.kind === "s3"
      ? {
          kind: "s3",
          region: rule.region,
          accessKeyId: secret("ACCESS_KEY_ID"),
          secretAccessKey: secret("SECRET_ACCESS_KEY"),
        }
      : { kind: "header", authorization: secret("AUTHORIZATION") };
  return missing.length === 0 ? access : { kind: "missing", secrets: missing };
}
