/** What a master says about who made it and who has the rights. */
export interface MetadataTexts {
  readonly artist?: string | undefined;
  /** The copyright notice. */
  readonly copyright?: string | undefined;
  readonly credit?: string | undefined;
  /** Terms of use, in words. */
  readonly rights?: string | undefined;
  /** The address of a page about the rights, of any kind. */
  readonly webStatement?: string | undefined;
  /** A Creative Commons licence or a RightsStatements.org statement, in the form that info.json requires. */
  readonly rightsUri?: string | undefined;
}

/** What a master says about itself, besides its pixels. Plain data, at most a few hundred kilobytes. */
export interface Metadata extends MetadataTexts {
  readonly dotsPerInch?: number | undefined;
  /** The stream that follows `Exif\0\0` in a JPEG: Orientation 1, no thumbnail. Only with policy `all`. */
  readonly exif?: Uint8Array | undefined;
  /** A packet in UTF-8 whose tiff:Orientation is 1. Only with policy `all`. */
  readonly xmp?: Uint8Array | undefined;
  /** A record of IPTC IIM, without image resources around it. Only with policy `all`. */
  readonly iptc?: Uint8Array | undefined;
}

/** What derivatives keep: everything, or who made it and who has the rights, or nothing. */
export type MetadataPolicy = "all" | "copyright" | "none";
