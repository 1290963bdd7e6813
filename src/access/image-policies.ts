import type { Policy } from "./policy.ts";
import { type AccessRules, findPattern } from "./rules.ts";

/** Returns all that is stated of an image that has a record: by a rule for its identifier, and by the record. */
export function policiesOfRecorded(rules: AccessRules, name: string, own: Policy | undefined): readonly Policy[] {
  const byPattern = findPattern(rules, name)?.policy;
  return [byPattern, own].filter((policy) => policy !== undefined);
}

/**
 * Returns what counts for a page of a file, by what counts for the file: where rectangles are redacted, which are those of the
 * first page, the others are closed, for nobody has said what lies on them.
 */
export function policiesOfPageNumber(policies: readonly Policy[], page: number): readonly Policy[] {
  const isRedacted = page > 1 && policies.some(({ redactions = [] }) => redactions.length > 0);
  return isRedacted ? [...policies, { access: { kind: "closed" } }] : policies;
}
