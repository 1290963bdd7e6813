/** The elements that a manifest's texts may have, with the attributes that each may have. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  a: ["href"],
  ...{ b: [], br: [], i: [], p: [], small: [], span: [], sub: [], sup: [] },
  img: ["src", "alt"],
};

/** Elements that have nothing inside. */
const empty: readonly string[] = ["br", "img"];

const token = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|</g;

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
  for (const [, closing, rawName, attributes = "", selfClosing] of text.matchAll(token)) {
    if (rawName === undefined) return "there is a < that begins no element: write &lt;";
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
  return roots === 1 ? findXmlFault(text) : "it has to be one element, with everything else inside";
}

/** What is no XML wherever it stands, in attributes too. Source: XML 1.0 §2.2, §2.4, §4.1. */
function findXmlFault(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) return "there is a control character";
  if (text.includes("]]>")) return "there is a ]]>: write ]]&gt;";
  for (const [, name = ""] of text.matchAll(/&([^;&<\s"']*;?)/g)) {
    if (/^(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);$/.test(name)) continue;
    return name.endsWith(";")
      ? `&${name} is unknown to XML: write the character itself`
      : "there is a bare &: write &amp;";
  }
  return undefined;
}

function findAttributeFault(element: string, attributes: string): string | undefined {
  const seen = new Set<string>();
  for (const [, name = "", value = ""] of attributes.matchAll(/([a-zA-Z-]+)\s*=\s*["']([^"']*)/g)) {
    if (!allowed[element]?.includes(name)) return `the attribute ${name} of <${element}> is not allowed`;
    if (seen.has(name)) return `<${element}> has the attribute ${name} twice`;
    seen.add(name);
    const isAddress = name === "href" || name === "src";
    if (isAddress && !/^(?:https?:\/\/|mailto:)/i.test(value))
      return `${name} of <${element}> is no http, https or mailto address`;
  }
  return undefined;
}
