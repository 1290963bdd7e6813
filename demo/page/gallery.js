import { parseAddress } from "./address.js";
import { fetchInfo, imageService } from "./iiif.js";

/** A picture that takes longer is worth a word, in milliseconds. */
const slowMilliseconds = 6000;

/** Says of each picture of the gallery by itself that it is slow, that it failed and why, and offers to try again. */
export function watchGallery() {
  for (const work of document.querySelectorAll("#gallery .work")) watchWork(work);
}

function watchWork(work) {
  const image = work.querySelector("img");
  const { identifier } = parseAddress(new URL(work.querySelector("a").href));
  const note = Object.assign(document.createElement("div"), { className: "note", hidden: true });
  const words = document.createElement("p");
  words.role = "status";
  const again = Object.assign(document.createElement("button"), {
    className: "text-button",
    type: "button",
    textContent: "Try again",
  });
  note.append(words, again);
  work.append(note);

  const say = (text, isRetryable) => {
    note.hidden = text === "";
    again.hidden = !isRetryable;
    words.textContent = text;
  };
  let timer;
  const wait = () => {
    say("", false);
    timer = setTimeout(() => say("Still loading…", false), slowMilliseconds);
  };
  const isDone = () => image.complete && image.naturalWidth > 0;
  const succeed = () => {
    clearTimeout(timer);
    say("", false);
  };
  const fail = async () => {
    clearTimeout(timer);
    const fault = await reasonOf(identifier);
    if (!isDone()) say(fault.isFinal ? "Not in the collection at the moment." : fault.message, !fault.isFinal);
  };
  image.addEventListener("load", succeed);
  image.addEventListener("error", fail);
  again.addEventListener("click", () => {
    wait();
    // The same source once more starts over.
    image.setAttribute("src", image.getAttribute("src"));
  });
  if (!image.complete) wait();
  else if (!isDone()) fail();
}

/** A picture that failed doesn't say why; what is said of it does. */
async function reasonOf(identifier) {
  try {
    await fetchInfo(imageService(identifier), new AbortController().signal);
    return { message: "This picture could not be loaded.", isFinal: false };
  } catch (fault) {
    return fault;
  }
}
