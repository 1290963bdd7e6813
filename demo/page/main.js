import { showGallery } from "./gallery.js";
import { formatHash, parseHash } from "./location.js";
import { createViewer } from "./viewer.js";

/** Opens and closes the viewer as the address says; links, the back button and shared addresses all end up here. */
async function start() {
  const response = await fetch("masters.json");
  const masters = await response.json();
  const viewer = createViewer({
    onView: (identifier, region) => history.replaceState(null, "", formatHash(identifier, region)),
    onClose: () => history.pushState(null, "", location.pathname + location.search),
  });
  const follow = () => {
    const { identifier, region } = parseHash(location.hash);
    if (identifier) viewer.open(masters.find((master) => master.identifier === identifier) ?? { identifier }, region);
    else viewer.close();
  };
  addEventListener("hashchange", follow);
  follow();
  await showGallery(masters);
}

start().catch((error) => {
  document.querySelector("#gallery-message").textContent = "The paintings could not be listed. Please reload the page.";
  console.error(error);
});
