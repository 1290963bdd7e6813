/** The source formats that can be read. */
export type SourceFormat = "tiff" | "jpeg" | "png" | "webp" | "avif" | "gif" | "jp2";

/** What the first bytes of a file say: a supported format, a known but unsupported one, or nothing known. */
export type FormatFound =
  | { readonly kind: "read"; readonly format: SourceFormat }
  | { readonly kind: "known"; readonly name: string; readonly command: string }
  | { readonly kind: "unknown" };

/** Number of first bytes that identify the format. */
export const formatPrefixBytes = 512;

const read: readonly (readonly [SourceFormat, RegExp])[] = [
  ["tiff", /^(?:49492[ab]00|4d4d002[ab])/],
  ["jpeg", /^ffd8ff/],
  ["png", /^89504e470d0a1a0a/],
  ["webp", /^52494646.{8}57454250/],
  ["gif", /^47494638/],
  ["jp2", /^(?:0000000c6a5020200d0a870a|ff4fff51)/],
  // An ISO base media file with AVIF among its brands.
  ["avif", /^.{8}66747970(?:.{8})*?6176(?:6966|6973)/],
];

const convertByVips = "vips copy IN OUT.tif[compression=deflate,tile]";

const known: readonly (readonly [string, RegExp, string])[] = [
  ["a PDF", /^25504446/, "vips copy 'IN.pdf[page=0,dpi=300]' OUT.tif[compression=deflate,tile]"],
  ["an HEIC or HEIF file", /^.{8}66747970/, convertByVips],
  ["a JPEG XL file", /^(?:ff0a|0000000c4a584c20)/, convertByVips],
  [
    "an SVG drawing",
    /^(?:efbbbf)?(?:3c3f786d6c.*)?3c737667/,
    "vips copy 'IN.svg[dpi=300]' OUT.tif[compression=deflate]",
  ],
  ["a Photoshop file", /^38425053/, "magick IN.psd[0] OUT.tif"],
  ["a Windows bitmap", /^424d/, "magick IN.bmp OUT.tif"],
  ["an OpenEXR file", /^762f3101/, convertByVips],
];

/** Returns the format of a file from its first `formatPrefixBytes`, ignoring its name. */
export function detectFormat(prefix: Uint8Array): FormatFound {
  const first = prefix.subarray(0, formatPrefixBytes);
  const start = Array.from(first, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const format = read.find(([, pattern]) => pattern.test(start))?.[0];
  if (format !== undefined) return { kind: "read", format };
  const other = known.find(([, pattern]) => pattern.test(start));
  return other === undefined ? { kind: "unknown" } : { kind: "known", name: other[0], command: other[2] };
}
