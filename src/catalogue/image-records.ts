import * as v from "valibot";
import { formatPolicy, type Policy, policyEntries, policySchema } from "../access/policy.ts";
import { defined } from "./defined.ts";
import { type LabelledValue, type LanguageMap, languageMapSchema } from "./language-map.ts";
import type { PageTable } from "./page-table.ts";
import type { SheetPlace } from "./sheet-place.ts";

/** What a table says of one image by itself. */
export interface ImageRecord {
  readonly label?: LanguageMap;
  /** A URI, as manifests state it. Source: IIIF Presentation API 3.0, rights. */
  readonly rights?: string;
  /** The columns without a meaning of their own, in their order, empty fields left out. */
  readonly metadata: readonly LabelledValue[];
  /** Who may see it; what is not stated is open. */
  readonly policy?: Policy;
}

/** A record and where it stands. */
export interface RecordRow {
  readonly record: ImageRecord;
  /** The cell that names the image. */
  readonly place: SheetPlace;
}

/** The rows of a table by the column that names images. */
export interface Records {
  /** By identifier, or by the path of the source from the folder that was named. */
  readonly column: "identifier" | "file";
  /** Empty where the form of the table is wrong, for then no row can be relied on. */
  readonly rows: ReadonlyMap<string, RecordRow>;
}

/** What the catalogue holds of an image, as JSON. */
export interface StoredRecord extends ImageRecord {
  readonly identifier: string;
  /** The key of the object that it is a page of. */
  readonly object?: string;
  /** In pixels, as the image is seen. */
  readonly width: number;
  readonly height: number;
}

/** Earlier versions wrote texts without their language. */
const textSchema: v.GenericSchema<unknown, LanguageMap> = v.union([
  languageMapSchema,
  v.pipe(
    v.string(),
    v.transform((text): LanguageMap => ({ none: [text] })),
  ),
]);

const pixels = v.pipe(v.number(), v.integer(), v.minValue(1));

const recordSchema: v.GenericSchema<unknown, StoredRecord> = v.object({
  identifier: v.string(),
  object: v.exactOptional(v.string()),
  label: v.exactOptional(textSchema),
  rights: v.exactOptional(v.string()),
  metadata: v.array(v.object({ label: textSchema, value: textSchema })),
  policy: v.exactOptional(policySchema),
  width: pixels,
  height: pixels,
});

/** Returns the key, in the catalogue, of the record of an image, whatever the key template of masters. */
export function recordKey(identifier: string): string {
  return `records/${identifier}.json`;
}

/** Tells whether bytes are the record of an image: JSON that names its identifier. */
export function isRecordOf(identifier: string, bytes: Uint8Array): boolean {
  const record = parseJson(bytes);
  return typeof record === "object" && record !== null && "identifier" in record && record.identifier === identifier;
}

/** Reads the record of an image; undefined of bytes that are none of it. Never throws. */
export function parseImageRecord(bytes: Uint8Array, identifier: string): StoredRecord | undefined {
  const json = parseJson(bytes);
  // What stands beside the policy in place of in it would be taken for nothing, and leave the image open.
  if (typeof json === "object" && json !== null && Object.keys(json).some((name) => Object.hasOwn(policyEntries, name)))
    return undefined;
  const read = v.safeParse(recordSchema, json, { abortEarly: true });
  return read.success && read.output.identifier === identifier ? read.output : undefined;
}

/**
 * Returns the record of an image as it is stored: what a table says, or what its record said before. The label of a page
 * stands in the record of its object alone.
 */
export function formatImageRecord(
  told: ImageRecord | undefined,
  image: Pick<StoredRecord, "identifier" | "width" | "height"> & {
    readonly object: string | undefined;
    readonly former: StoredRecord | undefined;
  },
): Uint8Array {
  const { identifier, width, height, former, object = former?.object } = image;
  const { label, rights, metadata } = told ?? former ?? { metadata: [] };
  const own = object === undefined ? label : undefined;
  const policy = told === undefined ? former?.policy : statedPolicy(told, former);
  const record = defined({ identifier, object, label: own, rights, metadata, width, height });
  return new TextEncoder().encode(
    JSON.stringify(policy === undefined ? record : { ...record, policy: formatPolicy(policy) }),
  );
}

/**
 * Returns the policy that a record has from now on: a table without columns of access leaves it as it is, and one that states
 * nothing leaves no trace but of what was stated before.
 */
function statedPolicy({ policy }: ImageRecord, former: StoredRecord | undefined): Policy | undefined {
  if (policy === undefined) return former?.policy;
  return Object.keys(policy).length === 0 && former?.policy === undefined ? undefined : policy;
}

/** Returns the record of an image with another policy, all else as it is. It has to be a record. */
export function withPolicy(bytes: Uint8Array, policy: Policy): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...(parseJson(bytes) as object), policy: formatPolicy(policy) }));
}

/** Returns the record of an image under another identifier, all else as it is. It has to be a record. */
export function renameImageRecord(bytes: Uint8Array, to: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...(parseJson(bytes) as object), identifier: to }));
}

/** Returns what a table of images says of each by itself. */
export function recordsOf({ column, rows, isSound }: PageTable): Records {
  const named = isSound ? rows : [];
  return {
    column,
    rows: new Map(
      named.flatMap(({ image, label, rights, metadata, policy, place }) =>
        image === undefined
          ? []
          : [
              [
                image,
                { record: defined<ImageRecord>({ label, rights, metadata, policy }), place: place(column) },
              ] as const,
            ],
      ),
    ),
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return undefined;
  }
}
