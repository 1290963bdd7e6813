import { tokens } from "../design/tokens.ts";

/** Returns the style sheet of the page of `compare`, for crops of up to `variants` pictures. */
export function compareStyle(variants: number): string {
  const chosen = Array.from(
    { length: variants },
    (_, at) => `.crop:has(input[value="${at}"]:checked) img:nth-child(${at + 1})`,
  ).join(",\n");
  return `${tokens}
*, ::before, ::after { box-sizing: border-box }
html { font: 106.25% / 1.5 var(--sans); color: var(--ink); background: var(--paper); -webkit-text-size-adjust: 100% }
body { max-width: 100rem; margin: 0 auto; padding: clamp(1.5rem, 4vh, 3rem) var(--gutter) 4rem }
h1, h2, p, ul, fieldset { margin: 0; padding: 0; border: 0 }
h1 { font: 400 clamp(1.9rem, 4vw, 3.25rem) / 1.1 var(--serif); letter-spacing: -0.015em; overflow-wrap: anywhere }
h2 { font: 400 1.5rem / 1.25 var(--serif) }
h2 .quiet { font: 0.9375rem var(--sans) }
.lede { max-width: 42rem; margin: 1.25rem 0; font: 400 1.1875rem / 1.5 var(--serif); text-wrap: pretty }
.quiet { color: var(--quiet-ink) }
code { font: 0.875em var(--mono) }
kbd { padding: 0 0.35em; border: 1px solid var(--line); border-radius: 3px; font: 0.8125rem var(--mono) }
main { display: flex; flex-wrap: wrap; gap: 3rem clamp(1.5rem, 3vw, 3rem); margin: 2.5rem 0 4rem }
.crop { min-width: 0; max-width: 100% }
.stage { max-width: 100%; margin: 0.75rem 0; overflow: auto; background: var(--raised); box-shadow: var(--shadow) }
.pictures { position: relative; width: calc(var(--width) * var(--scale, 1) * 1px); height: calc(var(--height) * var(--scale, 1) * 1px) }
.pictures img { position: absolute; inset: 0; width: 100%; height: 100%; visibility: hidden; image-rendering: pixelated }
${chosen} { visibility: visible }
body:has(input[name="scale"][value="2"]:checked) { --scale: 2 }
body:has(input[name="scale"][value="4"]:checked) { --scale: 4 }
.bar { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center }
fieldset { display: flex; min-width: 0; flex-wrap: wrap }
legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
label { position: relative; cursor: pointer }
label input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer }
label span, button { display: block; min-width: 2.5rem; padding: 0.35rem 0.8rem; border: 1px solid var(--line); color: inherit; background: none; font: inherit; line-height: 1.5; text-align: center }
label + label span { border-left: 0 }
label:first-of-type span { border-radius: 3px 0 0 3px }
label:last-of-type span { border-radius: 0 3px 3px 0 }
label input:checked + span { color: var(--paper); background: var(--ink) }
label input:focus-visible + span, :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
button { border-radius: 3px; cursor: pointer }
button:hover { background: var(--raised) }
button[aria-pressed="true"] { border-color: var(--accent); color: var(--accent) }
details { margin-top: 0.6rem }
summary { cursor: pointer; padding: 0.25rem 0 }
details ul { list-style: none }
details li { padding: 0.15rem 0 }
details b { display: inline-block; width: 1.5rem }
table { width: 100%; max-width: 56rem; margin-top: 0.75rem; border-collapse: collapse }
th, td { padding: 0.5rem 0.75rem 0.5rem 0; border-top: 1px solid var(--line); font-weight: 400; text-align: left; vertical-align: top }
thead th { border: 0; color: var(--quiet-ink) }
.number { position: relative; min-width: 6rem; padding-right: 0; font-variant-numeric: tabular-nums; text-align: right }
.share { position: absolute; right: 0; bottom: 0; height: 2px; background: var(--accent) }
@media (width < 34rem) {
  .keys { display: none }
  table, tbody, tr { display: block }
  thead { display: none }
  tr { padding: 0.5rem 0; border-top: 1px solid var(--line) }
  th, td { display: block; padding: 0; border: 0 }
  .number { padding-bottom: 0.35rem; text-align: left }
  .share { right: auto; left: 0 }
}`;
}

/** The script of the page of `compare`: keys, and the change between the two variants that were looked at last. */
export const compareScript = `
const crops = [...document.querySelectorAll(".crop")].map((section) => {
  const inputs = [...section.querySelectorAll("input")];
  const flicker = section.querySelector(".flicker");
  let last = 1;
  let shown = 0;
  let timer;
  const note = () => {
    const now = inputs.findIndex((input) => input.checked);
    if (now !== shown) [last, shown] = [shown, now];
  };
  const choose = (at) => {
    if (!inputs[at]) return;
    inputs[at].checked = true;
    note();
  };
  const swap = () => choose(last);
  const rest = () => {
    clearInterval(timer);
    timer = undefined;
    flicker.setAttribute("aria-pressed", "false");
  };
  // Twice a second, which is slow enough for everyone. Source: WCAG 2.2, 2.3.1.
  const toggleFlicker = () => {
    if (timer !== undefined) return rest();
    timer = setInterval(swap, 500);
    flicker.setAttribute("aria-pressed", "true");
  };
  section.addEventListener("change", () => { rest(); note(); });
  section.querySelector(".swap").addEventListener("click", () => { rest(); swap(); });
  flicker.addEventListener("click", toggleFlicker);
  return { section, choose: (at) => { rest(); choose(at); }, swap: () => { rest(); swap(); }, toggleFlicker };
});
let pointed = crops[0];
for (const crop of crops) {
  for (const event of ["pointerenter", "focusin"]) crop.section.addEventListener(event, () => { pointed = crop; });
}
addEventListener("keydown", (event) => {
  if (!pointed || event.ctrlKey || event.altKey || event.metaKey) return;
  const isControl = event.target.closest("button, summary, input");
  if (event.key === " " && !isControl) {
    event.preventDefault();
    pointed.toggleFlicker();
  } else if (/^x$/i.test(event.key)) pointed.swap();
  else if (/^[a-w]$/i.test(event.key)) pointed.choose(event.key.toLowerCase().charCodeAt(0) - 97);
});
const reveal = document.getElementById("reveal");
reveal.addEventListener("click", () => {
  const isShown = reveal.getAttribute("aria-pressed") !== "true";
  reveal.setAttribute("aria-pressed", String(isShown));
  for (const details of document.querySelectorAll("details")) details.open = isShown;
});`;
