/** Names, with the colon behind them, other texts, and where objects and lists begin and end. */
const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/gs;

/**
 * Returns the names that stand more than once in one object of a JSON text, with the names that they stand under, such as
 * `networks.lan`. Who reads JSON takes the last of them, and says nothing of the others. Source: RFC 8259 §4.
 */
export function repeatedNames(json: string): readonly string[] {
  const repeated = new Set<string>();
  const open: { readonly names: Set<string>; readonly place: string }[] = [];
  let place = "";
  for (const [token, text, colon] of json.matchAll(tokens)) {
    if (token === "{" || token === "[") open.push({ names: new Set(), place });
    if (token === "}" || token === "]") place = open.pop()?.place ?? "";
    const within = open.at(-1);
    if (text === undefined || colon === undefined || within === undefined) continue;
    const name: string = JSON.parse(text);
    place = within.place === "" ? name : `${within.place}.${name}`;
    if (within.names.has(name)) repeated.add(place);
    within.names.add(name);
  }
  return [...repeated];
}
