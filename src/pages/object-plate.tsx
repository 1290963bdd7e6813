import { hasPicture } from "../catalogue/shown-work.ts";
import type { Page } from "../catalogue/work.ts";
import type { Area, Size } from "../geometry.ts";
import { imageUri } from "../presentation/addresses.ts";
import { labelledImages } from "../presentation/canvas.ts";
import { thumbnailPicture } from "../presentation/picture-address.ts";
import { Icon } from "./icon.tsx";
import { type ObjectView, pageName } from "./object-view.ts";
import { localAddresses, objectPath, picturePath } from "./site.ts";
import { Label, plainLabel } from "./texts.tsx";

/** The longer side of the picture that is shown where no script runs, in pixels. */
const plainSide = 1024;

/**
 * Shows the chosen page on a dark wall. It is a picture, which a script puts into a viewer; what changes with the page has
 * `data-follows`, so that the script can take it over from the answer for another page.
 */
export function Plate({ view }: { readonly view: ObjectView }) {
  return (
    <section id="plate" class="plate" aria-label="The page that is shown">
      <div id="plate-frame" class="plate-frame">
        <div class="stage-area">
          <Picture view={view} />
          <div id="stage" class="stage" hidden />
          <div id="navigator" class="navigator" aria-hidden="true" data-shows="all" />
          <StageMessages />
        </div>
        <div class="plate-foot">
          <Pager view={view} />
          <Choices view={view} />
          <Tools view={view} />
        </div>
      </div>
      {view.site.hasAssets && <Keys hasPages={view.work.pages.length > 1} />}
    </section>
  );
}

/** What the keys do while the picture has the focus. */
function Keys({ hasPages }: { readonly hasPages: boolean }) {
  return (
    <p id="keys" class="keys">
      Keys in the picture: arrows move, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> whole, <kbd>R</kbd> turns,{" "}
      <kbd>F</kbd> mirrors
      {hasPages && (
        <>
          , <kbd>Page Down</kbd> <kbd>Page Up</kbd> next and previous page
        </>
      )}
      .
    </p>
  );
}

function Picture({ view: { site, work, page, index, image, passages } }: { readonly view: ObjectView }) {
  const name = pageName(page, index);
  if (image === undefined) {
    return (
      <div id="picture" class="picture" data-follows data-name={name}>
        <p class="missing">{page.isClosed ? "This page is closed." : "This page is missing."}</p>
      </div>
    );
  }
  if (!hasPicture(image)) {
    return (
      <div id="picture" class="picture" data-follows data-name={name}>
        <p class="missing">
          This page is not shown to all. <a href={picturePath(image.identifier)}>See whether you are let in</a>
        </p>
      </div>
    );
  }
  const addresses = localAddresses(site);
  const { uri, width, height } = thumbnailPicture(addresses, 3, image, plainSide);
  const title = plainLabel(work.label, work.key);
  const alt = work.pages.length === 1 ? title : `${title}, ${name}`;
  const hits = passages?.hits.filter((hit) => hit.page === page.key) ?? [];
  return (
    <div
      id="picture"
      class="picture"
      data-follows
      data-service={imageUri(addresses, 3, image.identifier)}
      data-name={alt}
    >
      <img src={uri} width={width} height={height} alt={alt} />
      <Highlights page={page} shown={{ width, height }} areas={hits.flatMap(({ areas }) => areas)} />
    </div>
  );
}

interface HighlightsProps {
  readonly page: Page;
  /** The size of the picture. */
  readonly shown: Size;
  readonly areas: readonly Area[];
}

/** Marks what was found, over the picture and as large: the drawing has the units of the canvas. */
function Highlights({ page: { width, height }, shown, areas }: HighlightsProps) {
  if (areas.length === 0) return null;
  return (
    <svg
      id="highlights"
      class="highlights"
      width={shown.width}
      height={shown.height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {areas.map((area) => (
        <rect x={area.x} y={area.y} width={area.width} height={area.height} />
      ))}
    </svg>
  );
}

/** What the viewer says when something is slow or fails. */
function StageMessages() {
  return (
    <>
      <div id="stage-message" class="stage-message" hidden>
        <p id="stage-message-text" role="alert" />
        <p id="stage-message-detail" class="quiet" />
        <p class="tools">
          <button id="try-again" class="text-button" type="button">
            Try again
          </button>
        </p>
      </div>
      <div id="notice" class="notice">
        <p id="notice-text" role="status" />
        <button id="notice-again" class="text-button" type="button" hidden>
          Try again
        </button>
      </div>
    </>
  );
}

/** Leads to the page before and the one after, in the direction in which the object is read. */
function Pager({ view: { work, page, index } }: { readonly view: ObjectView }) {
  const { key, pages, viewingDirection } = work;
  if (pages.length === 1) return null;
  const linkTo = (step: -1 | 1) => {
    const other = pages[index + step];
    const name = step < 0 ? "Previous page" : "Next page";
    const icon = <Icon name={step < 0 ? "back" : "forward"} />;
    if (other === undefined) return <span class="icon-button is-off">{icon}</span>;
    const path = objectPath(key, { page: other.key });
    return (
      <a class="icon-button" rel={step < 0 ? "prev" : "next"} href={path} aria-label={name} title={name}>
        {icon}
      </a>
    );
  };
  return (
    <nav
      id="pager"
      class="pager"
      data-follows
      dir={viewingDirection === "right-to-left" ? "rtl" : "ltr"}
      aria-label="Pages"
    >
      {linkTo(-1)}
      <p>
        <Label map={page.label} otherwise={`Page ${index + 1}`} />
        <span class="quiet" dir="ltr">
          {index + 1} of {pages.length}
        </span>
      </p>
      {linkTo(1)}
    </nav>
  );
}

/** The images of a page that has several, to choose from; and the way to the one that is shown by itself. */
function Choices({ view: { work, page, image, imageNumber } }: { readonly view: ObjectView }) {
  const images = labelledImages(page);
  return (
    <ul id="choices" class="choices" data-follows aria-label="Images of this page">
      {images.length > 1 &&
        images.map(({ label, identifier }, place) => (
          <li>
            <a
              class="text-button"
              href={objectPath(work.key, { page: page.key, image: place + 1 })}
              aria-current={place + 1 === imageNumber ? "true" : undefined}
            >
              <Label map={label} otherwise={identifier} />
            </a>
          </li>
        ))}
      {image !== undefined && (
        <li>
          <a class="text-button" href={picturePath(image.identifier)}>
            Download and share
          </a>
        </li>
      )}
    </ul>
  );
}

const tools = [
  ["zoom-out", "Zoom out"],
  ["zoom-in", "Zoom in"],
  ["zoom-home", "Show the whole picture"],
  ["turn", "Turn right"],
  ["mirror", "Mirror"],
  ["full-screen", "Full screen"],
] as const;

/** What the viewer is worked by. Where no script runs, the style sheet takes it away: it keeps its room for the others. */
function Tools({ view: { site, image } }: { readonly view: ObjectView }) {
  if (!site.hasAssets) return null;
  return (
    <div
      id="tools"
      class="stage-tools"
      role="toolbar"
      aria-label="View"
      hidden={image === undefined || !hasPicture(image)}
    >
      {tools.map(([name, label]) => (
        <button id={name} class="icon-button" type="button" aria-label={label} title={label}>
          <Icon name={name} />
        </button>
      ))}
      <button id="upright" class="text-button" type="button" hidden>
        Upright
      </button>
    </div>
  );
}
