import { bucketOptions, runOptions } from "./options.ts";
import { type OptionTable, text, type ValuesOf } from "./values.ts";

/** What `access mark` takes. */
export const markOptions = {
  ...bucketOptions,
  text: { kind: text("TEXT"), help: "what the mark says; \\n begins another line" },
  font: { kind: text("FILE"), help: "the font of the text (that of the pages)" },
  image: { kind: text("FILE"), help: "a picture in place of a text: transparent where it shows nothing" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** What a mark is made of and where it goes, as far as it was said. */
export type MarkOptions = ValuesOf<typeof markOptions>;
