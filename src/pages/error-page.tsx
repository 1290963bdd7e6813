import { faults, type ImageError } from "../error.ts";
import { formatPage, Layout } from "./layout.tsx";
import type { Site } from "./site.ts";

/** Returns the page that says why there is nothing else to see, with the code of the error. */
export function formatErrorPage(site: Site, error: ImageError): string {
  const { code, message, hint, status } = error;
  const { title } = faults[code];
  return formatPage(
    <Layout site={site} title={title} kind="error" head={<meta name="robots" content="noindex" />}>
      <h1>{status === 404 ? "There is nothing here" : title}</h1>
      <p class="lede">
        {message} {hint}
      </p>
      {status === 503 && <p>Try again in a moment.</p>}
      <p class="quiet">
        {site.helpUrl === undefined ? <code>{code}</code> : <a href={`${site.helpUrl}#${code}`}>{code}</a>} · {status}
      </p>
      <p>
        <a href="/">To the collections</a>
      </p>
    </Layout>,
  );
}

/** Returns the front page of a service in which nothing is catalogued yet. It says what to do. */
export function formatEmptyPage(site: Site): string {
  return formatPage(
    <Layout site={site} kind="front">
      <h2>Nothing is here yet</h2>
      <p class="lede">A folder of images becomes objects with pages, and folders of folders become collections:</p>
      <pre>
        <code>npx tessera ingest FOLDER --to remote</code>
      </pre>
      <p>
        <code>--to local</code> stores them for a service that runs on your own machine. Pages may be a minute old: load
        this one again after that.
      </p>
    </Layout>,
  );
}
