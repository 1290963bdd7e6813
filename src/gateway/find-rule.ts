import type { GatewayRule } from "../config/gateway.ts";

/**
 * Returns the rule for a raw path: the first of those that are sorted by length. Undefined if it is none of another
 * server's. `prefix` is the path of this service's images: what is under its versions belongs to a rule only if that is
 * for the version too, so that `/iiif/` may be another server's, and `/iiif/3/` stays ours; so it does under a longer path.
 */
export function findRule(rules: readonly GatewayRule[], path: string, prefix: string): GatewayRule | undefined {
  return rules.find(
    (rule) => isCovered(path, rule) && !(rule.prefix.length <= prefix.length + 1 && isVersioned(path, prefix)),
  );
}

function isCovered(path: string, { protocol, prefix }: GatewayRule): boolean {
  return protocol === "iip" ? path === prefix : path.startsWith(prefix);
}

function isVersioned(path: string, prefix: string): boolean {
  return path.startsWith(`${prefix}/2/`) || path.startsWith(`${prefix}/3/`);
}
