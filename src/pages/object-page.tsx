import { hasPicture } from "../catalogue/shown-work.ts";
import { manifestUri } from "../presentation/addresses.ts";
import { withAttachments } from "../presentation/attachments.ts";
import { thumbnailOf } from "../presentation/manifest.ts";
import { thumbnailPicture } from "../presentation/picture-address.ts";
import { About } from "./about.tsx";
import { Breadcrumb } from "./breadcrumb.tsx";
import { formatPage, Layout } from "./layout.tsx";
import { Contents } from "./object-contents.tsx";
import { PageList } from "./object-pages.tsx";
import { Plate } from "./object-plate.tsx";
import { ObjectSearch } from "./object-search.tsx";
import { UseElsewhere } from "./object-use.tsx";
import { type ObjectView, pageName } from "./object-view.ts";
import { type Preview, PreviewTags } from "./preview.tsx";
import { localAddresses, objectPath } from "./site.ts";
import { Label, OtherLabels, plainLabel, plainText } from "./texts.tsx";

/** Returns the page of an object: the chosen page of it as a picture, its other pages, its contents, and what is known of it. */
export function formatObjectPage(view: ObjectView): string {
  const { site, work, page, index } = view;
  const { key, label, pages } = work;
  const name = plainLabel(label, key);
  return formatPage(
    <Layout
      site={site}
      title={pages.length === 1 ? name : `${name}, ${pageName(page, index)}`}
      kind="object"
      head={<Head view={view} />}
    >
      <header class="heading">
        <Breadcrumb collections={work.collections} />
        <h1>
          <Label map={label} otherwise={key} />
        </h1>
        <OtherLabels map={label} />
      </header>
      <Plate view={view} />
      <div class="columns">
        <div class="inside">
          <ObjectSearch view={view} />
          <PageList view={view} />
          <Contents view={view} />
        </div>
        <div class="beside">
          <About site={site} described={withAttachments(localAddresses(site), work)} hasSummary />
          <UseElsewhere view={view} />
        </div>
      </div>
    </Layout>,
  );
}

function Head({ view: { site, work, page, index, passages } }: { readonly view: ObjectView }) {
  const { addresses } = site;
  const summary = Object.values(work.summary ?? {})[0]?.[0];
  const image = page.images.find(hasPicture) ?? thumbnailOf(work);
  const picture = image && thumbnailPicture(addresses, 3, image, 1024);
  const name = plainLabel(work.label, work.key);
  const preview: Preview = {
    siteName: site.name,
    title: name,
    description: summary === undefined ? `${pageName(page, index)} of ${work.pages.length}` : plainText(summary),
    url: `${addresses.base}${objectPath(work.key, index === 0 ? {} : { page: page.key })}`,
    canonicalUrl: `${addresses.base}${objectPath(work.key)}`,
    image: picture && { url: picture.uri, width: picture.width, height: picture.height },
  };
  return (
    <>
      <PreviewTags preview={preview} />
      <link rel="alternate" type="application/ld+json" href={manifestUri(addresses, 3, work.key)} />
      {passages !== undefined && <meta name="robots" content="noindex" />}
    </>
  );
}
