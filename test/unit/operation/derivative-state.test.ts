import { describe, expect, it } from "vitest";
import { placePicture } from "../../../src/cache/derivatives.ts";
import { formatSettings, type PictureExtent } from "../../../src/cache/picture-settings.ts";
import { readConfig } from "../../../src/config.ts";
import { masterKeyOf, placesOf } from "../../../src/identity/master-name.ts";
import { smallDerivativeBytes, smallDerivativeTimes } from "../../../src/limits.ts";
import { indexKey } from "../../../src/masters/keeping.ts";
import { derivativeRules, stateOfDerivative } from "../../../src/operation/derivative-state.ts";
import { isOld } from "../../../src/operation/retention.ts";

const rules = derivativeRules(readConfig({}));
const key = masterKeyOf("maps/atlas");
const places = await placesOf(key);
const shipped = { jpegQuality: 85, colorProfile: "convert", keepMetadata: "copyright" };

/** A picture as the service stores it. */
async function picture(size: PictureExtent = { width: 800, height: 600 }) {
  const settings = formatSettings(shipped, size);
  const facts = { key, places, page: 1 };
  const named = {
    master: facts,
    masterVersion: "v1",
    canonical: "full/800,600/0/default.jpg",
    settings,
    mediaType: "",
  };
  const { bucket, labels } = await placePicture(named, 32);
  return { key: bucket.key, labels };
}

const stored = await picture();
const index = { key: indexKey(places, false, 1), labels: { key, page: "1", etag: "v1" } };

describe("the state of a derivative", () => {
  it.each([
    ["a picture of the master that is there", "v1", "current"],
    ["a picture of a master that was replaced", "v2", "stale"],
    ["a picture of a master that is gone", undefined, "orphan"],
  ])("tells %s", async (_, version, state) => {
    expect(await stateOfDerivative(stored, { version, rules })).toBe(state);
    expect(await stateOfDerivative(index, { version, rules })).toBe(state);
  });

  it.each([
    ["JPEG quality", { JPEG_QUALITY: "90" }],
    ["colours", { COLOR_PROFILE: "embed" }],
    ["metadata", { KEEP_METADATA: "none" }],
    ["largest size", { MAX_WIDTH: "799" }],
    ["largest area", { MAX_AREA: "479999" }],
    ["slots", { STORE_PICTURES_PER_IMAGE: "1" }],
  ])("tells a picture that no request leads to since the %s changed", async (_, variables) => {
    const changed = derivativeRules(readConfig(variables));
    // The first slot is in its place whatever their number.
    expect(stored.key.endsWith("/0")).toBe(false);
    expect(await stateOfDerivative(stored, { version: "v1", rules: changed })).toBe("unknown-settings");
  });

  it.each([
    ["of another version of the renderer", { ...stored, labels: { ...stored.labels, picture: "0".repeat(64) } }],
    ["in the folder of another master", { ...stored, key: `derivatives/${"0".repeat(32)}/3` }],
    ["with nothing written on it", { ...stored, labels: {} }],
    ["with a page that is no number", { ...index, labels: { ...index.labels, page: "x" } }],
    ["of settings nobody wrote", { ...stored, labels: { ...stored.labels, settings: "85" } }],
    ["an index with blocks of metadata that are not kept", { ...index, key: indexKey(places, true, 1) }],
  ])("tells one %s", async (_, derivative) => {
    expect(await stateOfDerivative(derivative, { version: "v1", rules })).toBe("unknown-settings");
  });

  it("takes a picture of a reduced image that the settings still lead to", async () => {
    const reduced = await picture({ width: 800, height: 600, reducedTo: 1000 });
    expect(reduced.labels.picture).not.toBe(stored.labels.picture);
    expect(await stateOfDerivative(reduced, { version: "v1", rules })).toBe("current");
    const changed = derivativeRules(readConfig({ JPEG_QUALITY: "90" }));
    expect(await stateOfDerivative(reduced, { version: "v1", rules: changed })).toBe("unknown-settings");
  });

  it("takes an index with blocks where all metadata is kept", async () => {
    const all = derivativeRules(readConfig({ KEEP_METADATA: "all" }));
    const blocks = { ...index, key: indexKey(places, true, 1) };
    expect(await stateOfDerivative(blocks, { version: "v1", rules: all })).toBe("current");
    expect(await stateOfDerivative(index, { version: "v1", rules: all })).toBe("unknown-settings");
  });
});

describe("the age of a derivative", () => {
  const day = 86_400_000;
  const order = { days: 30, now: 1000 * day };
  const storedFor = (days: number, bytes: number) => isOld({ bytes, usedAt: order.now - days * day }, order);

  it("is counted in days, and a small one is kept four times as long", () => {
    const large = smallDerivativeBytes + 1;
    expect([storedFor(30, large), storedFor(30.1, large)]).toEqual([false, true]);
    const longest = 30 * smallDerivativeTimes;
    expect([storedFor(longest, smallDerivativeBytes), storedFor(longest + 0.1, smallDerivativeBytes)]).toEqual([
      false,
      true,
    ]);
  });

  it("that is not known makes none old", () => {
    expect(isOld({ bytes: 1, usedAt: Number.NaN }, order)).toBe(false);
  });
});
