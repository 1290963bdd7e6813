import type { Size } from "../geometry.ts";

/** What those who follow a link without running scripts are told of a page. */
export interface Preview {
  readonly siteName: string;
  readonly title: string;
  readonly description: string;
  /** The address of this view, and that of the page however it is looked at. */
  readonly url: string;
  readonly canonicalUrl: string;
  readonly image: (Size & { readonly url: string }) | undefined;
}

/** What a preview is made of, in the head of a page. Source: the Open Graph protocol. */
export function PreviewTags({ preview }: { readonly preview: Preview }) {
  const { siteName, title, description, url, canonicalUrl, image } = preview;
  const properties = {
    "og:site_name": siteName,
    "og:type": "website",
    "og:title": title,
    "og:description": description,
    "og:url": url,
    ...(image && {
      "og:image": image.url,
      "og:image:type": "image/jpeg",
      "og:image:width": String(image.width),
      "og:image:height": String(image.height),
      "og:image:alt": description === "" ? title : description,
    }),
  };
  return (
    <>
      <link rel="canonical" href={canonicalUrl} />
      {Object.entries(properties).map(([name, value]) => (
        <meta property={name} content={value} />
      ))}
      <meta name="twitter:card" content="summary_large_image" />
    </>
  );
}

/** Returns the same as text, for a page that is a file; `objectPath` is that of the page of what the picture is of. */
export function formatPreview(preview: Preview, objectPath: string | undefined): string {
  return String(
    <>
      <PreviewTags preview={preview} />
      {objectPath !== undefined && <link rel="up" href={objectPath} />}
    </>,
  );
}

/** Returns the picture of a preview by itself, for those who run no script. */
export function formatPlainPicture(title: string, { url, width, height }: NonNullable<Preview["image"]>): string {
  return String(<img src={url} width={width} height={height} alt={title} />);
}
