import type { NamedImage } from "./folder-objects.ts";
import type { PageRow } from "./page-table.ts";
import type { Entry } from "./work.ts";

/** A page under way: the rows and images of one canvas. */
export interface Leaf {
  readonly key: string;
  readonly order: number | undefined;
  readonly images: readonly NamedImage[];
  readonly rows: readonly PageRow[];
}

/**
 * An entry begins on the page of its row and has the pages up to the next that is as deep or less deep; where that begins on
 * the same page, it has this one, for a range has something in it. Source: IIIF Presentation API 3.0 §5.4.
 */
export function contentsOf(leaves: readonly Leaf[]): readonly Entry[] {
  interface Open extends Omit<Entry, "pages" | "entries"> {
    readonly pages: string[];
    readonly entries: Open[];
  }
  const roots: Open[] = [];
  const used = new Map<string, number>();
  let path: readonly Open[] = [];
  /** Ends entries that are deeper than those kept. */
  const close = (kept: number): void => {
    for (const { key, pages, entries } of path.slice(kept)) {
      if (pages.length + entries.length === 0) pages.push(key.replace(/~\d+$/, ""));
    }
    path = path.slice(0, kept);
  };
  for (const { key, rows } of leaves) {
    for (const names of rows.flatMap(({ entries }) => entries)) {
      let depth = 0;
      while (depth < names.length - 1 && path[depth]?.label.none?.[0] === names[depth]) depth += 1;
      close(depth);
      for (const name of names.slice(depth)) {
        const count = (used.get(key) ?? 0) + 1;
        used.set(key, count);
        const entry: Open = {
          key: count === 1 ? key : `${key}~${count}`,
          label: { none: [name] },
          pages: [],
          entries: [],
        };
        (path.at(-1)?.entries ?? roots).push(entry);
        path = [...path, entry];
      }
    }
    path.at(-1)?.pages.push(key);
  }
  return roots;
}
