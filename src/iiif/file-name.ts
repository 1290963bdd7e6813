import { isSameSize, isWhole, type Size } from "../geometry.ts";
import type { Identifier } from "../identity/identifier.ts";
import type { CanonicalRequest } from "./canonical.ts";
import { formatDecimal } from "./decimal.ts";

/** Most bytes of the part that comes from the identifier, in UTF-8: file systems hold 255 for the whole name. */
const mostBytes = 150;

/** What ends the names of masters and would stand before another extension. */
const extensions = /\.(?:tiff?|ptiff?|btf|tf8|jpe?g|png|webp|gif|jp2|jpx|avif|heic|pdf)$/i;

/** What no file system or shell may meet in a name, header fields in a quoted text, or people without seeing it. */
const unsafe = /[/\\:*?"<>|;%'`$&#\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]+/gu;

/** Names that are devices on Windows, whatever their extension. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * Returns a name for the file of a picture: what the identifier says, then what was asked for if it is not all of the image
 * as it is, then the format. Safe on every system; not ASCII if the identifier is not.
 */
export function formatFileName(identifier: Identifier, request: CanonicalRequest, image: Size): string {
  const { region, size, rotation, quality, format } = request;
  const { x, y, width, height } = region;
  const parts = [
    stemOf(identifier),
    ...(isWhole(region, image) ? [] : [[x, y, width, height].join("-")]),
    ...(isSameSize(size, region) ? [] : [`${size.width}x${size.height}`]),
    ...(rotation.isMirrored ? ["mirrored"] : []),
    ...(rotation.degrees === 0 ? [] : [`rotated-${formatDecimal(rotation.degrees)}`]),
    ...(quality === "default" ? [] : [quality]),
  ];
  return `${parts.join("_")}.${format}`;
}

function stemOf(identifier: Identifier): string {
  const plain = identifier.replace(extensions, "").normalize("NFC").replace(unsafe, "_").replace(/\s+/gu, " ");
  const cut = cutToBytes(plain, mostBytes).replace(/^[._\s-]+|[._\s-]+$/gu, "");
  const [beforeDot = ""] = cut.split(".");
  if (cut === "") return "image";
  return devices.test(beforeDot.trim()) ? `image-${cut}` : cut;
}

/** Cuts a text between two characters. */
function cutToBytes(text: string, limit: number): string {
  let bytes = 0;
  let cut = "";
  for (const character of text) {
    bytes += new TextEncoder().encode(character).byteLength;
    if (bytes > limit) break;
    cut += character;
  }
  return cut;
}
