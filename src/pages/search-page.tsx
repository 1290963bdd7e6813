import type { CatalogueAnswer, MarkedObject } from "../presentation/catalogue-hits.ts";
import { CatalogueSearch, formatPage, Layout } from "./layout.tsx";
import { Thumbnail } from "./members.tsx";
import { objectPath, type Site, searchPath } from "./site.ts";
import { Label } from "./texts.tsx";

/** Returns the page that searches in all objects; without an answer it is a form alone. */
export function formatSearchPage(site: Site, answer: Omit<CatalogueAnswer, "ignored"> | undefined): string {
  return formatPage(
    <Layout
      site={site}
      title={answer === undefined ? "Search" : `${answer.q}: search`}
      kind="search"
      head={<meta name="robots" content="noindex" />}
    >
      <h1>Search</h1>
      <CatalogueSearch q={answer?.q ?? ""} />
      {answer !== undefined && <Answer site={site} answer={answer} />}
    </Layout>,
  );
}

interface AnswerProps {
  readonly site: Site;
  readonly answer: Omit<CatalogueAnswer, "ignored">;
}

function Answer({ site, answer: { q, from, next, total, isCapped, objects } }: AnswerProps) {
  const count = `${isCapped ? "At least " : ""}${total} ${total === 1 ? "object" : "objects"} found for “${q}”.`;
  return (
    <>
      <p class="count" role="status">
        {total === 0
          ? `Nothing was found for “${q}”. All words have to be there; museu* finds all that begin so.`
          : count}
      </p>
      <ol class="results" start={from + 1}>
        {objects.map((object) => (
          <Result site={site} q={q} object={object} />
        ))}
      </ol>
      {next !== undefined && (
        <p class="paging">
          <a class="text-button" rel="next" href={searchPath(q, next)}>
            More
          </a>
        </p>
      )}
    </>
  );
}

interface ResultProps {
  readonly site: Site;
  readonly q: string;
  readonly object: MarkedObject;
}

function Result({ site, q, object: { member, snippets } }: ResultProps) {
  const isOnPage = snippets.some(({ page }) => page !== undefined);
  return (
    <li class="result">
      <span class="result-picture">
        <Thumbnail site={site} image={member.thumbnail} side={200} isLazy />
      </span>
      <div>
        <h2>
          <a href={objectPath(member.key, isOnPage ? { q } : {})}>
            <Label map={member.label} otherwise={member.key} />
          </a>
        </h2>
        <ul class="snippets">
          {snippets.map(({ page, text, found }) => (
            <li dir="auto">
              {page === undefined ? (
                <Marked text={text} found={found} />
              ) : (
                <a href={objectPath(member.key, { page, q })}>
                  <Marked text={text} found={found} />
                </a>
              )}
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}

/** Shows a text with what was found in it marked. */
function Marked({ text, found }: { readonly text: string; readonly found: readonly (readonly [number, number])[] }) {
  const ends = [0, ...found.map(([, end]) => end)];
  return (
    <>
      {found.map(([start, end], index) => (
        <>
          {text.slice(ends[index], start)}
          <mark>{text.slice(start, end)}</mark>
        </>
      ))}
      {text.slice(ends.at(-1))}
    </>
  );
}
