import { cleanText } from "../catalogue/clean-text.ts";
import { ImageError } from "../error.ts";
import { maxQueryCharacters, maxQueryTerms } from "../limits.ts";
import { indexedText } from "./search-text.ts";

/**
 * Returns what is searched for as an expression of SQLite's FTS5: words, and phrases in quotes, all of which have to be
 * there; a word that ends in `*` stands for all that begin with it. Whatever else has a meaning there is quoted away.
 * Undefined where nothing in it is a word. Throws `query-malformed` for none, one that is too long, and too many words.
 * Source: SQLite FTS5 §3.1.
 */
export function parseQuery(q: string | null): string | undefined {
  const query = cleanText(q ?? "");
  if (query === "") throw malformed("Say what to search for: ?q=");
  if (query.length > maxQueryCharacters) throw malformed(`q is longer than ${maxQueryCharacters} characters.`);
  const found = Array.from(query.matchAll(/"([^"]*)"?|[^\s"]+/g), ([term, phrase]) =>
    formatTerm(phrase ?? term, phrase),
  );
  const terms = found.filter((term) => term !== undefined);
  if (terms.length > maxQueryTerms) throw malformed(`q has more than ${maxQueryTerms} words.`);
  return terms.length === 0 ? undefined : terms.join(" AND ");
}

function formatTerm(text: string, phrase: string | undefined): string | undefined {
  // What the index takes for parts of words. Source: SQLite FTS5 §4.3.1.
  if (!/[\p{L}\p{N}\p{Co}]/u.test(text)) return undefined;
  const isPrefix = phrase === undefined && /..\*$/su.test(text);
  return `"${indexedText(text)}"${isPrefix ? "*" : ""}`;
}

function malformed(sentence: string): ImageError {
  return new ImageError("query-malformed", sentence);
}
