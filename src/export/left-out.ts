import { anybody, decide, type Reason } from "../access/decide.ts";
import type { Policy } from "../access/policy.ts";
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
  return `${sayReason(outcome.reason)}${outcome.publicSize === undefined ? "" : ", and to all others reduced alone"}.`;
}

function sayReason(reason: Reason): string {
  switch (reason.kind) {
    case "closed":
      return "It is closed";
    case "embargo":
      return `It is under an embargo until ${reason.until}`;
    case "no-longer-open":
      return `It has been closed since ${reason.since}`;
    case "signed":
      return "It is shown at signed addresses alone";
    case "network":
      return `It is shown in the networks ${reason.names.join(", ")} alone`;
    case "click":
      return `It is shown to those who accept the notice ${reason.names.join(", ")}`;
    case "role":
      return `It is shown to those who have the role ${reason.names.join(", ")}`;
  }
}
