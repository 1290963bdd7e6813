import { policiesOfPageNumber } from "../access/image-policies.ts";
import { noRules, parseRules, rulesKey } from "../access/rules.ts";
import { parseImageRecord, recordKey } from "../catalogue/image-records.ts";
import { ImageError } from "../error.ts";
import type { Identifier } from "../identity/identifier.ts";
import { dividePage } from "../identity/master-name.ts";
import { policiesOf, type Stated, unreadable } from "../policies.ts";
import type { Jobs } from "./jobs.ts";
import { readRecord } from "./read-record.ts";

/** All that is stated of an image, and the identifier that it is stated of: a policy is that of all pages of a file. */
export interface StatedImage extends Omit<Stated, "readAt"> {
  readonly name: Identifier;
}

/**
 * Reads all that is stated of an image, as the service does. Throws `policy-unreadable` where the rules or the record can't
 * be read, for then nobody knows who may see it, and `storage-failed`.
 */
export async function readStated(jobs: Jobs, identifier: Identifier): Promise<StatedImage> {
  const { name, page } = dividePage(identifier, jobs.config.pageSuffix);
  const rules = await orUnreadable(rulesKey, async () => {
    const bytes = await readRecord(jobs, rulesKey);
    const read = bytes === undefined ? ({ kind: "rules", rules: noRules } as const) : parseRules(bytes);
    if (read.kind === "faulty") throw unreadable(`${rulesKey}: ${read.faults.join("; ")}`);
    return read.rules;
  });
  const facts = await orUnreadable(recordKey(name), async () => {
    const bytes = await readRecord(jobs, recordKey(name));
    if (bytes === undefined) return undefined;
    const record = parseImageRecord(bytes, name);
    if (record === undefined) throw unreadable(recordKey(name));
    return record;
  });
  return { name, rules, facts, policies: policiesOfPageNumber(policiesOf(rules, name, facts), page) };
}

/** What is too long to be read says nothing either; what storage does not give now may come later. */
async function orUnreadable<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ImageError) || error.code !== "record-malformed") throw error;
    throw unreadable(what, error);
  }
}
