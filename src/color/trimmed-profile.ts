import { headerBytes, type ProfileTags, tagEntryBytes } from "./profile-tags.ts";

/**
 * The tags that a relative colorimetric conversion reads. Nothing else of a profile is passed to Little CMS: no lists,
 * texts, named colors or chains of elements.
 */
const conversionTags = ["A2B0", "A2B1", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC", "wtpt"];

/** Copies a profile's header and the tags that a conversion to the connection space needs. */
export function trimProfile({ header, tags }: ProfileTags): Uint8Array {
  const kept = conversionTags.flatMap((name) => {
    const tag = tags.get(name);
    return tag === undefined ? [] : [{ name, tag }];
  });
  let end = headerBytes + 4 + kept.length * tagEntryBytes;
  const places = kept.map(({ tag }) => {
    const place = end;
    end = place + Math.ceil(tag.byteLength / 4) * 4;
    return place;
  });
  const trimmed = new Uint8Array(end);
  const view = new DataView(trimmed.buffer);
  trimmed.set(header);
  view.setUint32(0, end);
  view.setUint32(headerBytes, kept.length);
  kept.forEach(({ name, tag }, index) => {
    const entry = headerBytes + 4 + index * tagEntryBytes;
    const place = places[index] ?? 0;
    for (let at = 0; at < 4; at += 1) view.setUint8(entry + at, name.charCodeAt(at));
    view.setUint32(entry + 4, place);
    view.setUint32(entry + 8, tag.byteLength);
    trimmed.set(tag.bytes, place);
  });
  return trimmed;
}
