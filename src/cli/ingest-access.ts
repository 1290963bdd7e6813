import { isOpenPolicy } from "../access/policy.ts";
import type { AccessRules } from "../access/rules.ts";
import type { Bucket } from "../bucket/bucket.ts";
import { readStoredRules } from "../job/access-rules.ts";
import type { ImageOutcome } from "../job/job.ts";
import type { ObjectOutcomes } from "../job/object-job.ts";
import { type PolicyTables, stateAccess, unknownPolicyNames } from "../job/policy-names.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import type { ChangedThings } from "./purge-afterwards.ts";

/**
 * Reads the rules of access, where tables say who may see what, and looks there for all names in them before anything is
 * stored. Throws CommandFaults, BucketError, `policy-unreadable`.
 */
export async function readRulesOf(tables: PolicyTables, catalogue: Bucket): Promise<AccessRules | undefined> {
  if (!stateAccess(tables)) return undefined;
  await catalogue.check();
  const { rules } = await readStoredRules(catalogue);
  refuseFaults(unknownPolicyNames(tables, rules));
  return rules;
}

/**
 * Returns what may be kept of how things were before a run: images whose masters were replaced, and what shows images of
 * which more is kept from people. A run that broke off may have kept it from them and not purged it: it is purged again.
 */
export function changedThings(outcomes: readonly ImageOutcome[], objects: ObjectOutcomes | undefined): ChangedThings {
  const restricted = outcomes.filter(isRestricted);
  const replaced = outcomes.filter(({ status }) => status === "replaced");
  const keys = restricted.flatMap(({ image }) => image.object ?? []);
  const written = (objects?.collections ?? []).filter(({ status }) => status === "written");
  return {
    images: [...new Set([...replaced, ...restricted].map(({ image }) => image.identifier))],
    objects: [...new Set(keys)],
    collections: keys.length === 0 ? [] : written.map(({ key }) => key),
  };
}

function isRestricted(outcome: ImageOutcome): boolean {
  if (outcome.status !== "kept" && outcome.status !== "replaced") return false;
  const { record, image } = outcome;
  const isStated = image.record?.policy !== undefined && !isOpenPolicy(record?.policy ?? {});
  return record?.isChanged === true || isStated;
}
