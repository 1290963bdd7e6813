import type { Config } from "./config.ts";

/** Returns Durable Objects where they are to stay. The runtime on one's own machine knows no jurisdictions, and says so. */
export function inJurisdiction<Name extends Rpc.DurableObjectBranded>(
  objects: DurableObjectNamespace<Name>,
  { jurisdiction }: Pick<Config, "jurisdiction">,
): DurableObjectNamespace<Name> {
  if (jurisdiction === undefined) return objects;
  try {
    return objects.jurisdiction(jurisdiction);
  } catch (error) {
    if (!/not implemented in workerd/.test(String(error))) throw error;
    return objects;
  }
}
