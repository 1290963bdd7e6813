import { topCollection } from "../catalogue/collection.ts";
import type { CollectionName } from "../catalogue/work.ts";
import { collectionPath } from "./site.ts";
import { Label } from "./texts.tsx";

/** Shows the collections that a record names as those it is in; nothing where it is in the top one alone. */
export function Breadcrumb({ collections }: { readonly collections: readonly CollectionName[] }) {
  const named = collections.filter(({ key }) => key !== topCollection);
  if (named.length === 0) return null;
  return (
    <nav class="breadcrumb" aria-label="In">
      <ul>
        <li>
          <a href="/">All</a>
        </li>
        {named.map(({ key, label }) => (
          <li>
            <a href={collectionPath(key)}>
              <Label map={label} otherwise={key} />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
