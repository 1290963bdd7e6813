import * as v from "valibot";
import { maxKeyBytes } from "../identity/master-name.ts";
import { nearestName } from "../spelling.ts";
import { findItemFaults, isIdentifier } from "./item-faults.ts";
import { kindsWithIdentifiers, templateFaults } from "./item-identifiers.ts";
import { type RunnableKind, runnableKinds } from "./kinds.ts";
import type { PathFault } from "./path-fault.ts";

/** Longest name of a task or of a collection. */
const mostNameCharacters = 200;

/** Most sizes of a task that warms. */
const mostSizes = 20;

const compressions = ["jpeg", "webp", "deflate"] as const;

const formats = ["jpg", "png", "webp", "gif", "tif", "pdf"] as const;

const isText = v.string("it is not a text");

const name = v.pipe(
  isText,
  v.regex(/^[^\p{C}]*\S[^\p{C}]*$/u, "it is empty or has control characters"),
  v.maxLength(mostNameCharacters, `it is longer than ${mostNameCharacters} characters`),
);

const keyPart = v.pipe(isText, v.check(isShort, `it is longer than the ${maxKeyBytes} bytes that a key may have`));

const key = v.pipe(keyPart, v.minLength(1, "it is empty"));

const identifier = v.pipe(
  isText,
  v.check(
    isIdentifier,
    "it is no identifier: it is empty, too long, has control characters or a part that begins with a dot",
  ),
);

const isTruth = v.boolean("it is not true or false");

const quality = wholeNumber(1, 100);

/** Most widths of thumbnails of an export. */
const mostThumbs = 20;

/** A size as the Image API 3.0 writes it, of the whole image. */
const size = v.pipe(
  isText,
  v.regex(/^\^?(?:max|\d+,\d*|,\d+|!\d+,\d+|pct:\d+(?:\.\d+)?)$/, "it is not a size such as max, 400, or !400,400"),
);

