import type { Access } from "./access.ts";
import { isWithin } from "./network.ts";
import type { Policy } from "./policy.ts";
import type { AccessRules } from "./rules.ts";

/** What is known of who asks. */
export interface Asker {
  /** The address of the connection, as the platform states it; undefined where it states none. */
  readonly address?: string | undefined;
  /** The names of notices that were accepted, and of roles. */
  readonly clicks: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  /** Whether the address that is asked for is signed, for this image and this time. */
  readonly isSigned: boolean;
}

/** Who asks and shows nothing: what is open to him is open to all. */
export const anybody: Asker = { clicks: new Set(), roles: new Set(), isSigned: false };

/** Why somebody does not see an image. */
export type Reason =
  | { readonly kind: "closed" }
  | { readonly kind: "embargo"; readonly until: string }
  | { readonly kind: "no-longer-open"; readonly since: string }
  | { readonly kind: "signed" }
  | { readonly kind: "network"; readonly names: readonly string[] }
  | LoginReason;

/** That somebody has not accepted a notice, or not signed in. */
export interface LoginReason {
  readonly kind: "click" | "role";
  readonly names: readonly string[];
}

/** What becomes of somebody who asks for an image. */
export type Outcome =
  | { readonly kind: "admitted" }
  | {
      readonly kind: "denied";
      readonly reason: Reason;
      /** The longest side, in pixels, of what is shown instead; undefined for nothing. */
      readonly publicSize: number | undefined;
    }
  /** There is no such image. */
  | { readonly kind: "hidden" };

/** What policies are held against. */
export interface Ground {
  readonly rules: Pick<AccessRules, "networks">;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Decides what becomes of somebody who asks for an image for which all of some policies count: the strictest outcome, and
 * of two that deny, the first, with the smaller of their reduced images, or none if one has none.
 */
export function decide(policies: readonly Policy[], asker: Asker, ground: Ground): Outcome {
  const outcomes = policies.map((policy) => decideOne(policy, asker, ground));
  const hidden = outcomes.find(({ kind }) => kind === "hidden");
  if (hidden !== undefined) return hidden;
  const denials = outcomes.filter((outcome) => outcome.kind === "denied");
  const [first] = denials;
  if (first === undefined) return { kind: "admitted" };
  const sizes = denials.map(({ publicSize }) => publicSize ?? 0);
  const least = Math.min(...sizes);
  // What a login can't help against is said first.
  const lasting = denials.find(({ reason }) => !isLoginReason(reason)) ?? first;
  return { ...lasting, publicSize: least === 0 ? undefined : least };
}

/** Says whether somebody may be let in once he has accepted a notice or signed in. */
export function isLoginReason(reason: Reason): reason is LoginReason {
  return reason.kind === "click" || reason.kind === "role";
}

function decideOne(policy: Policy, asker: Asker, ground: Ground): Outcome {
  const { access, reason } = accessAt(policy, ground.now);
  if (access.kind === "hidden") return { kind: "hidden" };
  if (isAdmitted(access, asker, ground)) return { kind: "admitted" };
  return { kind: "denied", reason, publicSize: policy.publicSize };
}

/** Who may see an image at a time, and why others don't. */
function accessAt(policy: Policy, now: number): { readonly access: Access; readonly reason: Reason } {
  const { access = { kind: "open" }, embargo, embargoAccess = { kind: "closed" }, openUntil } = policy;
  const closed: Access = access.kind === "hidden" ? access : { kind: "closed" };
  if (openUntil !== undefined && now >= openUntil.at)
    return { access: closed, reason: { kind: "no-longer-open", since: openUntil.text } };
  if (embargo !== undefined && now < embargo.at) {
    // What is hidden after it is hidden before.
    const meanwhile = access.kind === "hidden" ? access : embargoAccess;
    const reason: Reason = meanwhile.kind === "closed" ? { kind: "embargo", until: embargo.text } : reasonOf(meanwhile);
    return { access: meanwhile, reason };
  }
  return { access, reason: reasonOf(access) };
}

function reasonOf(access: Access): Reason {
  if (access.kind === "network") return { kind: access.kind, names: access.names };
  if (access.kind === "click" || access.kind === "role") return { kind: access.kind, names: access.names };
  return { kind: access.kind === "signed" ? "signed" : "closed" };
}

/** A signature opens all that is not closed outright: whoever holds the secret made it for this image. */
function isAdmitted(access: Access, asker: Asker, { rules }: Ground): boolean {
  switch (access.kind) {
    case "open":
      return true;
    case "closed":
    case "hidden":
      return false;
    case "signed":
      return asker.isSigned;
    case "network": {
      const { address } = asker;
      const ranges = access.names.flatMap((name) => rules.networks.get(name) ?? []);
      return asker.isSigned || (address !== undefined && isWithin(address, ranges));
    }
    case "click":
      return asker.isSigned || access.names.some((name) => asker.clicks.has(name));
    case "role":
      return asker.isSigned || access.names.some((name) => asker.roles.has(name));
  }
}

/**
 * Says whether all that stands between anybody and an image at a time is accepted, or signed in for: then a signature opens it
 * to nobody whom a login would not let in, where else one would come in from outside a network.
 */
export function isOpenedByLogin(policies: readonly Policy[], now: number): boolean {
  return policies.every((policy) => {
    const { kind } = accessAt(policy, now).access;
    return kind === "open" || kind === "click" || kind === "role";
  });
}

/** Returns when one of the policies next says something else, in milliseconds since 1970; undefined for never. */
export function nextChange(policies: readonly Policy[], now: number): number | undefined {
  const moments = policies
    .flatMap(({ embargo, openUntil }) => [embargo?.at, openUntil?.at])
    .filter((at) => at !== undefined && at > now);
  return moments.length === 0 ? undefined : Math.min(...(moments as number[]));
}
