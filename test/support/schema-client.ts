import { inject } from "vitest";

/**
 * What the schema is asked of. It does not know canvases and ranges by themselves, and wants annotation pages to be part of
 * annotation collections alone, which the API does not. Source: Presentation API 3.0 §3.3, partOf.
 */
const known: readonly unknown[] = ["Manifest", "Collection"];

const context = "http://iiif.io/api/presentation/3/context.json";

/**
 * Throws what the validator's schema finds wrong with a document of Presentation 3.0 that a test has been answered; does
 * nothing for anything else, and without a corpus.
 */
export async function expectValidDocument(contentType: string | null, text: string): Promise<void> {
  const schema = inject("schema");
  if (schema === "" || text === "" || contentType?.includes("json") !== true) return;
  const document = JSON.parse(text);
  if (document["@context"] !== context || !known.includes(document.type)) return;
  const response = await fetch(schema, { method: "POST", body: text });
  if (!response.ok) throw new Error(`the schema was not asked: ${await response.text()}`);
  const faults = (await response.json()) as readonly string[];
  if (faults.length > 0) throw new Error(`the schema of the validator, ${document.id}: ${faults.join("; ")}`);
}
