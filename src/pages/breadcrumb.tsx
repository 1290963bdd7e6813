import { topCollection } from "../catalogue/collection.ts";
import type { CollectionName } from "../catalogue/work.ts";
import { collectionPath, type Site } from "./site.ts";
import { Label } from "./texts.tsx";

/** Shows what something is in: the front page, and each of the collections that its record names. */
export function Breadcrumb({
  site,
  collections,
}: {
  readonly site: Site;
  readonly collections: readonly CollectionName[];
}) {
  return (
    <nav class="breadcrumb" aria-label="In">
      <ul>
        <li>
          <a href="/">{site.name}</a>
        </li>
        {collections
          .filter(({ key }) => key !== topCollection)
          .map(({ key, label }) => (
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
