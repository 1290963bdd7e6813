import * as v from "valibot";

/**
 * Reads a variable that holds a list: JSON, or what it stands for, as a Wrangler file may have it. Returns what each entry
 * came to, undefined for one that is wrong. Adds a sentence to `faults` for all that is wrong in any of them.
 */
export function readList<Schema extends v.GenericSchema>(
  name: string,
  given: unknown,
  { entry, faults }: { readonly entry: Schema; readonly faults: string[] },
): readonly (v.InferOutput<Schema> | undefined)[] {
  const list = typeof given === "string" ? parseJson(name, given, faults) : given;
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    faults.push(`${name} is not a list in brackets`);
    return [];
  }
  return list.map((found: unknown, index) => {
    const read = v.safeParse(entry, found);
    if (read.success) return read.output;
    for (const issue of read.issues) faults.push(`${name}[${index}]${sentenceOf(issue)}`);
    return undefined;
  });
}

/** Undefined for a blank text, which is that of no list, and for one that is wrong. */
function parseJson(name: string, given: string, faults: string[]): unknown {
  if (given.trim() === "") return undefined;
  try {
    return JSON.parse(given) as unknown;
  } catch (error) {
    faults.push(`${name} is not JSON: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** The place within an entry, and what is wrong there. Messages of schemas of ours begin with a verb. */
function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const place = (issue.path ?? [])
    .map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("");
  if (issue.expected === "never") return `${place} is not known`;
  if (issue.received === "undefined" && issue.kind === "schema") return `${place} is missing`;
  if (issue.expected === "Object") return `${place} is not an object in braces`;
  const isOurs = /^(?:is|has|ends|leads) /.test(issue.message);
  return `${place} ${isOurs ? issue.message : `is ${issue.received}, not ${issue.expected}`}`;
}
