import { dirname, join, normalize } from "node:path/posix";

/** Source files by their path from `src/`. */
export type Sources = ReadonlyMap<string, string>;

/** From the bottom up: a room may import from rooms below its own floor and from itself, never sideways or up. */
export const floors: readonly (readonly string[])[] = [
  ["error", "geometry", "limits", "bytes", "digest", "spelling", "shell-word", "design", "hosts", "hmac", "calendar"],
  ["budget", "config", "serial", "account", "raster", "webp"],
  ["source", "pyramid", "visit", "timers", "identity", "statistics", "jurisdiction"],
  ["tiff", "iiif", "color", "access"],
  ["codec", "metadata", "layout", "catalogue"],
  ["http", "files", "presentation", "text", "task"],
  ["render", "cache", "records", "search", "pages", "gateway", "origin"],
  ["masters", "policies", "rate-limit"],
  ["colors", "operation", "marks"],
  ["picture"],
  ["kept-picture", "check", "export"],
  ["services", "node", "remake"],
  ["probe", "settings"],
  ["stories", "bucket", "convert"],
  ["app", "job", "ledger", "batch"],
  ["worker", "jobs-worker", "cli"],
];

/** Rooms of the command line, which runs in Node alone. What the Worker is made of imports none of them. */
const nodeRooms: readonly string[] = ["node", "settings", "bucket", "convert", "job", "cli"];

/** Rooms where a program begins: nobody imports them. */
const entries: readonly string[] = ["worker", "jobs-worker", "cli"];

/** The Workers: the only files that know what the platform binds to them. */
const workers: readonly string[] = ["worker", "jobs-worker"];

/** Rooms that know no clock, no network and no platform. */
const pureRooms: readonly string[] = [
  ...[
    "error",
    "geometry",
    "design",
    "hosts",
    "account",
    "limits",
    "bytes",
    "spelling",
    "calendar",
    "access",
    "budget",
    "raster",
    "webp",
    "serial",
    "pyramid",
  ],
  ...[
    "tiff",
    "iiif",
    "identity",
    "color",
    "layout",
    "codec",
    "metadata",
    "catalogue",
    "presentation",
    "text",
    "files",
    "task",
  ],
  ...["check", "render", "picture", "pages", "gateway", "remake", "export"],
];

/**
 * What is imported that is no file of ours, by the rooms that may. A module that is no longer imported where it may be is a
 * violation too.
 */
