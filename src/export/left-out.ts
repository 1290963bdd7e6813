import { anybody, decide } from "../access/decide.ts";
import type { Policy } from "../access/policy.ts";
import { saidWithNames } from "../access/reason-text.ts";
import type { AccessRules } from "../access/rules.ts";

/** What is known of an image when it is to be exported. */
export interface ExportGround {
  readonly rules: AccessRules;
  /** All that counts for it. */
  readonly policies: readonly Policy[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Says in a sentence why an image is left out of an export, whose files anybody may have; undefined where anybody may see all
 * of it. An image that is shown reduced is left out too.
 */
export function whyLeftOut({ rules, policies, now }: ExportGround): string | undefined {
  const outcome = decide(policies, anybody, { rules, now });
  if (outcome.kind === "admitted") return undefined;
  if (outcome.kind === "hidden") return "It is hidden.";
  return `It ${saidWithNames(outcome.reason)}${outcome.publicSize === undefined ? "" : ", and to all others reduced alone"}.`;
}
