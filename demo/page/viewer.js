import { formatAddress, formatTurn, upright } from "./address.js";
import { fetchInfo, imageService, isWhole, OpeningFault } from "./iiif.js";
import { createPanel } from "./panel.js";
import { createStage } from "./stage.js";

/** An info.json that is not there by then is worth a word, in milliseconds. */
const slowMilliseconds = 2500;

const progressWords = {
  ready: "",
  slow: "Loading…",
  gaps: "Parts of the picture could not be loaded.",
};

/**
 * Prepares the viewer that fills the window. `onView` is told the picture, the region and the turn in view whenever it
 * stands still, `onClose` when the reader closes it.
 */
export function createViewer({ onView, onClose }) {
  const dialog = document.querySelector("#viewer");
  const part = (name) => dialog.querySelector(`#${name}`);
  const galleryTitle = "Tessera";
  const panel = createPanel(part("panel"));
  /** The picture that is open, what of it was asked for, and what ends its opening. */
  let current;

  const stage = createStage({
    element: part("stage"),
    overview: part("navigator"),
    onView({ view, turn }) {
      const { picture, info } = current;
      current.shown = { region: isWhole(info, view) ? undefined : view.region, turn };
      const address = formatAddress(picture.identifier, current.shown);
      panel.showView(picture, { view, turn, link: new URL(address, location.href).href });
      part("mirror").setAttribute("aria-pressed", String(turn.isMirrored));
      part("upright").hidden = formatTurn(turn) === formatTurn(upright);
      onView(picture.identifier, current.shown);
    },
    onProgress: (progress) => notice(progressWords[progress], progress === "gaps"),
  });
  stage.onOpenFailed(() => fail(new OpeningFault("What the service says of this picture can't be shown.")));

  function notice(text, isRetryable) {
    part("notice-text").textContent = text;
    part("notice-again").hidden = !isRetryable;
  }

  function fail(fault) {
    notice("", false);
    part("stage-message").hidden = false;
    part("stage-message-text").textContent = fault.message;
    part("stage-message-detail").textContent = fault.detail;
    part("try-again").hidden = fault.isFinal;
    part(fault.isFinal ? "to-gallery" : "try-again").focus();
  }

  /** Asks for info.json and opens the picture; says so when it takes long, and why when it fails. */
  async function begin() {
    const { picture, service, asked } = current;
    current.opening?.abort();
    const opening = new AbortController();
    current.opening = opening;
    part("stage-message").hidden = true;
    part("stage-message-text").textContent = "";
    notice("", false);
    const slow = setTimeout(() => notice("Waiting for the service…", false), slowMilliseconds);
    try {
      const info = await fetchInfo(service, opening.signal);
      current.info = info;
      panel.fill(picture, service, info);
      stage.open(info, asked);
    } catch (error) {
      if (opening.signal.aborted) return;
      fail(error instanceof OpeningFault ? error : new OpeningFault("This picture can't be shown."));
      if (!(error instanceof OpeningFault)) console.error(error);
    } finally {
      clearTimeout(slow);
      if (part("notice-text").textContent.startsWith("Waiting")) notice("", false);
    }
  }

  function beginAgain() {
    current.asked = current.shown ?? current.asked;
    begin();
    stage.canvas.focus();
  }

  function showPanel(isShown) {
    part("panel").hidden = !isShown;
    part("panel-toggle").setAttribute("aria-expanded", String(isShown));
  }

  function leave() {
    const { picture, opening } = current;
    opening?.abort();
    current = undefined;
    if (document.fullscreenElement) document.exitFullscreen();
    showPanel(false);
    panel.close();
    stage.close();
    document.title = galleryTitle;
    for (const link of document.querySelectorAll("#gallery a")) {
      if (link.pathname === formatAddress(picture.identifier)) link.focus();
    }
  }

  const handlers = {
    "zoom-in": () => stage.zoomBy(2),
    "zoom-out": () => stage.zoomBy(0.5),
    "zoom-home": () => stage.showWhole(),
    turn: () => stage.turnRight(),
    mirror: () => stage.mirror(),
    upright: () => {
      stage.upright();
      stage.canvas.focus();
    },
    "try-again": beginAgain,
    "notice-again": beginAgain,
    "viewer-close": () => dialog.close(),
    "to-gallery": () => dialog.close(),
    "panel-toggle": () => showPanel(part("panel").hidden),
    "full-screen": () =>
      document.fullscreenElement ? document.exitFullscreen() : part("viewer-frame").requestFullscreen(),
  };
  for (const [name, handle] of Object.entries(handlers)) part(name).addEventListener("click", handle);
  part("full-screen").hidden = !document.fullscreenEnabled;
  document.addEventListener("fullscreenchange", () => {
    part("full-screen").setAttribute("aria-pressed", String(document.fullscreenElement !== null));
  });
  // Escape leaves the panel first, for whoever is in it.
  dialog.addEventListener("cancel", (event) => {
    if (!part("panel").contains(document.activeElement)) return;
    event.preventDefault();
    showPanel(false);
    part("panel-toggle").focus();
  });
  dialog.addEventListener("close", () => {
    if (!current) return;
    leave();
    onClose();
  });

  return {
    /** Shows a painting of the gallery, or any other picture of the service that is only known by its identifier. */
    open(picture, asked) {
      if (current?.picture.identifier === picture.identifier) {
        stage.show(asked);
        return;
      }
      if (current) leave();
      const service = imageService(picture.identifier);
      current = { picture, service, asked };
      const { title, description = title } = picture;
      document.title = `${title} – ${galleryTitle}`;
      part("viewer-title").textContent = title;
      part("viewer-artist").textContent = picture.artist ? `${picture.artist}, ${picture.date}` : "";
      panel.prepare(picture, service);
      if (!dialog.open) dialog.showModal();
      stage.canvas.setAttribute("aria-label", description);
      stage.canvas.setAttribute("aria-describedby", "keys");
      stage.canvas.focus();
      begin();
    },
    close() {
      if (!current) return;
      leave();
      dialog.close();
    },
  };
}
