import { tags } from "./tags.ts";

/** Descriptions that fit a picture however it is encoded. Source: TIFF 6.0 §8; XMP; IPTC; Exif 2.32. */
export const descriptiveTags: readonly number[] = [
  269, // DocumentName
  270, // ImageDescription
  271, // Make
  272, // Model
  285, // PageName
  tags.pageNumber,
  305, // Software
  306, // DateTime
  315, // Artist
  316, // HostComputer
  700, // XMP
  33432, // Copyright
  33723, // IPTC
  34377, // Photoshop
  34665, // Exif
  34853, // GPS
  42016, // ImageUniqueID
];

/** What the directory of a thumbnail says of the picture in its SubIFD as well. */
export const inheritedTags: readonly number[] = [...descriptiveTags, tags.orientation];
