import { prepareCopying } from "./copy.js";
import { OpeningFault } from "./iiif.js";
import { createOpening } from "./opening.js";
import { createStage } from "./stage.js";
import { prepareTools } from "./tools.js";

/** Keys that turn the pages while the picture has the focus, and the links that they stand for. */
const pageKeys = { PageDown: "next", PageUp: "prev" };

/**
 * Puts the chosen page of an object into a viewer, and takes another over from its own address without leaving: the service
 * writes all that is shown, here it is only put in its place.
 */
function start() {
  const part = (name) => document.querySelector(`#${name}`);
  const frame = part("plate-frame");
  let highlights;
  let following;

  const stage = createStage({
    element: part("stage"),
    overview: part("navigator"),
    onView: ({ turn }) => showTurn(turn),
    onProgress: (progress) => opening.showProgress(progress),
    onOpen() {
      part("picture").hidden = true;
      if (highlights) stage.cover(highlights);
    },
  });
  const showTurn = prepareTools(part, stage, frame);
  const opening = createOpening({ part, onInfo: (info) => stage.open(info, {}), onAgain: open });
  stage.onOpenFailed(() => opening.fail(new OpeningFault("What the service says of this picture can't be shown.")));

  /** Opens the picture that the page has; the picture itself is seen until the viewer has it. */
  function open() {
    const { service, name } = part("picture").dataset;
    stage.close();
    opening.end();
    highlights = part("highlights")?.cloneNode(true);
    highlights?.removeAttribute("id");
    frame.dataset.shows = service ? "picture" : "nothing";
    part("tools").hidden = !service;
    part("stage").hidden = !service;
    if (!service) return;
    stage.canvas.setAttribute("aria-label", name);
    opening.begin(new URL(service, location.href).href);
  }

  /** Takes over what another address shows: what has `data-follows`, the title and the address. */
  async function follow(url, { isNew }) {
    following?.abort();
    following = new AbortController();
    const { signal } = following;
    try {
      const answer = await fetch(url, { signal });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const other = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (isNew) history.pushState(null, "", url);
      document.title = other.title;
      replaceFollowing(other);
      open();
    } catch {
      // The address itself says what is wrong with it.
      if (!signal.aborted) location.assign(url);
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    const isOfObject = link.origin === location.origin && link.pathname === location.pathname && !link.hash;
    if (!isOfObject || !link.closest("[data-follows]") || link.search.includes("iiif-content")) return;
    event.preventDefault();
    follow(link.href, { isNew: true });
  });
  addEventListener("popstate", () => follow(location.href, { isNew: false }));
  stage.canvas.addEventListener("keydown", (event) => {
    const link = pageKeys[event.key] && document.querySelector(`#pager a[rel="${pageKeys[event.key]}"]`);
    if (!link) return;
    event.preventDefault();
    follow(link.href, { isNew: true });
  });

  stage.canvas.setAttribute("aria-describedby", "keys");
  prepareCopying(document);
  open();
}

/** Puts what another page has in place of what this one has; the focus stays on what is called the same. */
function replaceFollowing(other) {
  for (const old of document.querySelectorAll("[data-follows]")) {
    const fresh = other.getElementById(old.id);
    if (!fresh) continue;
    const focused = old.contains(document.activeElement) ? focusOf(document.activeElement) : undefined;
    const scrolled = old.querySelector("ol")?.scrollLeft;
    old.replaceWith(fresh);
    if (scrolled !== undefined) fresh.querySelector("ol").scrollLeft = scrolled;
    if (focused !== undefined) (fresh.querySelector(focused) ?? fresh.querySelector("a"))?.focus();
  }
  const shown = document.querySelector('#pages [aria-current="page"]');
  shown?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function focusOf(element) {
  const rel = element.getAttribute("rel");
  return rel ? `a[rel="${rel}"]` : `a[href="${CSS.escape(element.getAttribute("href") ?? "")}"]`;
}

start();
