import { fetchInfo, OpeningFault } from "./iiif.js";

/** An info.json that is not there by then is worth a word, in milliseconds. */
const slowMilliseconds = 2500;

const progressWords = {
  ready: "",
  slow: "Loading…",
  gaps: "Parts of the picture could not be loaded.",
};

/**
 * Prepares the opening of pictures: it asks for info.json, says when that takes long and why it failed, and offers to try
 * again. `part` finds the places for words by their names; `onInfo` is given what info.json says, `onAgain` asks for the
 * picture once more. What is last in the way when nothing helps is the element `lastResort`.
 */
export function createOpening({ part, onInfo, onAgain, lastResort }) {
  let current;

  function notice(text, isRetryable = false) {
    part("notice-text").textContent = text;
    part("notice-again").hidden = !isRetryable;
  }

  function hideMessage() {
    part("stage-message").hidden = true;
    part("stage-message-text").textContent = "";
  }

  function fail(fault) {
    notice("");
    part("stage-message").hidden = false;
    part("stage-message-text").textContent = fault.message;
    part("stage-message-detail").textContent = fault.detail;
    part("try-again").hidden = fault.isFinal;
    const focused = fault.isFinal ? lastResort : part("try-again");
    focused?.focus();
  }

  for (const name of ["try-again", "notice-again"]) part(name).addEventListener("click", onAgain);

  return {
    fail,
    showProgress: (progress) => notice(progressWords[progress], progress === "gaps"),
    /** Asks for a picture; one that was asked for before is forgotten. */
    async begin(service) {
      current?.abort();
      const opening = new AbortController();
      current = opening;
      hideMessage();
      notice("");
      const slow = setTimeout(() => notice("Waiting for the service…"), slowMilliseconds);
      try {
        onInfo(await fetchInfo(service, opening.signal));
      } catch (error) {
        if (opening.signal.aborted) return;
        fail(error instanceof OpeningFault ? error : new OpeningFault("This picture can't be shown."));
        if (!(error instanceof OpeningFault)) console.error(error);
      } finally {
        clearTimeout(slow);
        if (part("notice-text").textContent.startsWith("Waiting")) notice("");
      }
    },
    end() {
      current?.abort();
      hideMessage();
      notice("");
    },
  };
}
