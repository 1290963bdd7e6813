import { upright } from "./address.js";
import { isWhole, viewOf } from "./iiif.js";

/** Tiles that are not there by then are worth a word, in milliseconds. */
const slowMilliseconds = 1500;

/** Room around a whole picture, as a share of its longer side. */
const margin = 0.02;

/** Codes of the keys that OpenSeadragon turns and mirrors by, and of 0. */
const keys = { whole: 48, mirror: 70, turn: 82 };

/**
 * Prepares OpenSeadragon in `element`, with `overview` for the small picture of the whole. `onView` is told what is in view
 * and how it is turned whenever it stands still; `onProgress` whether the picture is "ready", "slow" or has "gaps"; `onOpen`
 * that it has begun to be drawn.
 */
export function createStage({ element, overview, onView, onProgress, onOpen = () => {} }) {
  forbidOwnStyle();
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const seadragon = OpenSeadragon({
    element,
    showNavigationControl: false,
    showNavigator: true,
    navigatorElement: overview,
    navigatorRotate: false,
    navigatorBackground: "transparent",
    navigatorBorderColor: "transparent",
    navigatorDisplayRegionColor: "#e0b56a",
    navigatorOpacity: 1,
    animationTime: isCalm ? 0 : 0.7,
    maxZoomPixelRatio: 3,
    visibilityRatio: 0.5,
    timeout: 20_000,
    tileRetryMax: 2,
    tileRetryDelay: 1000,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    gestureSettingsTouch: { flickEnabled: !isCalm },
  });
  const { canvas, world } = seadragon;
  // The style sheet draws the focus; OpenSeadragon's own style would hide it.
  canvas.style.outline = "";
  canvas.setAttribute("role", "application");
  // The overview is for the eye and the mouse: whoever uses keys has them in the picture.
  for (const part of [overview, ...overview.querySelectorAll("[tabindex]")]) part.tabIndex = -1;
  window.viewer = seadragon;

  let opened;
  let turn = upright;
  let slowTimer;
  let hasGaps = false;

  const itemOf = () => (seadragon.isOpen() ? world.getItemAt(0) : undefined);
  /** Whether width and height of what is seen are those of the picture the other way round. */
  const isLying = () => turn.degrees % 180 !== 0;

  function showView() {
    const item = itemOf();
    if (!item || !opened) return;
    const bounds = item.viewportToImageRectangle(seadragon.viewport.getBounds()).getBoundingBox();
    const view = viewOf(opened.info, bounds, item.viewportToImageZoom(seadragon.viewport.getZoom()));
    if (!view) return;
    overview.dataset.shows = isWhole(opened.info, view) ? "all" : "part";
    onView({ view, turn });
  }

  function showRegion({ x, y, width, height }, isImmediate) {
    const rectangle = itemOf().imageToViewportRectangle(x, y, width, height);
    seadragon.viewport.fitBounds(rectangle, isImmediate);
  }

  function showWhole(isImmediate = false) {
    if (!itemOf()) return;
    const { width, height } = opened.info;
    const room = margin * Math.max(width, height);
    showRegion({ x: -room, y: -room, width: width + 2 * room, height: height + 2 * room }, isImmediate);
  }

  /** The whole picture and a little less is the smallest, whichever way it lies. */
  function boundZoom() {
    if (!opened) return;
    const { info } = opened;
    const [across, down] = isLying() ? [info.height, info.width] : [info.width, info.height];
    const { clientWidth, clientHeight } = element;
    const whole = (info.width / clientWidth) * Math.min(clientWidth / across, clientHeight / down);
    seadragon.viewport.minZoomLevel = 0.7 * whole;
  }

  /** Mirrored first and then turned, as image requests are; OpenSeadragon turns first. */
  function applyTurn(isImmediate) {
    const degrees = turn.isMirrored ? (360 - turn.degrees) % 360 : turn.degrees;
    if (seadragon.viewport.getFlip() !== turn.isMirrored) seadragon.viewport.setFlip(turn.isMirrored);
    seadragon.viewport.setRotation(degrees, isImmediate || isCalm);
    boundZoom();
  }

  function setTurn(isMirrored, degrees) {
    if (!itemOf()) return;
    const wasWhole = overview.dataset.shows === "all";
    // Mirroring swaps left and right of what is seen, and with them the ways round: an animation between them means nothing.
    const isImmediate = isMirrored !== turn.isMirrored;
    turn = { isMirrored, degrees: (degrees + 360) % 360 };
    applyTurn(isImmediate);
    if (wasWhole) showWhole(isImmediate);
    else seadragon.viewport.applyConstraints(isImmediate);
    showView();
  }

  const actions = {
    turnRight: () => setTurn(turn.isMirrored, turn.degrees + 90),
    turnLeft: () => setTurn(turn.isMirrored, turn.degrees - 90),
    /** What is seen is mirrored, however it is turned. */
    mirror: () => setTurn(!turn.isMirrored, -turn.degrees),
    upright: () => setTurn(false, 0),
    showWhole: () => showWhole(),
    zoomBy(factor) {
      seadragon.viewport.zoomBy(factor);
      seadragon.viewport.applyConstraints();
    },
  };

  seadragon.addHandler("canvas-key", (event) => {
    const { keyCode, shiftKey, ctrlKey, altKey, metaKey } = event.originalEvent;
    if (ctrlKey || altKey || metaKey) return;
    const turnKey = shiftKey ? actions.turnLeft : actions.turnRight;
    const action = { [keys.whole]: actions.showWhole, [keys.mirror]: actions.mirror, [keys.turn]: turnKey }[keyCode];
    if (!action) return;
    event.preventDefaultAction = true;
    event.originalEvent.preventDefault();
    action();
  });

  function watchProgress(item) {
    const change = ({ fullyLoaded }) => {
      clearTimeout(slowTimer);
      if (fullyLoaded) onProgress(hasGaps ? "gaps" : "ready");
      else slowTimer = setTimeout(() => onProgress(hasGaps ? "gaps" : "slow"), slowMilliseconds);
    };
    item.addHandler("fully-loaded-change", change);
    change({ fullyLoaded: item.getFullyLoaded() });
  }
  seadragon.addHandler("tile-load-failed", ({ tiledImage }) => {
    if (tiledImage !== itemOf()) return;
    hasGaps = true;
    onProgress("gaps");
  });

  seadragon.addHandler("open", () => {
    // The stage had no size while the dialog was closed, and OpenSeadragon has not looked since.
    const { clientWidth, clientHeight } = element;
    seadragon.viewport.resize(new OpenSeadragon.Point(clientWidth, clientHeight));
    seadragon.navigator.updateSize();
    applyTurn(true);
    if (opened.region) showRegion(opened.region, true);
    else showWhole(true);
    showView();
    watchProgress(itemOf());
    onOpen();
  });
  seadragon.addHandler("animation-finish", showView);
  function fitAgain() {
    seadragon.navigator.updateSize();
    boundZoom();
    if (overview.dataset.shows === "all") showWhole(true);
    showView();
  }
  // OpenSeadragon tells of a new size first and sets the zoom for it afterwards.
  seadragon.addHandler("resize", () => queueMicrotask(fitAgain));

  return {
    ...actions,
    canvas,
    /** Calls `report` when what info.json says is of no use to OpenSeadragon. */
    onOpenFailed: (report) => seadragon.addHandler("open-failed", report),
    /** Shows a picture of which info.json is known: a region of it, or all. */
    open(info, { region, turn: asked = upright }) {
      opened = { info, region };
      turn = asked;
      hasGaps = false;
      clearTimeout(slowTimer);
      overview.dataset.shows = "all";
      overview.style.setProperty("--ratio", String(info.width / info.height));
      seadragon.open(info);
    },
    /** Shows another region or turn of the picture that is open. */
    show({ region, turn: asked = upright }) {
      if (!itemOf()) return;
      turn = asked;
      applyTurn(true);
      if (region) showRegion(region, false);
      else showWhole();
      showView();
    },
    /** Lays an element over the picture that is open, as large as all of it. */
    cover(element) {
      if (itemOf()) seadragon.addOverlay({ element, location: itemOf().getBounds(true) });
    },
    /** Takes the picture away. */
    close() {
      clearTimeout(slowTimer);
      opened = undefined;
      seadragon.clearOverlays();
      seadragon.close();
    },
  };
}

/**
 * OpenSeadragon would write a style into the page, which its policy forbids, unless it finds one of its own: this one is no
 * style at all. Source: OpenSeadragon 6.1, Viewer.
 */
function forbidOwnStyle() {
  const mark = document.createElement("style");
  mark.type = "text/plain";
  mark.dataset.openseadragonMobileCss = "true";
  document.head.append(mark);
}
