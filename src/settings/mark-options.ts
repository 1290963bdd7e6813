import { type OptionTable, text, type ValuesOf } from "./values.ts";

/** What `access mark` takes of its own. */
export const markOptions = {
  text: { kind: text("TEXT"), help: "what the mark says; \\n begins another line" },
  font: { kind: text("FILE"), help: "the font of the text (that of the pages)" },
  image: { kind: text("FILE"), help: "a picture in place of a text: transparent where it shows nothing" },
} as const satisfies OptionTable;

/** What a mark is made of, as far as it was said. */
export type MarkOptions = ValuesOf<typeof markOptions>;
