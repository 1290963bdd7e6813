import { type ProfileTag, type ProfileTags, readProfileTags } from "./profile-tags.ts";
import { isSrgbCurve, isSrgbShaper, readGrayCurve, readShaper } from "./shaper.ts";

/** What a profile is for and says about itself, read without converting anything. */
export interface ProfileSummary {
  /** `other` includes profiles that don't describe a device: links, abstract ones, named colors. */
  readonly colorSpace: "gray" | "rgb" | "cmyk" | "lab" | "other";
  readonly description?: string;
  /**
   * Whether samples can be used as sRGB, or as grey with its curve, unchanged: none would move by more than two levels.
   */
  readonly isSrgb: boolean;
}

const colorSpaces: Readonly<Record<string, ProfileSummary["colorSpace"]>> = {
  GRAY: "gray",
  "RGB ": "rgb",
  CMYK: "cmyk",
  "Lab ": "lab",
};

/** Scanners and cameras, displays, printers, and device-independent spaces: what an image can be made in. */
const deviceClasses = ["scnr", "mntr", "prtr", "spac"];

/** Longer descriptions are cut, because they go to logs and reports. */
const maxDescriptionCharacters = 120;

/** Returns what a profile says, or undefined for bytes that are not a profile. Source: ICC.1:2022. */
export function parseProfile(bytes: Uint8Array): ProfileSummary | undefined {
  const profile = readProfileTags(bytes);
  if (profile === undefined) return undefined;
  const description = readDescription(profile.tags.get("desc"));
  return {
    colorSpace: colorSpaceOf(profile),
    ...(description === undefined ? {} : { description }),
    isSrgb: isSrgb(profile),
  };
}

/** Returns the color space of images that a profile describes. */
export function colorSpaceOf({ colorSpace, deviceClass }: ProfileTags): ProfileSummary["colorSpace"] {
  return deviceClasses.includes(deviceClass) ? (colorSpaces[colorSpace] ?? "other") : "other";
}

function isSrgb(profile: ProfileTags): boolean {
  const shaper = readShaper(profile);
  if (shaper !== undefined) return isSrgbShaper(shaper);
  const curve = readGrayCurve(profile);
  return curve !== undefined && isSrgbCurve(curve);
}

/** Reads the name of versions 2 (`desc`: ASCII) and 4 (`mluc`: the first of its languages, UTF-16). */
function readDescription(tag: ProfileTag | undefined): string | undefined {
  if (tag === undefined) return undefined;
  const characters = tag.type === "desc" ? readAscii(tag) : tag.type === "mluc" ? readUtf16(tag) : [];
  const text = String.fromCharCode(...characters.slice(0, maxDescriptionCharacters))
    .replace(/\0.*$/s, "")
    .replace(/\p{Cc}+/gu, " ")
    .trim();
  return text === "" ? undefined : text;
}

function readAscii(tag: ProfileTag): number[] {
  if (tag.byteLength < 12) return [];
  const length = Math.min(tag.view.getUint32(8), tag.byteLength - 12, maxDescriptionCharacters);
  return [...tag.bytes.subarray(12, 12 + length)].map((byte) => byte & 0x7f);
}

function readUtf16(tag: ProfileTag): number[] {
  if (tag.byteLength < 28 || tag.view.getUint32(8) === 0) return [];
  const byteLength = tag.view.getUint32(20);
  const offset = tag.view.getUint32(24);
  if (offset + byteLength > tag.byteLength) return [];
  const length = Math.min(byteLength >> 1, maxDescriptionCharacters);
  return Array.from({ length }, (_, index) => tag.view.getUint16(offset + index * 2));
}
