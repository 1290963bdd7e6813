import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatPart } from "../../../src/presentation/collection.ts";
import { partsOf } from "../../../src/presentation/collection-parts.ts";
import { collectionOf, manifestOf, valid } from "../../support/presentation-documents.ts";
import { presentationCorpus, presentationFaults } from "../../support/presentation-schema.ts";
import { addresses, makeCollection, makeFullWork, makeMember } from "../../support/works.ts";

/** Fixtures that are wrong without being called broken: canvases in a collection, another licence, a label of 2.1, a language that is none. */
const wrong = ["collection_of_canvases", "non_cc_license", "old_format_label", "rights_lang_issues"];

if (presentationCorpus === undefined) {
  describe("the schema of the validator", () => {
    it.skip("is left out: TESSERA_CORPUS names no folder", () => undefined);
  });
} else {
  const faultsOf = presentationFaults(presentationCorpus);
  const folder = join(presentationCorpus, "fixtures");
  const fixtures = readdirSync(folder).map(
    (name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))] as const,
  );

  describe("the schema of the validator", () => {
    it.each(fixtures)("judges what its authors made as they do: %s", (name, document) => {
      expect(faultsOf(document).length > 0).toBe(
        name.startsWith("broken_") || wrong.includes(name.replace(".json", "")),
      );
    });

    it("finds nothing wrong with a manifest that has all there is", () => {
      expect(faultsOf(manifestOf(makeFullWork()))).toEqual([]);
    });

    it("finds nothing wrong with the parts of a collection, nor with one that is empty", () => {
      const members = Array.from({ length: 1001 }, (_, index) => makeMember(`plan ${index}`));
      const large = makeCollection({ members });
      expect(faultsOf(collectionOf(large))).toEqual([]);
      for (const part of partsOf(large)) expect(faultsOf(formatPart(addresses, large, part))).toEqual([]);
      expect(faultsOf(collectionOf(makeCollection({ members: [] })))).toEqual([]);
    });

    it("is asked of each manifest and collection that a test makes", () => {
      expect(() => valid({ ...manifestOf(), label: "plain" })).toThrow(/the schema of the validator: /);
      expect(() => valid({ ...collectionOf(), label: undefined })).toThrow(/the schema of the validator: /);
    });
  });
}
