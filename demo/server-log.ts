import { stripVTControlCharacters } from "node:util";

/** A line of the Worker's log about a request, as far as it is shown. */
interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string;
  readonly strategy: string;
  readonly cache: string;
  readonly reads: number;
  readonly bytes: number;
  readonly tiles: number;
  readonly milliseconds: number;
}

/** What wrangler says of itself while all is well. */
const chatter =
  /^\[wrangler:(info|debug)\]|^⎔|^🪵|please create an issue|newer version of Wrangler|^\s*$|has access to the following bindings:$|^Binding +Resource +Mode|^env\.[A-Z_]+ /;

/** Of two Workers wrangler tells which one a line is from. */
const ofWorker = /^\[tessera[\w-]*\] /;

/**
 * Returns what people are shown of a line that `wrangler dev` prints: of the Worker's log one line a request, and its
 * warnings and errors; of wrangler what is wrong. Undefined for the rest.
 */
export function formatServerLine(printed: string): string | undefined {
  const line = printed.replace(ofWorker, "");
  const logged = parseLogged(line);
  if (logged === undefined) return formatOwnLine(stripVTControlCharacters(line));
  // What npm start itself asks for, time and again.
  if (logged.path === "/admin/tasks/sweep" && logged.status === 200) return undefined;
  if ("method" in logged) return formatRequest(logged as unknown as RequestLine);
  const { level, ...said } = logged;
  return `${level}: ${Object.values(said)
    .filter((value) => value !== undefined)
    .map((value) => (typeof value === "object" ? JSON.stringify(value) : value))
    .join("  ")}`;
}

function formatOwnLine(line: string): string | undefined {
  if (chatter.test(line)) return undefined;
  return line.includes("Build failed") ? `${line}\nThe service goes on, and answers again, once this is mended.` : line;
}

/** Returns a line of the Worker's log, which is JSON with a level; undefined for any other line. */
function parseLogged(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{"level":')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** `200 GET /iiif/3/plate/full/400,/0/default.jpg  34 ms  draw, 6 tiles, 1 read of 53 kB`; what was refused names its code. */
function formatRequest({ method, path, status, code, milliseconds, ...how }: RequestLine): string {
  const { strategy, cache, tiles, reads, bytes } = how;
  const times = `${reads} ${reads === 1 ? "read" : "reads"}`;
  // What is looked for and not there is a read of nothing.
  const read = reads === 0 ? [] : [bytes === 0 ? times : `${times} of ${Math.ceil(bytes / 1000)} kB`];
  const drawn = tiles === 0 ? [] : [`${tiles} ${tiles === 1 ? "tile" : "tiles"}`];
  const parts = [
    ...(code === "ok" ? [] : [code]),
    ...(strategy === "none" ? [] : [strategy === "kept" ? `kept in the ${cache} cache` : strategy]),
    ...drawn,
    ...read,
  ];
  return [`${status} ${method} ${path}`, `${milliseconds} ms`, parts.join(", ")]
    .filter((part) => part !== "")
    .join("  ");
}
