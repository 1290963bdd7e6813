/** Tags that metadata is read from and written to. Source: Exif 3.0 §4.6; TIFF 6.0; XMP part 3; the IPTC's TIFF tag. */
export const exifTags = {
  orientation: 274,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  artist: 315,
  xmp: 700,
  copyright: 33432,
  iptc: 33723,
  imageResources: 34377,
  exifDirectory: 34665,
  positionDirectory: 34853,
} as const;

/** Tags of the image's own directory that describe it and apply to any derivative, from DocumentName to XPSubject. */
export const descriptiveTags: ReadonlySet<number> = new Set([
  ...[269, 270, 271, 272, 285, 305, 306],
  ...[exifTags.artist, 316, 18246, exifTags.copyright],
  ...[40091, 40092, 40093, 40094, 40095],
]);

/**
 * Tags of the Exif directory that are left out: what is stored elsewhere (XMP, IPTC, profile, resources, other
 * directories), what breaks when it is moved (MakerNote, whose offsets count from the master's start), and what
 * describes the master's pixels and not the derivative's: colour space, compression, dimensions, places and densities
 * in pixels.
 */
export const strayTags: ReadonlySet<number> = new Set([
  ...[330, exifTags.xmp, exifTags.iptc, exifTags.imageResources, 34675, exifTags.exifDirectory],
  ...[exifTags.positionDirectory, 40965, 37500],
  ...[37121, 37122, 37396, 40961, 40962, 40963, 41486, 41487, 41488, 41492],
]);
