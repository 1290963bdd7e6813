import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";

/** The folder of the schema, the fixtures and the recipes of the Presentation API; undefined without a corpus. */
export const presentationCorpus =
  process.env.TESSERA_CORPUS === undefined ? undefined : join(process.env.TESSERA_CORPUS, "iiif");

/**
 * Returns what is wrong with a document of Presentation 3.0 by the schema of its validator, a line each. Throws what
 * reading the schema throws.
 */
export function presentationFaults(corpus: string): (document: unknown) => readonly string[] {
  const schema = JSON.parse(readFileSync(join(corpus, "schema", "iiif_3_0.json"), "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (document) => {
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}
