/** A field that stands twice in an object of a JSON text: the way to it from the whole. */
export type FieldPath = readonly (string | number)[];

/** An object or a list that is being read. */
type Open =
  | { readonly kind: "object"; readonly seen: Set<string>; name: string | undefined }
  | { readonly kind: "list"; index: number };

/** A text, or what tells objects and lists apart; numbers and words are passed over. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Returns the fields of a JSON text that stand in their object a second time: JSON.parse takes the last, and says nothing. The text
 * has been parsed. Never throws for one.
 */
export function findDoubledFields(text: string): readonly FieldPath[] {
  const found: FieldPath[] = [];
  const open: Open[] = [];
  let isName = false;
  for (const [part] of text.matchAll(token)) {
    const inner = open.at(-1);
    if (part === "{") {
      open.push({ kind: "object", seen: new Set(), name: undefined });
      isName = true;
    } else if (part === "[") open.push({ kind: "list", index: 0 });
    else if (part === "}" || part === "]") {
      open.pop();
      isName = false;
    } else if (part === ",") {
      if (inner?.kind === "list") inner.index += 1;
      isName = inner?.kind === "object";
    } else if (part === ":") isName = false;
    else if (isName && inner?.kind === "object") {
      inner.name = String(JSON.parse(part));
      if (inner.seen.has(inner.name)) found.push(open.map(stepOf));
      inner.seen.add(inner.name);
    }
  }
  return found;
}

function stepOf(open: Open): string | number {
  return open.kind === "list" ? open.index : (open.name ?? "");
}
