/** Hosts whose URIs a manifest may state as rights. They are written with http, as both organisations define them. */
const hosts: readonly string[] = ["creativecommons.org", "rightsstatements.org"];

/** What is accepted next to them. */
export interface AcceptedRights {
  /** URIs that an institution has declared. */
  readonly others: readonly string[];
}

/**
 * Returns rights as a manifest states them: a URI of Creative Commons or RightsStatements.org, written with http and
 * without `www.`, or one of the others that are accepted. Undefined for anything else. Source: IIIF Presentation API 3.0
 * §3.1, rights.
 */
export function readRights(text: string, { others }: AcceptedRights = { others: [] }): string | undefined {
  if (others.includes(text)) return text;
  const [, host = "", path = ""] = /^https?:\/\/(?:www\.)?([^/]+)(\/\S+)$/i.exec(text) ?? [];
  const known = host.toLowerCase();
  if (!hosts.includes(known) || !isStatement(known, path)) return undefined;
  return `http://${known}${path.replace(/(?:deed|legalcode)(?:\.[a-z_-]+)?$/i, "")}`;
}

/** The statements themselves: a page about licences states nothing. */
function isStatement(host: string, path: string): boolean {
  if (host === "rightsstatements.org") return /^\/(?:vocab|page)\/[A-Za-z-]+\/\d\.\d\/?$/.test(path);
  return /^\/(?:licenses\/[a-z-]+\/\d\.\d|publicdomain\/(?:mark|zero)\/\d\.\d)(?:\/|$)/.test(path);
}
