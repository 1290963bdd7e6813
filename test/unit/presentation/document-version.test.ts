import { expect, it } from "vitest";
import { digest } from "../../../src/digest.ts";
import type { Addresses } from "../../../src/presentation/addresses.ts";
import { formatPart } from "../../../src/presentation/collection.ts";
import { partsOf } from "../../../src/presentation/collection-parts.ts";
import { topRange } from "../../../src/presentation/contents.ts";
import { documentVersion } from "../../../src/presentation/document-version.ts";
import { formatPiece } from "../../../src/presentation/piece.ts";
import { formatPartV2 } from "../../../src/presentation/v2/collection.ts";
import { collectionOf, collectionV2Of, manifestOf, manifestV2Of } from "../../support/presentation-documents.ts";
import { addresses, makeCollection, makeFullWork, makeMember, makePage } from "../../support/works.ts";

/**
 * Entity tags of documents are made from the version of the record, not from the document. So this fails when the same
 * record gives another document: raise `documentVersion`, and state what is printed here.
 */
it("has a number of its own for each way in which documents are written", async () => {
  const full = makeFullWork();
  const plain = makePage("plain", { text: { format: "plain", file: "plain.txt" } });
  const work = { ...full, pages: [...full.pages, plain] };
  const large = makeCollection({
    members: Array.from({ length: 1001 }, (_, index) =>
      makeMember(`plan ${index}`, { kind: index % 2 ? "object" : "collection" }),
    ),
    isMultiPart: true,
  });
  const { isSearched, ...unsearched } = addresses;
  const all = [addresses, unsearched as Addresses].flatMap((at) => [
    manifestOf(work, at),
    manifestV2Of(work, at),
    ...work.pages.flatMap(({ key }) =>
      (["canvas", "page", "annotation"] as const).map((piece) => formatPiece(at, work, { piece, key })),
    ),
    ...["0001", topRange].map((key) => formatPiece(at, work, { piece: "range", key })),
    ...[makeCollection(), large].flatMap((collection) => [
      collectionOf(collection, at),
      collectionV2Of(collection, at),
    ]),
    ...partsOf(large).flatMap((part) => [formatPart(at, large, part), formatPartV2(at, large, part)]),
  ]);
  expect(isSearched).toBe(true);
  expect([documentVersion, await digest(JSON.stringify(all))]).toEqual([1, "6d633212643393bbebb39f134585a037"]);
});
