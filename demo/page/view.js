import { formatAddress, parseAddress } from "./address.js";
import { createViewer } from "./viewer.js";

/** Opens the picture that the address names, and follows the address; closing goes back to where the reader came from. */
function start() {
  const { identifier } = parseAddress(location);
  const head = (selector, attribute) => document.querySelector(selector)?.getAttribute(attribute) ?? undefined;
  const objectPath = head('link[rel="up"]', "href");
  const picture = {
    identifier,
    title: head('meta[property="og:title"]', "content") ?? identifier,
    description: head('meta[property="og:description"]', "content"),
    objectPath,
  };
  const viewer = createViewer({
    picture,
    onView: (view) => history.replaceState(history.state, "", formatAddress(identifier, view)),
    onClose: () => leave(objectPath ?? "/"),
  });
  viewer.open(parseAddress(location));
  addEventListener("popstate", () => viewer.show(parseAddress(location)));
}

/** Back to a page of the service that led here, else on to the page of the object. */
function leave(path) {
  const isFromHere = document.referrer !== "" && new URL(document.referrer).origin === location.origin;
  if (isFromHere && history.length > 1) history.back();
  else location.assign(path);
}

start();
