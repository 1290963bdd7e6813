import type { ApiVersion } from "../iiif/version.ts";
import type { Piece } from "./addresses.ts";

/** Where a path of the Presentation API leads. Keys are as in the path, still encoded. */
export type PresentationRoute =
  | { readonly kind: "manifest"; readonly version: ApiVersion; readonly key: string }
  | {
      readonly kind: "collection";
      readonly version: ApiVersion;
      readonly key: string;
      readonly part: string | undefined;
    }
  | { readonly kind: "unversioned"; readonly rest: string }
  | { readonly kind: "piece"; readonly piece: Piece; readonly object: string; readonly key: string };

const pieces: readonly string[] = ["canvas", "page", "annotation", "range"] satisfies readonly Piece[];

/**
 * Finds the route of what follows `/presentation/` in a raw path. It is read from the right, so that keys may hold plain
 * slashes. Undefined for a path that leads nowhere.
 */
export function findPresentationRoute(rest: string): PresentationRoute | undefined {
  const segments = rest.split("/");
  const piece = segments.at(-2) ?? "";
  const key = segments.at(-1) ?? "";
  if (pieces.includes(piece) && segments.length >= 3 && key !== "") {
    return { kind: "piece", piece: piece as Piece, object: segments.slice(0, -2).join("/"), key };
  }
  const [first = ""] = segments;
  const isVersioned = first === "3" || first === "2";
  const document = findDocument(isVersioned ? segments.slice(1) : segments);
  if (document === undefined) return undefined;
  return isVersioned ? { ...document, version: Number(first) as ApiVersion } : { kind: "unversioned", rest };
}

type Document =
  | { readonly kind: "manifest"; readonly key: string }
  | { readonly kind: "collection"; readonly key: string; readonly part: string | undefined };

function findDocument(segments: readonly string[]): Document | undefined {
  const keyBefore = (count: number): string => segments.slice(0, -count).join("/");
  const last = segments.at(-1) ?? "";
  if (/^manifest(?:\.json)?$/.test(last) && keyBefore(1) !== "") return { kind: "manifest", key: keyBefore(1) };
  if (last === "collection" && keyBefore(1) !== "") return { kind: "collection", key: keyBefore(1), part: undefined };
  if (segments.at(-3) === "collection" && segments.at(-2) === "part" && last !== "" && keyBefore(3) !== "") {
    return { kind: "collection", key: keyBefore(3), part: last };
  }
  return undefined;
}
