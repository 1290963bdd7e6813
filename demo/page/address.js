/** The picture as it is: neither mirrored nor turned. */
export const upright = { isMirrored: false, degrees: 0 };

/**
 * Returns what an address of the page names: the identifier of a picture, the region of it in pixels and how it is turned,
 * when they are there: `/view/ID?xywh=…&rotation=!90`. Source: Media Fragments URI 1.0, the xywh dimension; Image API 3.0 §4.3.
 */
export function parseAddress({ pathname, search }) {
  const parameters = new URLSearchParams(search);
  return {
    identifier: decode(pathname.slice("/view/".length)),
    region: parseRegion(parameters.get("xywh")),
    turn: parseTurn(parameters.get("rotation")),
  };
}

/** Returns the address, from the root on, of a picture; with region and turn unless they are all of it and upright. */
export function formatAddress(identifier, { region, turn = upright } = {}) {
  const parameters = [];
  if (region) parameters.push(`xywh=${region.x},${region.y},${region.width},${region.height}`);
  if (formatTurn(turn) !== "0") parameters.push(`rotation=${formatTurn(turn)}`);
  return `/view/${encodeURIComponent(identifier)}${parameters.length > 0 ? `?${parameters.join("&")}` : ""}`;
}

/** Returns how a picture is turned as the rotation of an image request. Source: Image API 3.0 §4.3. */
export function formatTurn({ isMirrored, degrees }) {
  return `${isMirrored ? "!" : ""}${degrees}`;
}

/** Identifiers may stand in the address as they are; what only looks like an escape is one of their characters. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseRegion(text) {
  const numbers = /^(\d+),(\d+),([1-9]\d*),([1-9]\d*)$/
    .exec(text ?? "")
    ?.slice(1)
    .map(Number);
  return numbers && { x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3] };
}

function parseTurn(text) {
  const [, mirrored, degrees] = /^(!?)(0|90|180|270)$/.exec(text ?? "") ?? [];
  return degrees === undefined ? upright : { isMirrored: mirrored === "!", degrees: Number(degrees) };
}
