/** Returns how the body of a request says that it is written: as JSON, as CSV, or undefined for anything else. */
export function taskFormOf({ headers }: Request): "json" | "csv" | undefined {
  const [type = ""] = (headers.get("Content-Type") ?? "").toLowerCase().split(";");
  if (/^(?:application\/json|application\/[\w.-]+\+json)$/.test(type.trim())) return "json";
  return type.trim() === "text/csv" ? "csv" : undefined;
}
