import type { Access } from "./access.ts";
import { isSamePolicy, mostRedactions, type Policy, type Rectangle } from "./policy.ts";
import type { PolicyDate } from "./policy-date.ts";

/**
 * Returns a policy under which nobody sees, at any time, what one of two policies keeps from him: what counts while one takes
 * the place of the other. It is one of them where that one is the stricter in everything.
 */
export function strictest(one: Policy, other: Policy): Policy {
  const both = [one, other];
  const embargo = chosen([one.embargo, other.embargo], (a, b) => (a.at >= b.at ? a : b));
  const openUntil = chosen([one.openUntil, other.openUntil], (a, b) => (a.at <= b.at ? a : b));
  const embargoAccess = embargo && both.flatMap((policy) => accessesBefore(policy, embargo.at)).reduce(strictestAccess);
  // What is over before it has begun is closed, and what nobody knows of stays so.
  const isHidden = embargoAccess?.kind === "hidden" && openUntil !== undefined && openUntil.at < (embargo?.at ?? 0);
  const access: Access = isHidden ? { kind: "hidden" } : strictestAccess(accessOf(one), accessOf(other));
  // What an open image states of a reduced one says nothing of who gets more.
  const sizes = both.filter((policy) => mayDeny(policy)).map(({ publicSize }) => publicSize ?? 0);
  const publicSize = sizes.length === 0 ? undefined : Math.min(...sizes);
  const redactions = joined(one.redactions ?? [], other.redactions ?? []);
  const watermark = other.watermark ?? one.watermark;
  return {
    ...(access.kind === "open" && both.every((policy) => policy.access === undefined) ? {} : { access }),
    ...(embargo === undefined ? {} : { embargo }),
    ...(embargoAccess === undefined || embargoAccess.kind === "closed" ? {} : { embargoAccess }),
    ...(openUntil === undefined ? {} : { openUntil }),
    ...(publicSize === undefined || publicSize === 0 ? {} : { publicSize }),
    ...(redactions.length === 0 ? {} : { redactions }),
    ...(watermark === undefined ? {} : { watermark }),
  };
}

/**
 * Says whether policies keep from people all that others keep: access, dates, redactions and the watermark. All of each
 * count.
 */
export function keepsAll(policies: readonly Policy[], others: readonly Policy[]): boolean {
  const [own, wanted] = [policies, others].map((all) => all.reduce(strictest, {})) as [Policy, Policy];
  return isSamePolicy(strictest(own, wanted), strictest(own, own));
}

function accessOf({ access = { kind: "open" } }: Policy): Access {
  return access;
}

/** All who may see it at some time before an embargo ends that another policy may have. */
function accessesBefore({ access = { kind: "open" }, embargo, embargoAccess }: Policy, end: number): readonly Access[] {
  if (embargo === undefined || access.kind === "hidden") return [access];
  const meanwhile: Access = embargoAccess ?? { kind: "closed" };
  return embargo.at < end ? [meanwhile, access] : [meanwhile];
}

function mayDeny(policy: Policy): boolean {
  const { access, embargo, openUntil } = policy;
  return (access !== undefined && access.kind !== "open") || embargo !== undefined || openUntil !== undefined;
}

/** From the most open on; names are in between. */
const order: readonly Access["kind"][] = ["open", "network", "click", "role", "signed", "closed", "hidden"];

/** Who is let in by both: of different names those that both have, and else who has a signature. */
function strictestAccess(one: Access, other: Access): Access {
  if (!("names" in one) || !("names" in other)) return rank(one) >= rank(other) ? one : other;
  const names = one.kind === other.kind ? one.names.filter((name) => other.names.includes(name)) : [];
  return names.length === 0 ? { kind: "signed" } : { kind: one.kind, names };
}

function rank({ kind }: Access): number {
  return order.indexOf(kind);
}

function chosen(
  dates: readonly (PolicyDate | undefined)[],
  choose: (a: PolicyDate, b: PolicyDate) => PolicyDate,
): PolicyDate | undefined {
  const stated = dates.filter((date) => date !== undefined);
  return stated.length === 0 ? undefined : stated.reduce(choose);
}

/** All rectangles; where that are too many, one around them all. */
function joined(some: readonly Rectangle[], others: readonly Rectangle[]): readonly Rectangle[] {
  const all = [...new Map([...some, ...others].map((rectangle) => [rectangle.join(), rectangle])).values()];
  if (all.length <= mostRedactions) return all;
  const left = Math.min(...all.map(([x]) => x));
  const top = Math.min(...all.map(([, y]) => y));
  const right = Math.max(...all.map(([x, , width]) => x + width));
  const bottom = Math.max(...all.map(([, y, , height]) => y + height));
  return [[left, top, right - left, bottom - top]];
}
