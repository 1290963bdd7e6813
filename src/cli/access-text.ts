import { type Asker, decide, nextChange, type Outcome } from "../access/decide.ts";
import type { Granting } from "../access/grant.ts";
import type { Policy } from "../access/policy.ts";
import { saidWithNames } from "../access/reason-text.ts";
import type { AccessRules } from "../access/rules.ts";
import { policyTexts } from "../settings/access-options.ts";

/** Returns what is stated of an image, in a line. */
export function describePolicy(policy: Policy | undefined): string {
  const texts = policyTexts(policy ?? {});
  return texts.length === 0 ? "nothing is stated" : texts.map(([column, text]) => `${column} ${text}`).join(", ");
}

/** The word and the sentence of what becomes of somebody. */
export interface OutcomeText {
  readonly outcome: "open" | "reduced" | "refused" | "hidden";
  readonly text: string;
}

/** Returns what becomes of somebody who asks for an image. */
export function describeGranting(granting: Granting | Outcome): OutcomeText {
  switch (granting.kind) {
    case "granted":
    case "admitted":
      return { outcome: "open", text: "shown" };
    case "hidden":
      return { outcome: "hidden", text: "as if there were no such image" };
    case "denied": {
      const { reason, publicSize } = granting;
      const why = `it ${saidWithNames(reason)}`;
      return publicSize === undefined
        ? { outcome: "refused", text: why }
        : { outcome: "reduced", text: `at most ${publicSize} pixels: ${why}` };
    }
  }
}

/** Returns who may keep what is answered, and for how long. */
export function describeKeeping(granting: Granting): string {
  if (granting.kind !== "granted" || granting.keeping.kind === "nobody") return "kept by nobody";
  const { mostSeconds } = granting.keeping;
  return mostSeconds === undefined ? "kept as all that is open" : `kept for at most ${mostSeconds} seconds`;
}

/** Returns what counts for an image at a time, and when that changes, in lines. */
export function describeNow(
  policies: readonly Policy[],
  asker: Asker,
  { rules, now }: { readonly rules: AccessRules; readonly now: number },
): readonly (readonly [string, string])[] {
  const textAt = (at: number): string => {
    const { outcome, text } = describeGranting(decide(policies, asker, { rules, now: at }));
    return outcome === "open" || outcome === "hidden" ? `${outcome}: ${text}` : `${outcome}, ${text}`;
  };
  const change = nextChange(policies, now);
  return [
    ["now", textAt(now)],
    ["next", change === undefined ? "no change" : `${formatMoment(change)}: ${textAt(change)}`],
  ];
}

/** Returns a time as the policy of an image states it. */
export function formatMoment(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}
