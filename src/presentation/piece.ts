import type { ShownPage, ShownWork } from "../catalogue/shown-work.ts";
import { type Addresses, manifestUri, type Piece } from "./addresses.ts";
import { formatCanvas, formatPainting, formatPaintingPage } from "./canvas.ts";
import { findEntry, formatRange, formatTopRange, topRange } from "./contents.ts";
import type { Json } from "./json.ts";
import { contextOf } from "./manifest.ts";

/**
 * Returns a piece of an object as a document of its own, with the manifest it is part of; undefined if the object has none
 * of this kind with this key.
 */
export function formatPiece(
  addresses: Addresses,
  work: ShownWork,
  { piece, key }: { readonly piece: Piece; readonly key: string },
): Json | undefined {
  const found = findPiece(addresses, work, { piece, key });
  if (found === undefined) return undefined;
  const pages = piece === "range" ? [] : work.pages.filter((page) => page.key === key);
  const partOf = [{ id: manifestUri(addresses, 3, work.key), type: "Manifest", label: work.label }];
  return { "@context": contextOf(addresses, pages), ...found, partOf };
}

function findPiece(
  addresses: Addresses,
  work: ShownWork,
  { piece, key }: { readonly piece: Piece; readonly key: string },
): Json | undefined {
  if (piece === "range" && key === topRange) return formatTopRange(addresses, work);
  if (piece === "range") {
    const entry = findEntry(work.contents, key);
    return entry && formatRange(addresses, work.key, entry);
  }
  const page = work.pages.find((page) => page.key === key);
  if (page === undefined) return undefined;
  if (piece === "canvas") return formatCanvas(addresses, work, page);
  return isPainted(page) ? (piece === "page" ? formatPaintingPage : formatPainting)(addresses, work, page) : undefined;
}

/** A missing or closed page has neither annotation page nor annotation. */
function isPainted({ images }: ShownPage): boolean {
  return images.length > 0;
}
