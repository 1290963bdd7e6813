import type { Described } from "../catalogue/described.ts";
import type { LabelledValue } from "../catalogue/language-map.ts";
import type { Link, Provider } from "../catalogue/link.ts";
import { nameRights } from "../iiif/rights-name.ts";
import { Thumbnail } from "./members.tsx";
import type { Site } from "./site.ts";
import { Label, plainLabel, Texts } from "./texts.tsx";

/** Shows a summary in all its languages; nothing where there is none. */
export function Summary({ described: { summary } }: { readonly described: Described }) {
  if (summary === undefined) return null;
  return (
    <div class="summary">
      <Texts
        map={summary}
        as={(text, lang) => (
          <div lang={lang} dir="auto">
            {text}
          </div>
        )}
      />
    </div>
  );
}

interface AboutProps {
  readonly site: Site;
  readonly described: Described;
  readonly hasSummary: boolean;
}

/** Shows what is known of an object or a collection; nothing where nothing is. */
export function About({ site, described, hasSummary }: AboutProps) {
  const { metadata, requiredStatement, rights, provider = [] } = described;
  const { homepage = [], rendering = [], seeAlso = [] } = described;
  const isSummarised = hasSummary && described.summary !== undefined;
  const pairs = [...metadata, ...(requiredStatement === undefined ? [] : [requiredStatement])];
  const links = [...homepage, ...rendering, ...seeAlso];
  const isEmpty = !isSummarised && pairs.length + links.length + provider.length === 0 && rights === undefined;
  if (isEmpty) return null;
  return (
    <section class="about" aria-labelledby="about">
      <h2 id="about">About</h2>
      {isSummarised && <Summary described={described} />}
      <dl class="metadata">
        {pairs.map((pair) => (
          <Pair pair={pair} />
        ))}
        {rights !== undefined && (
          <div>
            <dt>Rights</dt>
            <dd>
              <a href={rights} rel="license">
                {nameRights(rights)}
              </a>
            </dd>
          </div>
        )}
        {links.length > 0 && <Links homepage={homepage} rendering={rendering} seeAlso={seeAlso} />}
      </dl>
      {provider.map((each) => (
        <ProvidedBy site={site} provider={each} />
      ))}
    </section>
  );
}

function Pair({ pair: { label, value } }: { readonly pair: LabelledValue }) {
  return (
    <div>
      <dt>
        <Label map={label} otherwise="" />
      </dt>
      <Texts
        map={value}
        as={(text, lang) => (
          <dd lang={lang} dir="auto">
            {text}
          </dd>
        )}
      />
    </div>
  );
}

interface LinksProps {
  readonly homepage: readonly Link[];
  readonly rendering: readonly Link[];
  readonly seeAlso: readonly Link[];
}

function Links({ homepage, rendering, seeAlso }: LinksProps) {
  const kinds = [
    { name: "Home page", links: homepage },
    { name: "Also as", links: rendering },
    { name: "Data", links: seeAlso },
  ];
  return (
    <>
      {kinds
        .filter(({ links }) => links.length > 0)
        .map(({ name, links }) => (
          <div>
            <dt>{name}</dt>
            {links.map(({ uri, label, format }) => (
              <dd>
                <a href={uri} type={format}>
                  <Label map={label} otherwise={uri} />
                </a>
              </dd>
            ))}
          </div>
        ))}
    </>
  );
}

function ProvidedBy({
  site,
  provider: { uri, label, homepage, logo },
}: {
  readonly site: Site;
  readonly provider: Provider;
}) {
  return (
    <p class="provider">
      <a href={homepage?.[0]?.uri ?? uri}>
        {logo !== undefined && <Thumbnail site={site} image={logo} isLazy />}
        <Label map={label} otherwise={plainLabel(homepage?.[0]?.label, uri)} />
      </a>
    </p>
  );
}
