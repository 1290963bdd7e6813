const lookMilliseconds = 3000;

/** Shows what goes on as it is now: the part of the page that changes is asked for again, while somebody looks. */
async function look() {
  const shown = document.getElementById("live");
  if (shown === null) return;
  if (document.visibilityState === "visible") {
    const next = await ask();
    if (next !== undefined) replace(shown, next);
  }
  setTimeout(look, lookMilliseconds);
}

/** Returns the page as it is now; undefined where it is not answered, which the next look tries again. */
async function ask() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return undefined;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return undefined;
  }
}

/** Who is on a button or a link stays on it. A task that has ended has more to show, and nothing to look for. */
function replace(shown, next) {
  const live = next.getElementById("live");
  if (live === null) {
    location.reload();
    return;
  }
  const focused = document.activeElement;
  const name = shown.contains(focused) ? nameOf(focused) : undefined;
  shown.replaceChildren(...live.childNodes);
  if (name === undefined) return;
  const same = [...shown.querySelectorAll("a, button")].find((element) => nameOf(element) === name);
  same?.focus({ preventScroll: true });
}

function nameOf(element) {
  return `${element.tagName} ${element.getAttribute("value") ?? element.getAttribute("href")}`;
}

setTimeout(look, lookMilliseconds);
