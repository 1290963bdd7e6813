import type { Config } from "../config.ts";
import { formatContentSignal, formatContentUsage, respondRobots } from "../http/crawlers.ts";
import type { Services } from "../services.ts";

/** Answers what crawlers may fetch. Never throws. */
export function answerRobots({ config }: Services): Response {
  return respondRobots(formatRobots(config));
}

/** What `formatRobots` depends on. */
export type RobotsSettings = Pick<Config, "robots" | "preferences" | "prefix" | "gateway">;

/** Sizes that ask for all of an image, in 3.0 and 2.1; `^` has no place in a path as it is. Source: RFC 9309 §2.2.2. */
const wholeSizes = ["max", "%5Emax", "full"] as const;

/** Paths that nobody finds anything by: their answers are endless, or for those who administer the service. */
const idlePaths = ["/search", "/admin", "/auth"] as const;

/**
 * Returns the text of robots.txt. Open: all but pictures of whole images at full size, each of which costs as much as hundreds
 * of tiles and shows a search engine nothing that smaller ones do not. Pages: those for people, and neither pictures nor
 * documents. Closed: nothing. Source: RFC 9309 §2.2; draft-ietf-aipref-attach-05 §3.
 */
export function formatRobots({ robots, preferences, prefix, gateway }: RobotsSettings): string {
  const images = [prefix, ...gateway.map((rule) => rule.prefix.replace(/\/$/, ""))];
  const disallowed = {
    open: [...images.flatMap((image) => wholeSizes.map((size) => `${image}/*/full/${size}/`)), ...idlePaths],
    pages: [...images.map((image) => `${image}/`), "/presentation/", "/view/", ...idlePaths],
    closed: ["/"],
  }[robots];
  const usage = formatContentUsage(preferences);
  const lines = [
    "User-agent: *",
    ...(usage === "" ? [] : [`Content-Signal: ${formatContentSignal(preferences)}`, `Content-Usage: / ${usage}`]),
    ...disallowed.map((path) => `Disallow: ${path}`),
  ];
  return `${lines.join("\n")}\n`;
}
