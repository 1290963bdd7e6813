import { type Addresses, searchUri } from "./addresses.ts";
import { given, type Json } from "./json.ts";
import { presentationContext, searchContext } from "./manifest.ts";
import { formatLine, lineUri, type NumberedLine } from "./page-text.ts";
import type { SearchVersion } from "./text-route.ts";

/** Something that was found in an object: the lines it is in, and what stands around it. */
export interface FoundHit {
  readonly page: string;
  readonly language: string | undefined;
  readonly lines: readonly NumberedLine[];
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

/** An answer to a search in an object. */
export interface HitsAnswer {
  readonly object: string;
  /** As it was asked for. */
  readonly q: string;
  readonly from: number;
  /** From where to go on, if there is more. */
  readonly next: number | undefined;
  readonly hits: readonly FoundHit[];
  /** Names of parameters that were not looked at. */
  readonly ignored: readonly string[];
}

/**
 * Returns what was found in an object: an annotation for each line, and for each hit one that says which words of it were
 * meant. Source: Content Search API 2.0 §3.2 to §3.4.
 */
export function formatHits(addresses: Addresses, answer: HitsAnswer): Json {
  const { object, hits, ignored } = answer;
  const id = answerUri(addresses, 2, { ...answer });
  const highlights = hits.flatMap(({ page, lines, before, match, after }, index) =>
    lines.map((line, part) => ({
      id: `${id}#hit-${index + 1}-${part + 1}`,
      type: "Annotation",
      motivation: "highlighting",
      target: {
        type: "SpecificResource",
        source: lineUri(addresses, { object, key: page }, line.index),
        selector: [{ type: "TextQuoteSelector", prefix: before, exact: match, suffix: after }],
      },
    })),
  );
  return {
    "@context": [searchContext, presentationContext],
    id,
    type: "AnnotationPage",
    ...given("ignored", ignored),
    ...given("next", nextOf(addresses, 2, answer)),
    items: uniqueLines(addresses, answer).map(({ page, line }) => formatLine(addresses, { object, key: page }, line)),
    annotations: highlights.length === 0 ? [] : [{ type: "AnnotationPage", id: `${id}#hits`, items: highlights }],
  };
}

/** A line with its page. */
export interface LineOfPage {
  readonly page: string;
  readonly line: NumberedLine;
}

/** Returns the lines that hits are in, each once, in order. */
export function uniqueLines(
  addresses: Addresses,
  { object, hits }: Pick<HitsAnswer, "object" | "hits">,
): readonly LineOfPage[] {
  const lines = hits.flatMap(({ page, language, lines }) =>
    lines.map((line) => ({ page, line: { ...line, language } })),
  );
  return [
    ...new Map(lines.map((one) => [lineUri(addresses, { object, key: one.page }, one.line.index), one])).values(),
  ];
}

/** Returns the URI of an answer, or of a later one. */
export function answerUri(
  addresses: Addresses,
  version: SearchVersion,
  { object, q, from }: Pick<HitsAnswer, "object" | "q" | "from">,
): string {
  const place = from === 0 ? "" : `&from=${from}`;
  return `${searchUri(addresses, version, object)}?q=${encodeURIComponent(q)}${place}`;
}

/** Returns the URI of the answer that goes on after this one, if there is more. */
export function nextUri(addresses: Addresses, version: SearchVersion, answer: HitsAnswer): string | undefined {
  const { next } = answer;
  return next === undefined ? undefined : answerUri(addresses, version, { ...answer, from: next });
}

function nextOf(addresses: Addresses, version: SearchVersion, answer: HitsAnswer): Json | undefined {
  const id = nextUri(addresses, version, answer);
  return id === undefined ? undefined : { id, type: "AnnotationPage" };
}
