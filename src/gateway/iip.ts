import { ImageError } from "../error.ts";
import { readDeepZoom } from "./deep-zoom.ts";
import { describeObjects, knownObjects } from "./iip-objects.ts";
import { translateTile, translateView, type View } from "./iip-pictures.ts";
import type { Cutting, OldRequest } from "./old-request.ts";
import { readZoomify } from "./zoomify.ts";

const shapes = "It is FIF with OBJ, with JTL or with CVT=jpeg.";

/**
 * Commands that viewers send whether or not they change anything, and the arguments of theirs that change nothing. Quality
 * is that of the service.
 */
const withoutEffect: ReadonlyMap<string, RegExp> = new Map([
  ["cnt", /^1(?:\.0*)?$/],
  ["gam", /^1(?:\.0*)?$/],
  ["rot", /^0(?:\.0*)?$/],
  ["sds", /^0(?:,(?:0|90))?$/],
  ["lyr", /^\d*$/],
  ["qlt", /^\d*$/],
]);

/**
 * Reads a query of the Internet Imaging Protocol as iipsrv is asked, without its question mark. The names of commands may
 * be in capitals or not. Throws `query-malformed` for what is none of the few that are answered, which says what they are,
 * and what the readers of other protocols throw.
 * Source: Internet Imaging Protocol 1.0.5; iipsrv 1.3, Main.cc and Task.cc.
 */
export function readIip(query: string, cutting: Cutting): OldRequest {
  const commands = commandsOf(query);
  const argument = (name: string): string | undefined => {
    const found = commands.filter((command) => command.name === name);
    if (found.length > 1) throw refused(`${name.toUpperCase()} is given more than once.`);
    return found[0]?.argument;
  };
  const [iiif, deepZoom, zoomify] = [argument("iiif"), argument("deepzoom"), argument("zoomify")];
  // The whole argument may be encoded; its identifier may hold plain slashes.
  if (iiif !== undefined) return { kind: "iiif", rest: plainSlashes(iiif) };
  if (deepZoom !== undefined) return readDeepZoom(plainSlashes(deepZoom), cutting);
  if (zoomify !== undefined) return readZoomify(plainSlashes(zoomify), cutting);
  const identifier = argument("fif");
  if (identifier === undefined) throw refused("FIF, which names the image, is missing.");
  const objects = commands.filter(({ name }) => name === "obj").map((command) => decode(command.argument));
  const [tile, conversion] = [argument("jtl"), argument("cvt")];
  for (const { name, argument: given } of commands) refuseUnknown(name, given);
  const pictures = [tile, conversion].filter((given) => given !== undefined).length;
  // Who wants a picture may tell the version of the protocol in front.
  const isOne =
    pictures === 0 ? objects.length > 0 : pictures === 1 && objects.every((object) => /^iip,/i.test(object));
  if (!isOne) throw refused("It asks for nothing, or for more than one thing.");
  if (tile !== undefined) {
    const numbers = /^(\d{1,9}),(\d{1,9})$/.exec(decode(tile));
    if (numbers === null) throw refused("JTL is not the numbers of a resolution and of a tile, such as JTL=3,14.");
    const [resolution, index] = [Number(numbers[1]), Number(numbers[2])];
    return { kind: "picture", identifier, translate: (image) => translateTile(image, { resolution, index }, cutting) };
  }
  if (conversion !== undefined) {
    if (!/^jpe?g$/i.test(conversion)) throw refused("CVT gives jpeg alone.");
    const view = viewOf(argument);
    return { kind: "picture", identifier, translate: (image) => translateView(image, view) };
  }
  const unknown = objects.find((object) => !knownObjects.has(objectName(object)));
  if (unknown !== undefined) throw refused(`OBJ is one of ${[...knownObjects].join(", ")}.`);
  return {
    kind: "description",
    identifier,
    contentType: "application/vnd.netfpx",
    describe: (image) => describeObjects(image, objects.map(objectName), cutting),
  };
}

interface Command {
  /** In small letters. */
  readonly name: string;
  /** As it stands, encoded. */
  readonly argument: string;
}

/** In a query a plus stands for a space. */
function commandsOf(query: string): readonly Command[] {
  return query.split("&").flatMap((text) => {
    const [, name = "", argument = ""] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
    return name === "" ? [] : [{ name: name.toLowerCase(), argument: argument.replaceAll("+", "%20") }];
  });
}

const answered: readonly string[] = ["fif", "obj", "jtl", "cvt", "wid", "hei", "rgn", "download"];

function refuseUnknown(name: string, argument: string): void {
  if (answered.includes(name)) return;
  const neutral = withoutEffect.get(name);
  const command = /^\w{1,16}$/.test(name) ? name.toUpperCase() : "Another command";
  if (neutral === undefined) throw refused(`${command} is not answered here.`);
  if (!neutral.test(decode(argument))) throw refused(`${command} with this argument is not answered here.`);
}

function objectName(object: string): string {
  return object.toLowerCase().replace(/,.*$/s, "");
}

function viewOf(argument: (name: string) => string | undefined): View {
  const side = (name: string): number | undefined => {
    const text = argument(name);
    if (text === undefined) return undefined;
    const number = /^\d{1,9}(?:\.\d*)?$/.test(text) ? Math.floor(Number(text)) : Number.NaN;
    if (Number.isNaN(number)) throw refused(`${name.toUpperCase()} is not a number of pixels.`);
    return number === 0 ? undefined : number;
  };
  return { width: side("wid"), height: side("hei"), part: partOf(argument("rgn")) };
}

function partOf(argument: string | undefined): View["part"] {
  if (argument === undefined) return undefined;
  const numbers = decode(argument)
    .split(",")
    .map((text) => (/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN));
  const [x = 0, y = 0, width = 0, height = 0] = numbers.map((number) => Math.min(1, Math.max(0, number)));
  if (numbers.length !== 4 || !numbers.every(Number.isFinite) || width === 0 || height === 0) {
    throw refused("RGN is not x, y, width and height, each from 0 to 1, such as RGN=0.25,0.25,0.5,0.5.");
  }
  return { x, y, width, height };
}

function plainSlashes(argument: string): string {
  return argument.replaceAll(/%2F/gi, "/");
}

function decode(argument: string): string {
  try {
    return decodeURIComponent(argument);
  } catch (cause) {
    throw new ImageError("query-malformed", "The query has an escape that is not %XX of UTF-8.", { cause });
  }
}

function refused(sentence: string): ImageError {
  return new ImageError("query-malformed", `This is not a request of IIP that is answered: ${sentence}`, {
    hint: shapes,
  });
}
