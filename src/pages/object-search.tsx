import { SearchForm } from "./layout.tsx";
import type { ObjectView, Passages } from "./object-view.ts";
import { pageName } from "./object-view.ts";
import { objectPath } from "./site.ts";

/** Lets the text of an object be searched, and shows what was found; nothing where there is no text or no index. */
export function ObjectSearch({ view }: { readonly view: ObjectView }) {
  const { site, work, passages } = view;
  if (!site.isSearched || work.pages.every(({ text }) => text === undefined)) return null;
  return (
    <section class="object-search" aria-labelledby="search-heading">
      <h2 id="search-heading">Search inside</h2>
      <SearchForm
        id="search-inside"
        action={objectPath(work.key)}
        label="Search in the text of this object"
        q={passages?.q ?? ""}
      />
      {passages !== undefined && <Found view={view} passages={passages} />}
    </section>
  );
}

function Found({ view: { work }, passages }: { readonly view: ObjectView; readonly passages: Passages }) {
  const { q, hits, isCut, next } = passages;
  const places = new Map(work.pages.map((page, index) => [page.key, pageName(page, index)]));
  const shown = hits.filter(({ page }) => places.has(page));
  return (
    <>
      <p class="count" role="status">
        {shown.length === 0
          ? `Nothing was found for “${q}”.`
          : `${shown.length} found for “${q}”${isCut || next !== undefined ? ", and more" : ""}.`}
      </p>
      <ol class="passages">
        {shown.map(({ page, before, match, after }) => (
          <li>
            <a href={objectPath(work.key, { page, q })}>
              <span class="passage-page">{places.get(page)}</span>
              <span class="passage" dir="auto">
                {before}
                <mark>{match}</mark>
                {after}
              </span>
            </a>
          </li>
        ))}
      </ol>
      {next !== undefined && (
        <p>
          <a class="text-button" href={objectPath(work.key, { q, from: next })}>
            More
          </a>
        </p>
      )}
    </>
  );
}
