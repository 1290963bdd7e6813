/** Who may see an image, and how much of a secret it is that there is one. */
export type Access =
  | { readonly kind: "open" | "closed" | "hidden" | "signed" }
  | { readonly kind: "network" | "click" | "role"; readonly names: readonly string[] };

/** What is said to somebody who wrote it wrong. */
export const accessForms =
  "open, closed, hidden, signed, network:NAME, click:NAME or role:NAME, with | between several names";

/** What networks, notices and roles may be called. */
export const namePattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Reads who may see an image from the text of a table or a rule; undefined for a text that says nothing of the kind. */
export function parseAccess(text: string): Access | undefined {
  if (text === "open" || text === "closed" || text === "hidden" || text === "signed") return { kind: text };
  const [, kind, list = ""] = /^(network|click|role):(.+)$/.exec(text) ?? [];
  if (kind !== "network" && kind !== "click" && kind !== "role") return undefined;
  const names = list.split("|").map((name) => name.trim());
  return names.every((name) => namePattern.test(name)) ? { kind, names: [...new Set(names)] } : undefined;
}

/** Returns the text that `parseAccess` reads. */
export function formatAccess(access: Access): string {
  return "names" in access ? `${access.kind}:${access.names.join("|")}` : access.kind;
}
