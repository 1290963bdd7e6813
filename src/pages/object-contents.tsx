import type { Entry } from "../catalogue/work.ts";
import type { ObjectView } from "./object-view.ts";
import { objectPath } from "./site.ts";
import { Label } from "./texts.tsx";

/** Shows the table of contents of an object, each entry a link to the page it begins on; nothing where there is none. */
export function Contents({ view: { work, page } }: { readonly view: ObjectView }) {
  if (work.contents.length === 0) return null;
  return (
    <nav id="contents" class="contents" data-follows aria-labelledby="contents-heading">
      <h2 id="contents-heading">Contents</h2>
      <Entries objectKey={work.key} entries={work.contents} shown={page.key} />
    </nav>
  );
}

interface EntriesProps {
  readonly objectKey: string;
  readonly entries: readonly Entry[];
  /** The key of the page that is shown. */
  readonly shown: string;
}

function Entries({ objectKey, entries, shown }: EntriesProps) {
  return (
    <ol>
      {entries.map((entry) => (
        <li>
          <a
            href={objectPath(objectKey, { page: firstPage(entry) })}
            aria-current={entry.pages.includes(shown) ? "true" : undefined}
          >
            <Label map={entry.label} otherwise={entry.key} />
          </a>
          {entry.entries.length > 0 && <Entries objectKey={objectKey} entries={entry.entries} shown={shown} />}
        </li>
      ))}
    </ol>
  );
}

/** Its own pages come first, then those of the entries in it. */
function firstPage(entry: Entry): string | undefined {
  const [own] = entry.pages;
  if (own !== undefined) return own;
  const [inner] = entry.entries;
  return inner && firstPage(inner);
}
