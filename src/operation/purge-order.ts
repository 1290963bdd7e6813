import * as v from "valibot";
import { ImageError } from "../error.ts";
import { mostPurgedImages } from "../limits.ts";

const name = v.pipe(v.string(), v.minLength(1));
const dryRun = v.exactOptional(v.literal(true));

const orderSchema = v.variant("kind", [
  v.strictObject({
    kind: v.literal("images"),
    identifiers: v.pipe(v.array(name), v.minLength(1), v.maxLength(mostPurgedImages)),
    dryRun,
  }),
  v.strictObject({
    kind: v.literal("object"),
    key: name,
    only: v.exactOptional(v.literal("documents")),
    after: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    dryRun,
  }),
  v.strictObject({ kind: v.literal("collection"), key: name, dryRun }),
  v.strictObject({ kind: v.literal("prefix"), prefix: name, after: v.exactOptional(name), dryRun }),
  v.strictObject({ kind: v.literal("everything"), after: v.exactOptional(name), dryRun }),
]);

/**
 * What is to be purged: images; an object, its documents and, unless `only` says otherwise, the images of its pages; a collection, its documents alone;
 * the images whose identifiers start so; everything. `after` stands in the order that goes on with an earlier one;
 * with `dryRun` it is counted what would be removed, and nothing is.
 */
export type PurgeOrder = v.InferOutput<typeof orderSchema>;

/** Returns the order that a body of JSON gives. Throws `body-malformed`, which says what is wrong where. */
export function readPurgeOrder(body: unknown): PurgeOrder {
  const read = v.safeParse(orderSchema, body);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const place = v.getDotPath(issue);
  throw new ImageError("body-malformed", `${place === null ? "The body" : place}: ${issue.message}.`, {
    hint: `Send {"kind": "images", "identifiers": [...]} with up to ${mostPurgedImages} identifiers, or one of the orders that docs/operating.md lists.`,
  });
}
