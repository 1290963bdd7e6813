import { layOutGrid } from "./grid.ts";
import { openConversion } from "./lcms.ts";
import { layOutLight, lightOne } from "./light.ts";
import { colorSpaceOf } from "./profile.ts";
import { type ProfileTags, readProfileTags } from "./profile-tags.ts";
import { hasDeviceTable, readGrayCurve, readShaper } from "./shaper.ts";
import { encodeSrgb } from "./srgb.ts";
import type { ColorTable } from "./table.ts";
import { trimProfile } from "./trimmed-profile.ts";

/**
 * Channels, nodes per axis (chosen by the remaining error, which the tests state), and the value of full color in lcms.
 */
const grids = {
  rgb: { channels: 3, gridPoints: 33, fullColor: 1 },
  cmyk: { channels: 4, gridPoints: 13, fullColor: 100 },
} as const;

/** Table types of bounded length; the other type, a chain of elements, can be as long as its author likes. */
const tableTypes = ["mft1", "mft2", "mAB "];

/**
 * Builds the conversion to sRGB of samples of `model` by a profile: relative colorimetric without black point
 * compensation. Curves and matrices are evaluated here; for tables, Little CMS is instantiated from
 * `lcmsModule`, asked for the nodes of a grid, and dropped. Returns undefined for a profile that is broken, refused or
 * for another model. Source: ICC.1:2022.
 */
export function buildProfileTable(
  profileBytes: Uint8Array,
  { model, lcmsModule }: { readonly model: "gray" | "rgb" | "cmyk"; readonly lcmsModule: WebAssembly.Module },
): ColorTable | undefined {
  const profile = readProfileTags(profileBytes);
  if (profile === undefined || colorSpaceOf(profile) !== model) return undefined;
  if (model === "gray") return buildGrayTable(profile);
  if (hasDeviceTable(profile)) return buildGridTable(profile, model, lcmsModule);
  return model === "rgb" ? buildShaperTable(profile) : undefined;
}

function buildGrayTable(profile: ProfileTags): ColorTable | undefined {
  const curve = readGrayCurve(profile);
  const values = curve && Uint8Array.from(curve, (linear) => Math.round(encodeSrgb(linear) * 255));
  return values && { kind: "curve", model: "gray", output: "gray", values };
}

function buildShaperTable(profile: ProfileTags): ColorTable | undefined {
  const shaper = readShaper(profile);
  if (shaper === undefined) return undefined;
  const axes = shaper.curves.flatMap((curve) => [...curve].map((linear) => Math.round(linear * lightOne)));
  const values = layOutLight({ matrix: shaper.toSrgb, axes });
  return values && { kind: "rgb-light", model: "rgb", output: "rgb", values };
}

function buildGridTable(
  profile: ProfileTags,
  model: keyof typeof grids,
  lcmsModule: WebAssembly.Module,
): ColorTable | undefined {
  const tables = ["A2B0", "A2B1"].flatMap((name) => profile.tags.get(name) ?? []);
  if (!tables.every((tag) => tableTypes.includes(tag.type))) return undefined;
  try {
    const convert = openConversion(lcmsModule, trimProfile(profile), model);
    const encoded = convert?.(deviceColors(grids[model]));
    const values = encoded && layOutGrid(encoded, grids[model]);
    return values && { kind: "grid", model, output: "rgb", values };
  } catch {
    // After a trap or a lack of memory the instance and its results are dropped, and the profile is not used.
    return undefined;
  }
}

/** The device colors of all nodes, in the order of `layOutGrid` and the units of lcms. */
function deviceColors({ channels, gridPoints, fullColor }: (typeof grids)[keyof typeof grids]): Float32Array {
  const count = gridPoints ** channels;
  const colors = new Float32Array(count * channels);
  // The slowest channel first: black before the others, which keep their order.
  const channelOrder = channels === 4 ? [3, 0, 1, 2] : [0, 1, 2];
  channelOrder.forEach((channel, place) => {
    const step = gridPoints ** (channels - 1 - place);
    for (let node = 0; node < count; node += 1) {
      const index = Math.floor(node / step) % gridPoints;
      colors[node * channels + channel] = (index * fullColor) / (gridPoints - 1);
    }
  });
  return colors;
}