const settingsOfKinds = {
  check: v.object({ decode: v.exactOptional(isTruth) }),
  verify: v.object({ decode: v.exactOptional(isTruth) }),
  warm: v.object({
    sizes: v.exactOptional(
      v.pipe(
        v.array(size, "it is not a list"),
        v.minLength(1, "it is empty"),
        v.maxLength(mostSizes, `it has more than ${mostSizes} sizes`),
      ),
    ),
    formats: v.exactOptional(
      v.pipe(
        v.array(v.picklist(formats, `it is not one of ${formats.join(", ")}`), "it is not a list"),
        v.minLength(1, "it is empty"),
        v.check((list) => new Set(list).size === list.length, "it names a format twice"),
      ),
    ),
  }),
  convert: v.pipe(
    v.object({
      compression: v.exactOptional(v.picklist(compressions, `it is not one of ${compressions.join(", ")}`)),
      quality: v.exactOptional(quality),
      tile: v.exactOptional(v.picklist([256, 512], "it is not 256 or 512")),
      "keep-depth": v.exactOptional(isTruth),
    }),
    v.forward(
      v.check(
        (given) => given["keep-depth"] !== true || given.compression === "deflate",
        "it needs the compression deflate",
      ),
      ["keep-depth"],
    ),
  ),
  repack: v.object({}),
  export: v.object({
    base: v.pipe(
      isText,
      v.regex(/^https?:\/\/[^\s?#]+[^\s?#/]$/, "it is not an http or https URL without a slash at its end"),
    ),
    to: v.exactOptional(v.pipe(keyPart, v.regex(/^\P{C}*$/u, "it has control characters"))),
    api: v.exactOptional(v.picklist([3, 2], "it is not 3 or 2")),
    tile: v.exactOptional(wholeNumber(64, 4096)),
    quality: v.exactOptional(quality),
    thumbs: v.exactOptional(
      v.pipe(
        v.array(wholeNumber(1, 10_000), "it is not a list"),
        v.minLength(1, "it is empty"),
        v.maxLength(mostThumbs, `it has more than ${mostThumbs} widths`),
      ),
    ),
    "also-rounded": v.exactOptional(isTruth),
    "include-restricted": v.exactOptional(isTruth),
  }),
  manifest: v.object({}),
} satisfies Readonly<Record<RunnableKind, v.GenericSchema>>;

/** The fields of the settings of each kind. */
export const settingNames: Readonly<Record<RunnableKind, readonly string[]>> = {
  check: Object.keys(settingsOfKinds.check.entries),
  verify: Object.keys(settingsOfKinds.verify.entries),
  warm: Object.keys(settingsOfKinds.warm.entries),
  convert: Object.keys(settingsOfKinds.convert.entries),
  repack: Object.keys(settingsOfKinds.repack.entries),
  export: Object.keys(settingsOfKinds.export.entries),
  manifest: Object.keys(settingsOfKinds.manifest.entries),
};

/** An array is an object to JavaScript, and none to people. */
const isObject = v.custom<object>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "it is not an object",
);

const orderSchema = v.pipe(
  isObject,
  v.object({
    kind: v.string(`it is not one of ${runnableKinds.join(", ")}`),
    name: v.exactOptional(name),
    collection: v.exactOptional(name),
    from: v.exactOptional(v.pipe(isObject, v.object({ prefix: keyPart, suffix: v.exactOptional(keyPart) }))),
    items: v.exactOptional(
      v.pipe(
        v.array(v.pipe(isObject, v.object({ key, identifier: v.exactOptional(identifier) })), "it is not a list"),
        v.minLength(1, "it is empty"),
      ),
    ),
    identifiers: v.exactOptional(isText),
    settings: v.exactOptional(isObject),
  }),
);

/** Returns all that is wrong with the values of a task, whatever file they come from; nothing of one that is a TaskOrder. */
export function findValueFaults(task: unknown): readonly PathFault[] {
  const read = v.safeParse(orderSchema, task);
  const faults = read.success ? [] : read.issues.map(faultOf);
  if (typeof task !== "object" || task === null || Array.isArray(task)) return faults;
  const { kind, from, items, identifiers, settings } = task as Readonly<Record<string, unknown>>;
  faults.push(...kindFaults(kind));
  const given = settings ?? {};
  // A kind that is misspelt is taken for the one that was meant, so that all faults are told at once.
  const meant = isRunnable(kind)
    ? kind
    : runnableKinds.find((known) => known === nearestName(String(kind), runnableKinds));
  const judged = meant === undefined ? undefined : v.safeParse(settingsOfKinds[meant], given);
  if (judged?.success === false && typeof given === "object") {
    faults.push(...judged.issues.map(faultOf).map(({ path, message }) => ({ path: ["settings", ...path], message })));
  }
  if (from === undefined && items === undefined) {
    faults.push({ path: [], message: "it names no images: neither items nor from with a prefix" });
  }
  if (from !== undefined && items !== undefined) {
    faults.push({ path: ["from"], message: "there are items too, and a task has one of both" });
  }
  if (typeof identifiers === "string") {
    const makes = isRunnable(kind) ? kindsWithIdentifiers.includes(kind) : true;
    const message = `${String(kind)} makes no masters: they are for ${kindsWithIdentifiers.join(" and ")}`;
    if (!makes) faults.push({ path: ["identifiers"], message });
    faults.push(...templateFaults(identifiers).map((told) => ({ path: ["identifiers"], message: told })));
  }
  return Array.isArray(items) ? [...faults, ...findItemFaults(items, task)] : faults;
}

/** Says whether a kind is one that this version does. */
export function isRunnable(kind: unknown): kind is RunnableKind {
  return runnableKinds.some((known) => known === kind);
}

function kindFaults(kind: unknown): readonly PathFault[] {
  // What is no text was told by the schema.
  if (typeof kind !== "string" || isRunnable(kind)) return [];
  return [
    {
      path: ["kind"],
      message: `${JSON.stringify(kind)} is not one of ${runnableKinds.join(", ")}${suggestion(kind, runnableKinds)}`,
    },
  ];
}

/** Ends a sentence about a name that is not known; empty where nothing is near. */
export function suggestion(given: string, known: readonly string[]): string {
  const meant = nearestName(given, known);
  return meant === undefined ? "" : `: did you mean ${meant}`;
}

function faultOf(issue: v.BaseIssue<unknown>): PathFault {
  const path = (issue.path ?? []).map(({ key: part }) => (typeof part === "number" ? part : String(part)));
  return { path, message: issue.received === "undefined" ? "it is missing" : issue.message };
}

function wholeNumber(least: number, most: number) {
  return v.pipe(
    v.number("it is not a number"),
    v.integer("it is not a whole number"),
    v.minValue(least, `it is below ${least}`),
    v.maxValue(most, `it is above ${most}`),
  );
}

function isShort(text: string): boolean {
  return new TextEncoder().encode(text).byteLength <= maxKeyBytes;
}
