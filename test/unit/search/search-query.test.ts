import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { parseMarked } from "../../../src/search/marked-text.ts";
import { parseQuery } from "../../../src/search/search-query.ts";
import { indexedText, shownText } from "../../../src/search/search-text.ts";
import { codeOf } from "../../support/code-of.ts";
import { openRandom } from "../../support/random.ts";

describe("what is searched for", () => {
  it.each([
    ["two words", '"two" AND "words"'],
    ['a "phrase of words" b', '"a" AND "phrase of words" AND "b"'],
    ['"not closed', '"not closed"'],
    ["muse* a* *", '"muse*"* AND "a*"'],
    ["東京タワー", '"東\u200b京\u200bタ\u200bワ\u200bー"'],
    ["東京tower", '"東\u200b京\u200btower"'],
    ["NOT (x OR y) NEAR", '"NOT" AND "(x" AND "OR" AND "y)" AND "NEAR"'],
    [" \u0000 a\u0001b \u200b", '"a" AND "b"'],
    ["cafe\u0301", '"café"'],
  ])("is an expression that quotes all there is: %j", (q, expression) => {
    expect(parseQuery(q)).toBe(expression);
  });

  it.each(["... — !", '""', "*", "\u0301"])("is nothing where no word is in it: %j", (q) => {
    expect(parseQuery(q)).toBeUndefined();
  });

  it.each([null, "", "  ", "\u200b", "a".repeat(257), "a ".repeat(17)])("is refused: %j", (q) => {
    expect(codeOf(() => parseQuery(q))).toBe("query-malformed");
  });

  it("may be as long as the limits say", () => {
    expect(parseQuery("a".repeat(256))).toBe(`"${"a".repeat(256)}"`);
    expect(parseQuery("a ".repeat(16))?.split(" AND ")).toHaveLength(16);
  });

  it("is an expression that SQLite takes, whatever characters it is of", () => {
    const database = new DatabaseSync(":memory:");
    database.exec("CREATE VIRTUAL TABLE words USING fts5(text, tokenize='unicode61 remove_diacritics 2')");
    const found = database.prepare("SELECT rowid FROM words WHERE words MATCH ?");
    const random = openRandom(7);
    const characters = [
      '"',
      "*",
      "(",
      ")",
      ":",
      "^",
      "-",
      "+",
      "{",
      "}",
      "'",
      "\\",
      ",",
      " ",
      "a",
      "OR",
      "é",
      "東",
      "ก็",
      "\ud83d",
    ];
    let asked = 0;
    for (let round = 0; round < 2000; round += 1) {
      const q = Array.from({ length: random.integer(1, 12) }, () => random.pick(characters)).join("");
      const expression = q.trim() === "" ? undefined : parseQuery(q);
      if (expression === undefined) continue;
      asked += 1;
      expect([q, found.all(expression)]).toEqual([q, []]);
    }
    expect(asked).toBeGreaterThan(1000);
  });
});

describe("a text of the index", () => {
  it.each([
    "Zwei Wörter",
    "東京は日本の首都です。",
    "ภาษาไทยไม่มี",
    "한국어 문장",
    "mixed 東京 and ไทย text",
    "𠮷野家",
    "ភាសាខ្មែរ",
  ])("is shown as it was: %s", (text) => expect(shownText(indexedText(text))).toBe(text));

  it("has marks where something was found", () => {
    expect(parseMarked("a \u0002b\u0003 東\u200b\u0002京\u200bc\u0003")).toEqual({
      text: "a b 東京c",
      found: [
        [2, 3],
        [5, 7],
      ],
    });
  });
});
