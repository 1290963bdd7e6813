const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Returns the text of the first element of a name, or undefined. Enough for S3's flat answers. */
export function readElement(xml: string, name: string): string | undefined {
  return scanElements(xml, name).next().value;
}

/** Returns the contents of all elements of a name, in order; of text without elements inside the entities are resolved. */
export function readElements(xml: string, name: string): readonly string[] {
  return [...scanElements(xml, name)];
}

/** Goes over the text once: what is looked for and not there further on is not looked for again. */
function* scanElements(xml: string, name: string): Generator<string, undefined, undefined> {
  const [opening, closing] = [`<${name}`, `</${name}>`];
  for (let at = xml.indexOf(opening); at >= 0; at = xml.indexOf(opening, at)) {
    at += opening.length;
    // The start of a longer name.
    if (!/[\s/>]/.test(xml.charAt(at))) continue;
    const tagEnd = xml.indexOf(">", at);
    if (tagEnd < 0) return undefined;
    at = tagEnd + 1;
    if (xml[tagEnd - 1] === "/") {
      yield "";
      continue;
    }
    const end = xml.indexOf(closing, at);
    if (end < 0) return undefined;
    const content = xml.slice(at, end);
    at = end + closing.length;
    yield content.includes("<") ? content : resolveEntities(content);
  }
  return undefined;
}

/** Escapes text for an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function resolveEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hexadecimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
