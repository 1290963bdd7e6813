import type { AskedImage } from "./asked-image.ts";
import { type Asker, anybody, decide, nextChange, type Outcome } from "./decide.ts";
import type { Policy } from "./policy.ts";
import type { AccessRules } from "./rules.ts";

/** All that counts for an image at a time. */
export interface PolicyGround {
  readonly policies: readonly Policy[];
  readonly rules: AccessRules;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Who may keep an answer that was granted, and for how long. */
export type Keeping =
  | {
      readonly kind: "anybody";
      /** In seconds; undefined for as long as all that is open. */
      readonly mostSeconds?: number;
    }
  /** It depends on who asks. */
  | { readonly kind: "nobody" };

/** What becomes of a request for an image or a reduced one. */
export type Granting = { readonly kind: "granted"; readonly keeping: Keeping } | Exclude<Outcome, { kind: "admitted" }>;

/** Answers about an image that has a policy, or ever had one, are kept for no longer: it may change. In seconds. */
export const mostPolicySeconds = 600;

/**
 * Decides about a request for an image, or for a reduced one, by somebody: whoever may see the image may see it reduced, and
 * all may see it reduced as far as the policy says. What is granted to anybody may be kept by anybody, until the policy says
 * something else. What is asked for with a signature is kept by nobody.
 */
export function grant(image: AskedImage, asker: Asker, ground: PolicyGround): Granting {
  const { policies, now } = ground;
  const forAll = outcomeOf(image, anybody, ground);
  if (forAll.kind === "granted" && image.signature === undefined)
    return { kind: "granted", keeping: keepingOf(policies, now) };
  const outcome = outcomeOf(image, asker, ground);
  return outcome.kind === "granted" ? { kind: "granted", keeping: { kind: "nobody" } } : outcome;
}

function outcomeOf(
  { longestSide }: AskedImage,
  asker: Asker,
  { policies, rules, now }: PolicyGround,
): { readonly kind: "granted" } | Exclude<Outcome, { kind: "admitted" }> {
  const outcome = decide(policies, asker, { rules, now });
  if (outcome.kind === "admitted") return { kind: "granted" };
  if (outcome.kind === "hidden") return outcome;
  const isReduced = longestSide !== undefined && longestSide <= (outcome.publicSize ?? 0);
  return isReduced ? { kind: "granted" } : outcome;
}

/** Returns a keeping that ends, whether anything is stated or not: so it does not tell whether there is. */
export function evenKeeping(keeping: Keeping): Keeping {
  return keeping.kind === "nobody" ? keeping : { mostSeconds: mostPolicySeconds, ...keeping };
}

/** Returns who may keep an answer that is the same for anybody, until one of the policies says something else. */
export function keepingOf(policies: readonly Policy[], now: number): Keeping {
  if (policies.length === 0) return { kind: "anybody" };
  const change = nextChange(policies, now);
  const left = change === undefined ? mostPolicySeconds : Math.floor((change - now) / 1000);
  return { kind: "anybody", mostSeconds: Math.min(mostPolicySeconds, left) };
}
