import type { Addresses } from "../addresses.ts";
import { given, type Json } from "../json.ts";
import { answerUri, type HitsAnswer, nextUri, uniqueLines } from "../object-hits.ts";
import { lineUri } from "../page-text.ts";
import { formatLineV2 } from "./page-text.ts";

/**
 * Returns what was found in an object the way Content Search 1.0 has it, which Mirador and Universal Viewer speak. A total
 * is stated where all is in one answer. Source: Content Search API 1.0 §3.2 to §3.4.
 */
export function formatHitsV1(addresses: Addresses, answer: HitsAnswer): Json {
  const { object, hits, from, next, ignored } = answer;
  const id = answerUri(addresses, 1, answer);
  const lines = uniqueLines(addresses, answer);
  return {
    "@context": ["http://iiif.io/api/presentation/2/context.json", "http://iiif.io/api/search/1/context.json"],
    "@id": id,
    "@type": "sc:AnnotationList",
    within: {
      "@type": "sc:Layer",
      ...given("total", from === 0 && next === undefined ? lines.length : undefined),
      ...given("ignored", ignored),
    },
    ...given("next", nextUri(addresses, 1, answer)),
    resources: lines.map(({ page, line }) => formatLineV2(addresses, { object, key: page }, line)),
    hits: hits.map(({ page, lines, before, match, after }) => ({
      "@type": "search:Hit",
      annotations: lines.map(({ index }) => lineUri(addresses, { object, key: page }, index)),
      before,
      match,
      after,
    })),
  };
}
