import { formatAddress } from "./address.js";
import { imageService, isWhole, OpeningFault } from "./iiif.js";
import { createOpening } from "./opening.js";
import { createPanel } from "./panel.js";
import { createStage } from "./stage.js";
import { prepareTools } from "./tools.js";

/**
 * Prepares the viewer of one picture, which fills the window. `onView` is told the region and the turn in view whenever it
 * stands still, `onClose` when the reader closes it.
 */
export function createViewer({ picture, onView, onClose }) {
  const dialog = document.querySelector("#viewer");
  const part = (name) => dialog.querySelector(`#${name}`);
  const panel = createPanel(part("panel"));
  const service = imageService(picture.identifier);
  /** What of the picture was asked for, what info.json says of it, and what is shown. */
  const current = { asked: {}, info: undefined, shown: undefined };

  const stage = createStage({
    element: part("stage"),
    overview: part("navigator"),
    onView({ view, turn }) {
      current.shown = { region: isWhole(current.info, view) ? undefined : view.region, turn };
      const address = formatAddress(picture.identifier, current.shown);
      panel.showView(picture, { view, turn, link: new URL(address, location.href).href });
      showTurn(turn);
      onView(current.shown);
    },
    onProgress: (progress) => opening.showProgress(progress),
  });
  const showTurn = prepareTools(part, stage, part("viewer-frame"));
  const opening = createOpening({
    part,
    lastResort: part("leave"),
    onInfo(info) {
      current.info = info;
      panel.fill(picture, service, info);
      stage.open(info, current.asked);
    },
    onAgain() {
      current.asked = current.shown ?? current.asked;
      opening.begin(service);
      stage.canvas.focus();
    },
  });
  stage.onOpenFailed(() => opening.fail(new OpeningFault("What the service says of this picture can't be shown.")));

  function showPanel(isShown) {
    part("panel").hidden = !isShown;
    part("panel-toggle").setAttribute("aria-expanded", String(isShown));
  }

  part("panel-toggle").addEventListener("click", () => showPanel(part("panel").hidden));
  for (const name of ["viewer-close", "leave"]) part(name).addEventListener("click", () => dialog.close());
  // Escape leaves the panel first, for whoever is in it.
  dialog.addEventListener("cancel", (event) => {
    if (!part("panel").contains(document.activeElement)) return;
    event.preventDefault();
    showPanel(false);
    part("panel-toggle").focus();
  });
  dialog.addEventListener("close", () => {
    opening.end();
    panel.close();
    onClose();
  });

  return {
    /** Opens the picture: a region of it, turned as asked, or all. */
    open(asked) {
      current.asked = asked;
      const { title, description = title } = picture;
      part("viewer-title").textContent = title;
      panel.prepare(picture, service);
      dialog.showModal();
      stage.canvas.setAttribute("aria-label", description);
      stage.canvas.setAttribute("aria-describedby", "keys");
      stage.canvas.focus();
      opening.begin(service);
    },
    /** Shows another region or turn of it. */
    show: (asked) => stage.show(asked),
  };
}
