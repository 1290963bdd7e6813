import { type Access, formatAccess } from "../access/access.ts";
import { formatPolicy, type Policy } from "../access/policy.ts";

/** Returns the record of an object or a collection as JSON: what it states of access becomes the texts that are read again. */
export function formatRecordJson(record: object): string {
  return JSON.stringify(record, (name, value: unknown) => {
    // A language may be called so as well, and has a list of texts.
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    if (name === "policy") return formatPolicy(value as Policy);
    return name === "access" ? formatAccess(value as Access) : value;
  });
}
