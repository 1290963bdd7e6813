import { hasPicture, type ShownPage } from "../catalogue/shown-work.ts";
import type { Page } from "../catalogue/work.ts";
import { Thumbnail } from "./members.tsx";
import type { ObjectView } from "./object-view.ts";
import { objectPath } from "./site.ts";
import { Label } from "./texts.tsx";

/** Pages that are listed at once: of a book of more, those around the one that is shown. */
const pagesPerList = 100;

/** The longer side of a picture in the list, in pixels. */
const listedSide = 200;

/** Lists the pages of an object by their pictures; nothing for an object of one page. */
export function PageList({ view: { site, work, index } }: { readonly view: ObjectView }) {
  const { key, pages, viewingDirection } = work;
  if (pages.length === 1) return null;
  const from = Math.floor(index / pagesPerList) * pagesPerList;
  const listed = pages.slice(from, from + pagesPerList);
  return (
    <section id="pages" class="page-list" data-follows aria-labelledby="pages-heading">
      <h2 id="pages-heading">Pages</h2>
      <ol start={from + 1} dir={viewingDirection === "right-to-left" ? "rtl" : "ltr"}>
        {listed.map((page, place) => (
          <li>
            <a href={objectPath(key, { page: page.key })} aria-current={from + place === index ? "page" : undefined}>
              <span class="leaf">
                {page.images.some(hasPicture) ? (
                  <Thumbnail site={site} image={page.images.find(hasPicture)} side={listedSide} isLazy />
                ) : (
                  <span class="no-picture">{emptyName(page)}</span>
                )}
              </span>
              <span class="leaf-label">
                <Label map={page.label} otherwise={`Page ${from + place + 1}`} />
              </span>
            </a>
          </li>
        ))}
      </ol>
      <OtherLists objectKey={key} pages={pages} from={from} />
    </section>
  );
}

/** What stands in the place of a picture. */
function emptyName({ isClosed, images }: ShownPage): string {
  if (images.length > 0) return "Not shown to all";
  return isClosed ? "Closed" : "Missing";
}

interface OtherListsProps {
  readonly objectKey: string;
  readonly pages: readonly Page[];
  readonly from: number;
}

function OtherLists({ objectKey, pages, from }: OtherListsProps) {
  const [before, after] = [pages[from - pagesPerList], pages[from + pagesPerList]];
  if (before === undefined && after === undefined) return null;
  return (
    <nav class="paging" aria-label="Pages of the list">
      {before !== undefined && (
        <a class="text-button" href={objectPath(objectKey, { page: before.key })}>
          {from - pagesPerList + 1} to {from}
        </a>
      )}
      {after !== undefined && (
        <a class="text-button" href={objectPath(objectKey, { page: after.key })}>
          {from + pagesPerList + 1} to {Math.min(pages.length, from + 2 * pagesPerList)}
        </a>
      )}
    </nav>
  );
}
