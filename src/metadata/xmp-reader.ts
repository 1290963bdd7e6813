import { malformed } from "../pyramid/faults.ts";
import { scanXml, type XmlAttribute } from "./xml-scanner.ts";
import { namespaces, xmpNames } from "./xmp-names.ts";

/** The properties of a packet that are used here. */
export interface XmpPacket {
  /** Values by namespace plus local name. */
  readonly properties: ReadonlyMap<string, readonly XmpItem[]>;
  /** Where the text states tiff:Orientation. */
  readonly orientations: readonly TextRange[];
}

/** One value: that of a simple property, or an item of a list. */
export interface XmpItem {
  readonly text: string;
  /** Its xml:lang; `x-default` is the default. */
  readonly language: string | undefined;
}

/** A range of text, from `start` up to `end`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Most items of one property that are kept. */
const maxItems = 64;

const wantedNames: ReadonlySet<string> = new Set(Object.values(xmpNames));

const rdf = (name: string): string => namespaces.rdf + name;
const containers: ReadonlySet<string> = new Set([rdf("Alt"), rdf("Bag"), rdf("Seq")]);
const languageName = "xml:lang";

/** An open element: its expanded name, and the namespaces it declares by prefix. */
interface Frame {
  name: string;
  readonly declared: ReadonlyMap<string, string>;
}

/** A value whose element is open. */
interface OpenItem {
  readonly language: string | undefined;
  readonly pieces: string[];
}

/**
 * Reads the wanted properties of an XMP packet, written as attributes or as elements, simple or as lists; structures
 * and qualifiers are skipped. Throws `source-malformed` for what `scanXml` refuses and if there is no rdf:RDF. Source:
 * ISO 16684-1 §7, the serialization of XMP as RDF.
 */
export function parseXmp(text: string): XmpPacket {
  const properties = new Map<string, XmpItem[]>();
  const orientations: TextRange[] = [];
  const frames: Frame[] = [];
  /** Depth of rdf:RDF; resources are one level below it, properties two, lists three, items four. */
  let root = Number.POSITIVE_INFINITY;
  let hasRoot = false;
  let property: OpenItem | undefined;
  let item: OpenItem | undefined;

  const keep = (name: string, value: string, language?: string): void => {
    const items = properties.get(name) ?? [];
    if (items.length < maxItems) items.push({ text: value, language });
    properties.set(name, items);
  };
  const keepAttributes = (attributes: readonly XmlAttribute[]): void => {
    for (const { name, value, start, end } of attributes) {
      const expanded = expand(name, frames, "");
      if (!wantedNames.has(expanded)) continue;
      keep(expanded, value);
      if (expanded === xmpNames.orientation) orientations.push({ start, end });
    }
  };
  const openItem = (attributes: readonly XmlAttribute[], propertyName: string): OpenItem => {
    const resource = attributes.find(({ name }) => expand(name, frames, "") === rdf("resource"));
    if (resource !== undefined) keep(propertyName, resource.value);
    return { language: attributes.find(({ name }) => name === languageName)?.value, pieces: [] };
  };
  const nameAt = (depth: number): string => frames[depth]?.name ?? "";

  for (const token of scanXml(text)) {
    const depth = frames.length;
    if (token.kind === "open") {
      const frame: Frame = { name: "", declared: declaredIn(token.attributes) };
      frames.push(frame);
      frame.name = expand(token.name, frames, undefined);
      const { name } = frame;
      if (name === rdf("RDF") && root > depth) {
        root = depth;
        hasRoot = true;
      } else if (depth === root + 1) keepAttributes(token.attributes);
      else if (depth === root + 2 && wantedNames.has(name)) property = openItem(token.attributes, name);
      else if (depth === root + 4 && property && name === rdf("li") && containers.has(nameAt(root + 3))) {
        item = openItem(token.attributes, nameAt(root + 2));
      }
    } else if (token.kind === "text") {
      const target = depth === root + 5 ? item : depth === root + 3 ? property : undefined;
      target?.pieces.push(token.value);
      if (target !== undefined && nameAt(root + 2) === xmpNames.orientation && token.value.trim() !== "") {
        orientations.push({ start: token.start, end: token.end });
      }
    } else {
      const closed = depth - 1;
      if (closed === root) root = Number.POSITIVE_INFINITY;
      const done = closed === root + 4 ? item : closed === root + 2 ? property : undefined;
      const value = done?.pieces.join("") ?? "";
      if (done !== undefined && value.trim() !== "") keep(nameAt(root + 2), value, done.language);
      if (closed === root + 4) item = undefined;
      if (closed === root + 2) property = undefined;
      frames.pop();
    }
  }
  if (!hasRoot) throw malformed("XMP without rdf:RDF");
  return { properties, orientations };
}

const none: ReadonlyMap<string, string> = new Map();

function declaredIn(attributes: readonly XmlAttribute[]): ReadonlyMap<string, string> {
  const declarations = attributes.filter(({ name }) => name === "xmlns" || name.startsWith("xmlns:"));
  return declarations.length === 0 ? none : new Map(declarations.map(({ name, value }) => [name.slice(6), value]));
}

/**
 * The namespace and local name of a prefixed name; `withoutPrefix` is the namespace of one without a prefix, if it is
 * not the default.
 */
function expand(name: string, frames: readonly Frame[], withoutPrefix: string | undefined): string {
  const colon = name.indexOf(":");
  if (colon < 0 && withoutPrefix !== undefined) return withoutPrefix + name;
  const prefix = colon < 0 ? "" : name.slice(0, colon);
  const namespace = frames.findLast(({ declared }) => declared.has(prefix))?.declared.get(prefix);
  return (namespace ?? "") + name.slice(colon + 1);
}
