/** A known format that is not served. */
export interface OtherFormat {
  /** With its article. */
  readonly name: string;
  /** The program that reads it. */
  readonly reader: "ingest" | "vips" | "magick";
  /** The options for libvips to read it. */
  readonly load?: string;
}

const formats: readonly (readonly [RegExp, OtherFormat])[] = [
  [/^47494638/, { name: "a GIF", reader: "ingest" }],
  [/^(?:0000000c6a5020200d0a870a|ff4fff51)/, { name: "a JPEG 2000 file", reader: "ingest" }],
  // An ISO base media file with AVIF among its brands.
  [/^.{8}66747970(?:.{8})*?6176(?:6966|6973)/, { name: "an AVIF file", reader: "ingest" }],
  [/^.{8}66747970/, { name: "an HEIC or HEIF file", reader: "vips" }],
  [/^(?:ff0a|0000000c4a584c20)/, { name: "a JPEG XL file", reader: "vips" }],
  [/^25504446/, { name: "a PDF", reader: "vips", load: "[dpi=300]" }],
  [/^(?:efbbbf)?(?:3c3f786d6c.*)?3c737667/, { name: "an SVG drawing", reader: "vips", load: "[dpi=300]" }],
  [/^38425053/, { name: "a Photoshop file", reader: "magick" }],
  [/^424d/, { name: "a Windows bitmap", reader: "magick" }],
];

/** Number of first bytes that identify a format. */
const toldBytes = 512;

/** Returns the format that a file begins like if it is not one for masters; undefined if it is unknown. */
export function findOtherFormat(prefix: Uint8Array): OtherFormat | undefined {
  const start = Array.from(prefix.subarray(0, toldBytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return formats.find(([pattern]) => pattern.test(start))?.[1];
}
