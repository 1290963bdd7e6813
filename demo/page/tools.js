import { formatTurn, upright } from "./address.js";

/** Makes the buttons of a stage work: `part` finds each by its name. Returns what shows how the picture is turned. */
export function prepareTools(part, stage, frame) {
  const actions = {
    "zoom-in": () => stage.zoomBy(2),
    "zoom-out": () => stage.zoomBy(0.5),
    "zoom-home": () => stage.showWhole(),
    turn: () => stage.turnRight(),
    mirror: () => stage.mirror(),
    upright: () => {
      stage.upright();
      stage.canvas.focus();
    },
    "full-screen": () => (document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen()),
  };
  for (const [name, act] of Object.entries(actions)) part(name).addEventListener("click", act);
  part("full-screen").hidden = !document.fullscreenEnabled;
  document.addEventListener("fullscreenchange", () => {
    part("full-screen").setAttribute("aria-pressed", String(document.fullscreenElement !== null));
  });
  return (turn) => {
    part("mirror").setAttribute("aria-pressed", String(turn.isMirrored));
    part("upright").hidden = formatTurn(turn) === formatTurn(upright);
  };
}
