import { formatAddress, parseAddress } from "./address.js";
import { watchGallery } from "./gallery.js";
import { createViewer } from "./viewer.js";

/**
 * Opens and closes the viewer as the address says; links, the back button and shared addresses all end up here. An entry
 * of the history says of itself whether the one before it is the gallery: then closing goes back to it, so that going
 * back once more leaves the page and does not open the picture again.
 */
async function start() {
  const viewer = createViewer({
    onView: (identifier, view) => history.replaceState(history.state, "", formatAddress(identifier, view)),
    onClose: () => (history.state?.isFromGallery ? history.back() : history.replaceState(null, "", "/")),
  });
  watchGallery();
  const works = await fetchWorks();
  const follow = () => {
    const { identifier, region, turn } = parseAddress(location);
    // Addresses of before lead on, and are written as they are now.
    if (location.hash !== "" && identifier) {
      history.replaceState(history.state, "", formatAddress(identifier, { region, turn }));
    }
    const known = works.find((work) => work.identifier === identifier) ?? {
      identifier,
      title: titleOfPage(identifier),
    };
    if (identifier) viewer.open(known, { region, turn });
    else viewer.close();
  };
  addEventListener("popstate", follow);
  document.querySelector("#gallery").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState({ isFromGallery: true }, "", link.href);
    follow();
  });
  follow();
}

/** What the gallery shows, or nothing: pictures open without it, under their names. */
async function fetchWorks() {
  try {
    return await (await fetch("/works.json")).json();
  } catch (error) {
    console.error(error);
    return [];
  }
}

/** The title that the service gave the page, if it is that of the picture. */
function titleOfPage(identifier) {
  const { pathname } = new URL(document.querySelector('link[rel="canonical"]')?.href ?? document.baseURI);
  const isOfPicture = parseAddress({ pathname, search: "", hash: "" }).identifier === identifier;
  return (isOfPicture && document.querySelector('meta[property="og:title"]')?.content) || identifier;
}

start();
