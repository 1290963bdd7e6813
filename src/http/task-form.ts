/** Returns how the body of a request says that it is written: as JSON, as CSV, or undefined for anything else. */
export function taskFormOf({ headers }: Request): "json" | "csv" | undefined {
  const [type = ""] = (headers.get("Content-Type") ?? "").toLowerCase().split(";");
  if (/^(?:application\/json|application\/[\w.-]+\+json)$/.test(type.trim())) return "json";
  return type.trim() === "text/csv" ? "csv" : undefined;
}

/**
 * Returns what tells this sending of a task from others, up to 200 printable characters: a client that sends the same again says
 * so by it. Undefined where nothing does. Source: draft-ietf-httpapi-idempotency-key-header.
 */
export function sendingOf({ headers }: Request): string | undefined {
  const key = headers.get("Idempotency-Key")?.trim();
  return key !== undefined && /^[\x21-\x7e]{1,200}$/.test(key) ? key : undefined;
}
