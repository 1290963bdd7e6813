import { type Collection, type Member, topCollection } from "../catalogue/collection.ts";
import { collectionUri } from "../presentation/addresses.ts";
import { type CollectionPart, partsOf } from "../presentation/collection-parts.ts";
import { About, Summary } from "./about.tsx";
import { Breadcrumb } from "./breadcrumb.tsx";
import { formatPage, Layout } from "./layout.tsx";
import { Members } from "./members.tsx";
import { type CollectionPlace, collectionPath, type Site } from "./site.ts";
import { Label, OtherLabels, plainLabel } from "./texts.tsx";

/** Members of one page at the most. */
export const membersPerPage = 100;

/**
 * Returns the page of a collection: its collections, then its objects, a hundred of them a page. The top one is the front
 * page. Undefined where the collection has no such part.
 */
export function formatCollectionPage(site: Site, collection: Collection, place: CollectionPlace): string | undefined {
  const parts = partsOf(collection);
  const part = parts.find(({ key }) => key === place.part);
  if (place.part !== undefined && part === undefined) return undefined;
  const { key, label } = collection;
  const isFront = key === topCollection;
  const { members } = part ?? collection;
  const from = Math.min(place.from ?? 0, members.length);
  const shown = members.slice(from, from + membersPerPage);
  const title = plainLabel(label, key);
  return formatPage(
    <Layout
      site={site}
      {...(isFront ? {} : { title })}
      kind={isFront ? "front" : "collection"}
      head={<Head site={site} collection={collection} />}
    >
      {!isFront && (
        <header class="heading">
          <Breadcrumb collections={collection.collections} />
          <h1>
            <Label map={label} otherwise={key} />
          </h1>
          <OtherLabels map={label} />
          <Summary described={collection} />
        </header>
      )}
      {isFront && <Summary described={collection} />}
      {parts.length > 0 && <Parts collectionKey={key} parts={parts} chosen={part?.key} />}
      {shown.length === 0 && <p>There is nothing in this collection.</p>}
      <Kinds site={site} members={shown} />
      <Paging collectionKey={key} part={part?.key} from={from} total={members.length} />
      {!isFront && <About site={site} described={collection} hasSummary={false} />}
    </Layout>,
  );
}

function Head({ site, collection: { key } }: { readonly site: Site; readonly collection: Collection }) {
  const { addresses } = site;
  return (
    <>
      <link rel="canonical" href={`${addresses.base}${collectionPath(key)}`} />
      <link rel="alternate" type="application/ld+json" href={collectionUri(addresses, 3, { key })} />
    </>
  );
}

/** Collections stand first in a record, and here under a heading of their own. */
function Kinds({ site, members }: { readonly site: Site; readonly members: readonly Member[] }) {
  const kinds = [
    { heading: "Collections", listed: members.filter(({ kind }) => kind === "collection") },
    { heading: "Objects", listed: members.filter(({ kind }) => kind === "object") },
  ];
  return (
    <>
      {kinds
        .filter(({ listed }) => listed.length > 0)
        .map(({ heading, listed }) => (
          <section class="kind" aria-labelledby={heading.toLowerCase()}>
            <h2 id={heading.toLowerCase()}>{heading}</h2>
            <Members site={site} members={listed} />
          </section>
        ))}
    </>
  );
}

interface PartsProps {
  readonly collectionKey: string;
  readonly parts: readonly CollectionPart[];
  readonly chosen: string | undefined;
}

function Parts({ collectionKey, parts, chosen }: PartsProps) {
  return (
    <nav class="parts" aria-label="By the first letter">
      <ul>
        <li>
          <a href={collectionPath(collectionKey)} aria-current={chosen === undefined ? "page" : undefined}>
            All
          </a>
        </li>
        {parts.map(({ key, label }) => (
          <li>
            <a href={collectionPath(collectionKey, { part: key })} aria-current={key === chosen ? "page" : undefined}>
              {plainLabel(label, key)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface PagingProps {
  readonly collectionKey: string;
  readonly part: string | undefined;
  readonly from: number;
  readonly total: number;
}

function Paging({ collectionKey, part, from, total }: PagingProps) {
  if (from === 0 && total <= membersPerPage) return null;
  const to = Math.min(from + membersPerPage, total);
  const path = (start: number): string => collectionPath(collectionKey, { part, from: Math.max(0, start) });
  return (
    <nav class="paging" aria-label="Pages of the list">
      {from > 0 && (
        <a class="text-button" rel="prev" href={path(from - membersPerPage)}>
          Previous
        </a>
      )}
      <p>
        {Math.min(from + 1, total)} to {to} of {total}
      </p>
      {to < total && (
        <a class="text-button" rel="next" href={path(to)}>
          Next
        </a>
      )}
    </nav>
  );
}
