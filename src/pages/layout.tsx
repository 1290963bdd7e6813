import type { Child } from "hono/jsx";
import { topCollection } from "../catalogue/collection.ts";
import { collectionUri } from "../presentation/addresses.ts";
import { type Site, searchRoot } from "./site.ts";

/** A page under way. */
interface LayoutProps {
  readonly site: Site;
  /** What it is of, undefined for the front page. */
  readonly title?: string;
  /** What else its head has. */
  readonly head?: Child;
  /** Names what it is, for its style. */
  readonly kind: "front" | "collection" | "object" | "search" | "error" | "admin";
  /** What was searched for. */
  readonly q?: string;
  readonly children?: Child;
}

/** Returns a page as text. */
export function formatPage(page: Child): string {
  return `<!doctype html>\n${String(page)}`;
}

/** What stands around all pages. */
export function Layout({ site, title, head, kind, q, children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title === undefined ? site.name : `${title} – ${site.name}`}</title>
        <meta name="color-scheme" content="light dark" />
        {site.hasAssets && <Assets kind={kind} />}
        {head}
      </head>
      <body class={`page page-${kind}`}>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="bar">
          {kind === "front" ? <Wordmark site={site} isHeading /> : <Wordmark site={site} />}
          {site.isSearched && kind !== "search" && kind !== "admin" && <CatalogueSearch q={q ?? ""} />}
        </header>
        <main id="main" tabindex={-1}>
          {children}
        </main>
        <footer class="colophon">
          <p>
            <a href={collectionUri(site.addresses, 3, { key: topCollection })}>All collections as IIIF</a>
          </p>
          <p>
            Served over <a href="https://iiif.io/">IIIF</a> by Tessera
          </p>
        </footer>
      </body>
    </html>
  );
}

/** The style sheets that a kind of page has next to those of all. */
const stylesOf: Readonly<Record<LayoutProps["kind"], readonly string[]>> = {
  front: ["members"],
  collection: ["about", "members"],
  object: ["about", "found", "stage", "object", "use"],
  search: ["found", "members"],
  error: [],
  admin: ["admin"],
};

/** Colours of the window, style sheets, faces and, where pictures are looked at, the viewer. */
function Assets({ kind }: Pick<LayoutProps, "kind">) {
  const styles = ["tokens", "base", "pages", ...stylesOf[kind]];
  const faces = ["eb-garamond-latin-wght-normal", "source-sans-3-latin-wght-normal"];
  return (
    <>
      <meta name="theme-color" content="#faf9f6" media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content="#171614" media="(prefers-color-scheme: dark)" />
      <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      {faces.map((face) => (
        <link rel="preload" href={`/fonts/${face}.woff2`} as="font" type="font/woff2" crossorigin="" />
      ))}
      {styles.map((style) => (
        <link rel="stylesheet" href={`/${style}.css`} />
      ))}
      {kind === "object" && (
        <>
          <script src="/openseadragon.min.js" defer />
          <script src="/object.js" type="module" />
        </>
      )}
    </>
  );
}

function Wordmark({ site, isHeading = false }: { readonly site: Site; readonly isHeading?: boolean }) {
  const link = (
    <a href="/">
      {site.hasAssets && <img src="/icon.svg" width="20" height="20" alt="" />}
      {site.name}
    </a>
  );
  return isHeading ? <h1 class="wordmark wordmark-large">{link}</h1> : <p class="wordmark">{link}</p>;
}

/** A form that searches in all objects. */
export function CatalogueSearch({ q }: { readonly q: string }) {
  return (
    <SearchForm
      id="search-all"
      action={searchRoot}
      label="Search in all objects"
      placeholder="Search in all objects"
      q={q}
    />
  );
}

interface SearchFormProps {
  readonly id: string;
  readonly action: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly q: string;
}

/** A form that searches, without a script. */
export function SearchForm({ id, action, label, placeholder, q }: SearchFormProps) {
  return (
    <search>
      <form class="search" action={action} method="get">
        <label class="visually-hidden" for={id}>
          {label}
        </label>
        <input id={id} type="search" name="q" value={q} maxlength={256} placeholder={placeholder} autocomplete="off" />
        <button class="text-button" type="submit">
          Search
        </button>
      </form>
    </search>
  );
}