const packages: readonly { readonly name: RegExp; readonly rooms: readonly string[] }[] = [
  { name: /^hono(?:\/|$)/, rooms: ["app", "pages"] },
  { name: /^oauth4webapi$/, rooms: ["app"] },
  { name: /^valibot$/, rooms: ["config", "access", "catalogue", "bucket", "operation", "app", "statistics", "task"] },
  { name: /^cloudflare:workers$/, rooms: ["ledger", "batch", "jobs-worker"] },
  { name: /^htmlparser2$/, rooms: ["text"] },
  // Decompression and checksums, which workerd has under the same name.
  { name: /^node:zlib$/, rooms: ["codec"] },
  { name: /^node:/, rooms: nodeRooms },
  { name: /^@jsquash\/webp\//, rooms: ["codec"] },
  { name: /^sharp$/, rooms: ["convert"] },
  { name: /^wrangler$/, rooms: ["bucket", "settings"] },
  { name: /^aws4fetch$/, rooms: ["bucket", "origin"] },
  { name: /\.wasm$/, rooms: workers },
];

const platformWords =
  /\bDate[.(]|\bMath\.random\b|\b(?:performance|console|process)\.|\b(?:setTimeout|setInterval|fetch|caches|crypto|R2Bucket|ExecutionContext)\b/;

const doorWords = /\b(?:Jobs)?Env\b|\bcaches\b|\bExecutionContext\b/;

/** Names of headers as they are written in code: quoted with a hyphen, or one of those that have none. */
const headerNames =
  /"(?:[A-Z][a-z]+(?:-[A-Z][A-Za-z0-9]*)+|Accept|Allow|ETag|Host|Authorization|Cookie|Link|Location|Origin|Range|Vary)"|\b(?:ETag|Vary)\s*:|\bheaders\s*\.\s*(?:get|set|has|append|delete)\b|\.header\s*\(|\bnew Headers\b/;

/** What S3 and other servers are spoken with is written down where it is spoken. */
const headerRooms: readonly string[] = ["http", "bucket", "origin"];

/** Returns all that breaks a rule of the house, a sentence each; none in a house that stands. */
export function findViolations(sources: Sources): readonly string[] {
  const files = [...sources].map(([path, text]) => ({ path, room: roomOf(path), code: withoutComments(text) }));
  const found: string[] = [];
  for (const file of files) {
    if (floorOf(file.room) < 0) found.push(`${file.path} is in a room without a floor`);
    for (const target of importsOf(file)) found.push(...judgeImport(file, target));
    found.push(...judgeWords(file));
  }
  return [...found, ...unusedPermissions(files), ...circles(files)];
}

interface File {
  readonly path: string;
  readonly room: string;
  readonly code: string;
}

function judgeImport({ path, room }: File, target: string): readonly string[] {
  if (!target.startsWith(".")) {
    const isAllowed = packages.some(({ name, rooms }) => name.test(target) && rooms.includes(room));
    return isAllowed ? [] : [`${path} imports ${target}`];
  }
  const other = normalize(join(dirname(path), target));
  if (other.startsWith(".."))
    return target.endsWith(".wasm") && workers.includes(room) ? [] : [`${path} imports ${target}`];
  const otherRoom = roomOf(other);
  if (otherRoom === room) return [];
  const wrong: string[] = [];
  if (entries.includes(otherRoom)) wrong.push(`${path} imports ${other}, where a program begins`);
  if (nodeRooms.includes(otherRoom) && !nodeRooms.includes(room))
    wrong.push(`${path} imports ${other}, a room of Node`);
  if (floorOf(otherRoom) >= floorOf(room)) wrong.push(`${path} imports ${other}, which is not below it`);
  return wrong;
}

function judgeWords({ path, room, code }: File): readonly string[] {
  const wrong: string[] = [];
  const word = pureRooms.includes(room) ? platformWords.exec(withoutTexts(code))?.[0] : undefined;
  if (word !== undefined) wrong.push(`${path} is in a pure room and names ${word}`);
  const door = workers.includes(room) ? undefined : doorWords.exec(withoutTexts(code))?.[0];
  if (door !== undefined) wrong.push(`${path} names ${door}, which only the worker knows`);
  // A range of a table of contents is called as a header is.
  const spoken = room === "presentation" ? code.replaceAll('type: "Range"', "") : code;
  const header = headerRooms.includes(room) ? undefined : headerNames.exec(spoken)?.[0];
  if (header !== undefined) wrong.push(`${path} names ${header}, and header names belong to http`);
  return wrong;
}

function unusedPermissions(files: readonly File[]): readonly string[] {
  return packages.flatMap(({ name, rooms }) =>
    rooms
      .filter(
        (room) => !files.some((file) => file.room === room && importsOf(file).some((target) => name.test(target))),
      )
      .map((room) => `${room} may import ${name} and does not`),
  );
}

/** Circles of imports that are there when the program runs: those of types alone are not. */
function circles(files: readonly File[]): readonly string[] {
  const targets = new Map(
    files.map((file) => [
      file.path,
      runtimeImportsOf(file)
        .filter((target) => target.startsWith("."))
        .map((target) => normalize(join(dirname(file.path), target))),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`${[...trail.slice(start), path].join(" imports ")}: a circle`);
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return found;
}

function roomOf(path: string): string {
  return path.split("/")[0]?.replace(/\.(?:tsx?|mjs)$/, "") ?? "";
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*"([^"\s]+)"/g;

function importsOf({ code }: File): readonly string[] {
  return [...code.matchAll(importPattern)].map((match) => match[1] ?? "");
}

function runtimeImportsOf({ code }: File): readonly string[] {
  const withoutTypes = code
    .replace(/\b(?:import|export)\s+type\b[^;]*?\bfrom\s*"[^"]+"/g, "")
    .replace(/\bimport\s*\{(?:\s*type\s+\w+\s*,?)+\}\s*from\s*"[^"]+"/g, "");
  return [...withoutTypes.matchAll(importPattern)].map((match) => match[1] ?? "");
}

/** Texts first, so that what looks like a comment within one is not taken for it; then comments. */
const textOrComment = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

/** Returns code without its comments; what looks like one within a text stays. */
export function withoutComments(text: string): string {
  return withoutPatterns(text).replace(textOrComment, (found) => (found.startsWith("/") ? "" : found));
}

/** What is said to people may name anything. */
function withoutTexts(code: string): string {
  return code.replace(textOrComment, (found) => `${found[0]}${found[0]}`);
}

/** Regular expressions may hold quotes and what looks like a comment. */
function withoutPatterns(text: string): string {
  return text.replace(/(?<=[(,=:[!&|?{};\n]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g, "/x/");
}
