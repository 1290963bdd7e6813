import type { Policy } from "./policy.ts";
import { type AccessRules, findPattern } from "./rules.ts";

/** Returns all that is stated of an image that has a record: by a rule for its identifier, and by the record. */
export function policiesOfRecorded(rules: AccessRules, name: string, own: Policy | undefined): readonly Policy[] {
  const byPattern = findPattern(rules, name)?.policy;
  return [byPattern, own].filter((policy) => policy !== undefined);
}
