import { imageService, viewOf, viewUrl } from "./iiif.js";
import { formatReads, watchTiles } from "./last-tile.js";

const confirmationMilliseconds = 2000;

/**
 * Prepares the viewer that fills the window. `onView` is told the region in view whenever it stops moving, `onClose`
 * when the reader closes it.
 */
export function createViewer({ onView, onClose }) {
  const dialog = document.querySelector("#viewer");
  const part = (name) => dialog.querySelector(`#${name}`);
  const { title: galleryTitle } = document;
  let current;
  let stopWatching = () => {};

  const seadragon = OpenSeadragon({
    element: part("stage"),
    showNavigationControl: false,
    animationTime: 0.7,
    minZoomImageRatio: 0.7,
    maxZoomPixelRatio: 3,
    visibilityRatio: 0.5,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  });
  // The style sheet draws the focus; OpenSeadragon's own style would hide it.
  seadragon.canvas.style.outline = "";
  window.viewer = seadragon;

  const image = () => {
    const { x: width, y: height } = seadragon.world.getItemAt(0).getContentSize();
    return { width, height };
  };
  const showView = () => {
    if (!current || seadragon.world.getItemCount() === 0) return;
    const item = seadragon.world.getItemAt(0);
    const bounds = item.viewportToImageRectangle(seadragon.viewport.getBounds());
    const view = viewOf(image(), bounds, seadragon.viewport.getContainerSize().x / bounds.width);
    if (!view) return;
    part("view-url").value = viewUrl(current.service, image(), view);
    onView(current.master.identifier, view.region);
  };
  const showRegion = ({ x, y, width, height }) => {
    const rectangle = seadragon.world.getItemAt(0).imageToViewportRectangle(x, y, width, height);
    seadragon.viewport.fitBounds(rectangle, true);
  };
  const showAccount = ({ strategy = "–", cache = "–", reads, bytes }) => {
    part("tile-strategy").textContent = strategy;
    part("tile-cache").textContent = cache;
    part("tile-storage").textContent = formatReads(reads, bytes);
  };

  seadragon.addHandler("open", () => {
    // The stage had no size while the dialog was closed, and OpenSeadragon has not looked since.
    const { clientWidth, clientHeight } = part("stage");
    seadragon.viewport.resize(new OpenSeadragon.Point(clientWidth, clientHeight));
    if (current.region) showRegion(current.region);
    else seadragon.viewport.goHome(true);
    showView();
  });
  seadragon.addHandler("open-failed", () => {
    part("viewer-message").textContent = current?.master.title
      ? "This painting could not be opened. Please try again later."
      : "No picture could be opened under this identifier.";
  });
  seadragon.addHandler("animation-finish", showView);
  seadragon.addHandler("resize", showView);

  const zoomBy = (factor) => {
    seadragon.viewport.zoomBy(factor);
    seadragon.viewport.applyConstraints();
  };
  part("zoom-in").addEventListener("click", () => zoomBy(2));
  part("zoom-out").addEventListener("click", () => zoomBy(0.5));
  part("zoom-home").addEventListener("click", () => seadragon.viewport.goHome());
  part("view-url").addEventListener("focus", ({ target }) => target.select());
  part("view-copy").addEventListener("click", () => copyView(part));
  part("viewer-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (!current) return;
    leave();
    onClose();
  });

  function leave() {
    const { identifier } = current.master;
    current = undefined;
    stopWatching();
    seadragon.close();
    document.title = galleryTitle;
    document.querySelector(`#gallery a[href="#${CSS.escape(identifier)}"]`)?.focus();
  }

  return {
    /** Shows a painting of the gallery, or any other picture of the service that is only known by its identifier. */
    open(master, region) {
      if (current?.master.identifier === master.identifier) {
        if (region && seadragon.world.getItemCount() > 0) showRegion(region);
        return;
      }
      stopWatching();
      const service = imageService(master.identifier);
      current = { master, region, service };
      const { title = master.identifier, description = title } = master;
      document.title = `${title} – ${galleryTitle}`;
      part("viewer-title").textContent = title;
      part("viewer-artist").textContent = master.artist ? `${master.artist}, ${master.date}` : "";
      part("viewer-credit").textContent = master.credit ?? "";
      part("viewer-info").href = `${service}/info.json`;
      part("viewer-message").textContent = "";
      part("view-url").value = "";
      showAccount({});
      stopWatching = watchTiles(service, showAccount);
      if (!dialog.open) dialog.showModal();
      seadragon.open(`${service}/info.json`);
      const help = "Arrow keys move, plus and minus zoom, 0 shows the whole picture.";
      seadragon.canvas.setAttribute("role", "application");
      seadragon.canvas.setAttribute("aria-label", `${description}${description.endsWith(".") ? "" : "."} ${help}`);
      seadragon.canvas.focus();
    },
    close() {
      if (!current) return;
      leave();
      dialog.close();
    },
  };
}

/** Copies the URL of the view and says so; where copying is refused the URL is selected instead. */
async function copyView(part) {
  const button = part("view-copy");
  const address = part("view-url");
  try {
    await navigator.clipboard.writeText(address.value);
    button.textContent = "Copied";
    part("view-copied").textContent = "The URL of this view was copied.";
  } catch {
    // Pages that did not come over HTTPS have no clipboard; this older way asks for no permission.
    address.select();
    const isCopied = document.execCommand("copy");
    button.textContent = isCopied ? "Copied" : "Selected";
    part("view-copied").textContent = isCopied ? "The URL of this view was copied." : "The URL is selected.";
  }
  setTimeout(() => {
    button.textContent = "Copy URL";
    part("view-copied").textContent = "";
  }, confirmationMilliseconds);
}
