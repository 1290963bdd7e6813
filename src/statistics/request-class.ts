/** What requests are for. */
export const requestClasses = ["image", "info", "manifest", "search", "page", "admin", "health", "other"] as const;

/** What a request is for. `manifest` stands for all documents of the Presentation API but searches. */
export type RequestClass = (typeof requestClasses)[number];

const roots: Readonly<Record<string, RequestClass>> = {
  "": "page",
  admin: "admin",
  collections: "page",
  health: "health",
  objects: "page",
  presentation: "manifest",
  search: "search",
  view: "page",
};

/** Returns what a raw path is for; `prefix` is that of images. Never throws. */
export function classOf(path: string, prefix: string): RequestClass {
  if (path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/")) {
    return path.endsWith("/info.json") ? "info" : "image";
  }
  const end = path.indexOf("/", 1);
  const root = end < 0 ? path.slice(1) : path.slice(1, end);
  const found = Object.hasOwn(roots, root) ? roots[root] : undefined;
  if (found === "manifest" && /\/search(?:\/[12])?$/.test(path)) return "search";
  return found ?? "other";
}
