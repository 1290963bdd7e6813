import { maxNestedElements } from "../limits.ts";
import { malformed } from "../pyramid/faults.ts";

/** A piece of XML; `start` and `end` are positions in the text; for an attribute, without its quotes. */
export type XmlToken =
  | { readonly kind: "open"; readonly name: string; readonly attributes: readonly XmlAttribute[] }
  | { readonly kind: "close" }
  | { readonly kind: "text"; readonly value: string; readonly start: number; readonly end: number };

/** An attribute with its entities replaced. */
export interface XmlAttribute {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const space = /\s*/y;
const nameToken = /[^\s<>/="'&!?]{1,256}/y;

/**
 * Scans XML once from front to end, in time that grows with its length only: comments and processing instructions are
 * passed over, an empty element is opened and closed. Throws `source-malformed` for what is not well-formed, for a
 * document type, and past `maxNestedElements`. Source: XML 1.0, fifth edition, §2 to §4.
 */
export function* scanXml(text: string): Generator<XmlToken, void> {
  const names: string[] = [];
  for (let at = 0; at < text.length; ) {
    const less = text.indexOf("<", at);
    const textEnd = less < 0 ? text.length : less;
    if (textEnd > at) yield { kind: "text", value: decodeEntities(text.slice(at, textEnd)), start: at, end: textEnd };
    if (less < 0) break;
    if (text.startsWith("<?", less)) at = endOf(text, "?>", less + 2);
    else if (text.startsWith("<!--", less)) at = endOf(text, "-->", less + 4);
    else if (text.startsWith("<![CDATA[", less)) {
      at = endOf(text, "]]>", less + 9);
      yield { kind: "text", value: text.slice(less + 9, at - 3), start: less, end: at };
    } else if (text.startsWith("<!", less)) throw malformed("XML with a document type");
    else if (text.startsWith("</", less)) {
      at = endOf(text, ">", less + 2);
      const name = text.slice(less + 2, at - 1).trimEnd();
      if (names.pop() !== name) throw malformed(`XML closes ${name.slice(0, 40)} that is not open`);
      yield { kind: "close" };
    } else {
      const element = scanElement(text, less + 1);
      at = element.end;
      if (names.length === maxNestedElements) throw malformed(`XML nests more than ${maxNestedElements} elements`);
      yield { kind: "open", name: element.name, attributes: element.attributes };
      if (element.isEmpty) yield { kind: "close" };
      else names.push(element.name);
    }
  }
  if (names.length > 0) throw malformed("XML is cut off");
}

interface Element {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly isEmpty: boolean;
  readonly end: number;
}

function scanElement(text: string, start: number): Element {
  const name = match(text, nameToken, start);
  const attributes: XmlAttribute[] = [];
  for (let at = start + name.length; ; ) {
    at += match(text, space, at).length;
    if (text[at] === ">") return { name, attributes, isEmpty: false, end: at + 1 };
    if (text.startsWith("/>", at)) return { name, attributes, isEmpty: true, end: at + 2 };
    const attribute = scanAttribute(text, at);
    attributes.push(attribute);
    at = attribute.end + 1;
  }
}

function scanAttribute(text: string, nameAt: number): XmlAttribute {
  const name = match(text, nameToken, nameAt);
  let at = nameAt + name.length;
  at += match(text, space, at).length;
  if (text[at] !== "=") throw malformed("XML with an attribute without a value");
  at += 1;
  at += match(text, space, at).length;
  const quote = text[at];
  if (quote !== '"' && quote !== "'") throw malformed("XML with an attribute without quotes");
  const start = at + 1;
  const end = endOf(text, quote, start) - 1;
  const raw = text.slice(start, end);
  if (raw.includes("<")) throw malformed("XML with a tag inside an attribute");
  return { name, value: decodeEntities(raw), start, end };
}

/** Returns what a sticky pattern matches at a position. The pattern for spaces always matches. */
function match(text: string, pattern: RegExp, at: number): string {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  if (found === undefined) throw malformed("XML with a name missing");
  return found;
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  if (found < 0) throw malformed("XML is cut off");
  return found + mark.length;
}

const entities: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities.get(name) ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
  });
}
