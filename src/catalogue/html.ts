/** The elements that a manifest's texts may have, with the attributes that each may have. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  a: ["href"],
  ...{ b: [], br: [], i: [], p: [], small: [], span: [], sub: [], sup: [] },
  img: ["src", "alt"],
};

/** Elements that have nothing inside. */
const empty: readonly string[] = ["br", "img"];

const token =
  /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<|&(?!(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);)/g;

/** Says whether a text is meant as HTML: all of it is between `<` and `>`. */
export function looksLikeHtml(text: string): boolean {
  return /^<[a-zA-Z].*>$/s.test(text);
}

/**
 * Returns what is wrong with HTML in a manifest, in a sentence without a full stop; undefined if nothing is. It has to be
 * one element of well-formed XML, with elements and attributes of a short list. Source: IIIF Presentation API 3.0 §4.5.
 */
export function findHtmlFault(text: string): string | undefined {
  const open: string[] = [];
  let roots = 0;
  for (const [whole, closing, rawName, attributes = "", selfClosing] of text.matchAll(token)) {
    if (rawName === undefined)
      return whole === "<" ? "there is a < that begins no element: write &lt;" : "there is a bare &: write &amp;";
    const name = rawName;
    if (!Object.hasOwn(allowed, name)) return `<${name}> is not allowed: ${Object.keys(allowed).join(", ")} are`;
    if (closing === "/") {
      if (open.pop() !== name) return `</${name}> closes what is not open`;
      continue;
    }
    const fault = findAttributeFault(name, attributes);
    if (fault !== undefined) return fault;
    if (open.length === 0) roots += 1;
    if (selfClosing !== "/") open.push(name);
    if (selfClosing !== "/" && empty.includes(name)) return `<${name}> has to be written <${name}/>`;
  }
  if (open.length > 0) return `<${open.at(-1)}> is not closed`;
  return roots === 1 ? undefined : "it has to be one element, with everything else inside";
}

function findAttributeFault(element: string, attributes: string): string | undefined {
  for (const [, name = "", value = ""] of attributes.matchAll(/([a-zA-Z-]+)\s*=\s*["']([^"']*)/g)) {
    if (!allowed[element]?.includes(name)) return `the attribute ${name} of <${element}> is not allowed`;
    const isAddress = name === "href" || name === "src";
    if (isAddress && !/^(?:https?:\/\/|mailto:)/i.test(value))
      return `${name} of <${element}> is no http, https or mailto address`;
  }
  return undefined;
}
