import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { findHtmlFault, looksLikeHtml } from "../catalogue/html.ts";
import { firstText, type LanguageMap } from "../catalogue/language-map.ts";

/** Returns a tag of a language map as the attribute `lang` takes it: empty for a language that nobody has stated. */
function langOf(tag: string | undefined): string {
  return tag !== undefined && tag !== "none" && /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : "";
}

/** Returns the languages that are stated of texts, for what tells the languages of an answer. */
export function languagesOf(map: LanguageMap): readonly string[] {
  return Object.keys(map).flatMap((tag) => (langOf(tag) === "" ? [] : [langOf(tag)]));
}

/** Returns a label as plain text: the first text of the first language, else what it is called otherwise. */
export function plainLabel(map: LanguageMap | undefined, otherwise: string): string {
  return firstText(map ?? {}) ?? otherwise;
}

/** Shows a label by its first text, in its language. */
export function Label({ map, otherwise }: { readonly map: LanguageMap | undefined; readonly otherwise: string }) {
  return (
    <span lang={langOf(Object.keys(map ?? {})[0])} dir="auto">
      {plainLabel(map, otherwise)}
    </span>
  );
}

/** Shows the texts of a label that stand behind the first: those of other languages. Nothing where there are none. */
export function OtherLabels({ map }: { readonly map: LanguageMap }) {
  const others = Object.entries(map).slice(1);
  return (
    <>
      {others.map(([tag, texts]) => (
        <p class="other-label" lang={langOf(tag)} dir="auto">
          {texts.join(" · ")}
        </p>
      ))}
    </>
  );
}

/** Shows all texts of all languages, each by itself. What is HTML by the rules of IIIF is shown as such. */
export function Texts({ map, as }: { readonly map: LanguageMap; readonly as: (text: Child, lang: string) => Child }) {
  return <>{Object.entries(map).flatMap(([tag, texts]) => texts.map((text) => as(formatText(text), langOf(tag))))}</>;
}

/** HTML that closes an element at once which in a page has to have an end: everything after it would be inside. */
const closedAtOnce = /<(?!br\b|img\b)[a-z]+(?:"[^"]*"|'[^']*'|[^>"'])*\/\s*>/i;

/**
 * Returns a text as a page shows it. Only HTML that keeps to the list of IIIF is taken as HTML: the ingest has held it to the
 * rules, and a record may come from elsewhere.
 */
function formatText(text: string): Child {
  const isHtml = looksLikeHtml(text) && findHtmlFault(text) === undefined && !closedAtOnce.test(text);
  return isHtml ? raw(text) : text;
}

/** Returns a text without its HTML, in one line, as attributes take it. */
export function plainText(text: string): string {
  const isHtml = looksLikeHtml(text) && findHtmlFault(text) === undefined;
  const plain = isHtml ? text.replace(/<[^>]*>/g, " ").replace(/&(?:amp|lt|gt|quot|#39);/g, decodeEntity) : text;
  return plain.replace(/\s+/g, " ").trim();
}

function decodeEntity(entity: string): string {
  return { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" }[entity] ?? entity;
}
