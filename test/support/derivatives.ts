import { placePicture } from "../../src/cache/derivatives.ts";
import { formatSettings } from "../../src/cache/picture-settings.ts";
import { readConfig } from "../../src/config.ts";
import { type MasterKey, masterKeyOf, placesOf } from "../../src/identity/master-name.ts";
import { indexKey } from "../../src/masters/keeping.ts";
import { derivativeRules } from "../../src/operation/derivative-state.ts";

/** What derivatives are kept by as the service is shipped. */
export const shippedRules = derivativeRules(readConfig({}));

/** A derivative as the service stores it. */
export interface NamedDerivative {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a derivative is of; 800 by 600 pixels unless a size is given. */
export interface DerivativeOf {
  readonly master: string;
  readonly version: string;
  readonly width?: number;
}

/** Returns a picture as the service names it. */
export async function pictureOf({ master, version, width = 800 }: DerivativeOf): Promise<NamedDerivative> {
  const key = masterKeyOf(master);
  const settings = formatSettings(shippedRules.settings, { width, height: 600 });
  const canonical = `full/${width},600/0/default.jpg`;
  const of = { key, page: 1, places: await placesOf(key) };
  const facts = { master: of, masterVersion: version, canonical, settings, mediaType: "image/jpeg" };
  const { bucket, labels } = await placePicture(facts, shippedRules.picturesPerMaster);
  return { key: bucket.key, labels };
}

/** Returns the index of a master as the service names it. */
export async function indexOf({ master, version }: Omit<DerivativeOf, "width">): Promise<NamedDerivative> {
  const places = await placesOf(master as MasterKey);
  return { key: indexKey(places, false, 1), labels: { key: master, page: "1", etag: version } };
}
