import type { Origin } from "../config/origins.ts";
import { escapeSegment, noSuchImage } from "./identifier.ts";

/** An object on a server other than the bucket of the service. */
export interface OriginObject {
  readonly origin: Origin;
  /** What it is called there, not encoded. */
  readonly key: string;
  /** Its path on the host, encoded, with the slash in front. */
  readonly path: string;
}

/**
 * Returns the object that an origin has for a name with its prefix. Each segment is encoded by itself, so that a name has
 * no query, no host and no way out of the folder in it. Throws `not-found` where a segment would be `.` or `..`, or
 * empty, which many servers take for none: it would be another name of the same image. And for a name that is nothing but
 * the prefix.
 */
export function objectAt(origin: Origin, name: string): OriginObject {
  const { folder, keyTemplate, prefix } = origin;
  const rest = name.slice(prefix.length);
  const key = keyTemplate.replace(/\{(?:identifier|rest)\}/g, (part) => (part === "{rest}" ? rest : name));
  const segments = `${folder}/${key}`.split("/");
  const isThere = rest !== "" && key.isWellFormed() && !key.split("/").includes("") && !segments.some(isUpward);
  if (!isThere) throw noSuchImage();
  return { origin, key, path: segments.map(escapeSegment).join("/") };
}

function isUpward(segment: string): boolean {
  return segment === "." || segment === "..";
}
