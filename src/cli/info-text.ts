import { formatPolicy } from "../access/policy.ts";
import type { StoredRecord } from "../catalogue/image-records.ts";
import type { KeptDerivative } from "../job/kept-derivatives.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import { type DerivativeState, derivativeStates } from "../operation/derivative-state.ts";
import type { OutcomeText } from "./access-text.ts";
import type { CheckedFile } from "./check-files.ts";
import { describeChecked } from "./check-json.ts";
import { alignRows, formatCheck, type Row } from "./check-text.ts";
import { count } from "./count.ts";
import type { FoundMaster } from "./find-master.ts";
import { formatUploadDate, isoDate } from "./upload-date.ts";

/** All that is stored of an image. */
export interface ImageInfo {
  readonly master: FoundMaster;
  readonly file: CheckedFile;
  readonly record: StoredRecord | undefined;
  readonly access: PublicAccess;
  readonly object: ObjectOfImage | undefined;
  readonly addresses: readonly string[];
  readonly cacheTags: readonly string[];
  /** Of all pages of its master. */
  readonly derivatives: readonly KeptDerivative[];
}

/** How an image is shown to somebody who shows nothing. */
export interface PublicAccess extends OutcomeText {
  /** Of the reduced image, where that is shown instead. */
  readonly address?: string;
  /** What counts now and next, where anything is stated. */
  readonly rows: readonly Row[];
}

/** The object that the record of an image names, and the pages that show it; or what is wrong with it, after its name. */
export type ObjectOfImage =
  | { readonly key: string; readonly fault: string }
  | {
      readonly key: string;
      readonly label: string;
      readonly pages: number;
      readonly shown: readonly { readonly number: number; readonly key: string }[];
    };

/** Returns all that is stored of an image as it stands in a report for scripts. */
export function describeInfo({
  master,
  file,
  derivatives,
  record,
  access: { rows, ...access },
  ...told
}: ImageInfo): object {
  const { identifier, key, page, bytes, etag, uploadedAt, metadata } = master;
  const uploaded = isoDate(uploadedAt);
  const kept = Object.fromEntries(derivativeStates.map((state) => [state, sumOf(derivatives, state)]));
  return {
    identifier,
    page,
    master: { key, bytes, etag, uploaded, metadata },
    check: describeChecked(file),
    record: record?.policy === undefined ? record : { ...record, policy: formatPolicy(record.policy) },
    ...told,
    access: { ...access, ...Object.fromEntries(rows) },
    derivatives: kept,
  };
}

/** Formats all that is stored of an image as lines. */
export function formatInfo(info: ImageInfo): string[] {
  const { master, file, record, access, object, addresses, cacheTags, derivatives } = info;
  const { key, etag, uploadedAt, metadata } = master;
  const date = formatUploadDate(uploadedAt);
  const rows: readonly Row[] = [
    ["master", `${key}, stored ${date}, etag ${etag}`],
    ...(metadata.sha256 === undefined ? [] : [["", `SHA-256 ${metadata.sha256}`] as const]),
    ["record", record === undefined ? "none" : formatRecord(record)],
    ...formatAccess(access),
    ...(object === undefined ? [] : [["object", formatObject(object)] as const]),
    ...addresses.map((address, index): Row => [index === 0 ? "addresses" : "", address]),
    ["cache tags", cacheTags.join(", ")],
    ["kept", formatKept(derivatives)],
  ];
  return [...formatCheck(file), ...alignRows(rows)];
}

/** As anybody gets it. */
function formatAccess({ outcome, text, address, rows }: PublicAccess): readonly Row[] {
  const next = rows.find(([name]) => name === "next")?.[1];
  return [
    ["access", `${outcome} to anybody: ${text}`],
    ...(address === undefined ? [] : [["", address] as const]),
    ...(next === undefined || next === "no change" ? [] : [["", `from ${next}`] as const]),
  ];
}

function formatRecord({ label, rights, metadata, width, height }: StoredRecord): string {
  const text = label === undefined ? [] : [`"${Object.values(label)[0]?.[0] ?? ""}"`];
  const fields = metadata.length === 0 ? [] : [count(metadata.length, "field")];
  return [...text, `${width} × ${height}`, ...(rights === undefined ? [] : [rights]), ...fields].join(", ");
}

function formatObject(object: ObjectOfImage): string {
  if ("fault" in object) return `${object.key}, ${object.fault}`;
  const { key, label, pages, shown } = object;
  const places = shown.map(({ number, key: page }) => `${number} (${page})`).join(", ");
  return `${key} "${label}", ${places === "" ? "which does not show it" : `page ${places} of ${pages}`}`;
}

function formatKept(derivatives: readonly KeptDerivative[]): string {
  if (derivatives.length === 0) return "nothing";
  const bytes = derivatives.reduce((sum, derivative) => sum + derivative.bytes, 0);
  const states = derivativeStates
    .filter((state) => state !== "current")
    .map((state) => ({ state, ...sumOf(derivatives, state) }))
    .filter((sum) => sum.derivatives > 0)
    .map((sum) => `, ${sum.derivatives} of them ${sum.state} (${formatMegabytes(sum.bytes)} MB)`);
  return `${count(derivatives.length, "picture or index", "pictures and indexes")} of ${formatMegabytes(bytes)} MB${states.join("")}`;
}

function sumOf(
  derivatives: readonly KeptDerivative[],
  asked: DerivativeState,
): { readonly derivatives: number; readonly bytes: number } {
  const found = derivatives.filter(({ state }) => state === asked);
  return { derivatives: found.length, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) };
}
