import type { UsePreference } from "../config/crawlers.ts";
import { cacheControl, unframedHeaders } from "./headers.ts";

/** What crawlers are told with each answer. */
export interface CrawlerWishes {
  /** Rules for search engines; empty for none. */
  readonly robotsTag: string;
  /** What content may be used for; empty where nothing is said. */
  readonly preferences: readonly UsePreference[];
}

/** Formats preferences as the vocabulary of the IETF spells them. Source: draft-ietf-aipref-vocab-08. */
export function formatContentUsage(preferences: readonly UsePreference[]): string {
  return preferences.map(({ use, isAllowed }) => `${use}=${isAllowed ? "y" : "n"}`).join(", ");
}

const signalNames: Readonly<Record<UsePreference["use"], string>> = {
  "train-ai": "ai-train",
  "ai-use": "ai-input",
  search: "search",
};

/** Formats preferences as content signals. Source: contentsignals.org, draft-romm-aipref-contentsignals-00. */
export function formatContentSignal(preferences: readonly UsePreference[]): string {
  return preferences.map(({ use, isAllowed }) => `${signalNames[use]}=${isAllowed ? "yes" : "no"}`).join(", ");
}

/**
 * Tells crawlers with an answer what its content may be used for; answers without content, such as errors and redirects, come
 * back as they are. The headers of the answer must be changeable. Source: draft-ietf-aipref-attach-05 §2.
 */
export function withWishes(response: Response, { robotsTag, preferences }: CrawlerWishes): Response {
  if (response.status !== 200 && response.status !== 304) return response;
  if (robotsTag !== "") response.headers.set("X-Robots-Tag", robotsTag);
  if (preferences.length > 0) {
    response.headers.set("Content-Usage", formatContentUsage(preferences));
    response.headers.set("Content-Signal", formatContentSignal(preferences));
  }
  return response;
}

/** Returns robots.txt, which crawlers may keep for an hour. Source: RFC 9309 §2.3, §2.4. */
export function respondRobots(text: string): Response {
  return new Response(text, {
    headers: {
      ...unframedHeaders,
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": cacheControl(3600),
    },
  });
}
