import { describe, expect, it } from "vitest";
import { decodedModels } from "../../../src/codec/tile-decoder.ts";
import type { Encoding } from "../../../src/iiif/format.ts";
import type { Quality } from "../../../src/iiif/quality.ts";
import { colorSamples, type StoredModel } from "../../../src/pyramid/color-model.ts";
import type { SampleLayout } from "../../../src/pyramid/sample-layout.ts";
import { noTurn } from "../../../src/raster/orientation.ts";
import type { ColorModel } from "../../../src/raster/raster.ts";
import { type ColorPath, chooseColorPath, isSampledHalved } from "../../../src/render/color-path.ts";
import { type ColorStep, type ColorSteps, planColorSteps } from "../../../src/render/color-steps.ts";
import { chooseShrink } from "../../../src/render/shrink.ts";
import type { WatermarkStep } from "../../../src/render/watermark.ts";

const models = Object.keys(colorSamples) as StoredModel[];
const qualities: readonly Quality[] = ["default", "color", "gray", "bitonal"];
const formats: readonly Encoding[] = ["jpg", "png", "webp", "tif", "gif"];
const alphas = ["none", "straight", "associated"] as const;

interface Case {
  readonly model: StoredModel;
  readonly quality: Quality;
  readonly format: Encoding;
  readonly alpha: (typeof alphas)[number];
  readonly degrees: number;
  readonly isProfiled: boolean;
  /** Pixels of the level per output pixel. */
  readonly step: number;
}

const cases: readonly Case[] = models.flatMap((model) =>
  qualities.flatMap((quality) =>
    formats.flatMap((format) =>
      alphas.flatMap((alpha) =>
        [0, 30].flatMap((degrees) =>
          [false, true].flatMap((isProfiled) =>
            [0.5, 1, 2.5, 5].map((step) => ({ model, quality, format, alpha, degrees, isProfiled, step })),
          ),
        ),
      ),
    ),
  ),
);

const redaction = { kind: "redact", areas: [{ x: 0, y: 0, width: 1, height: 1 }], blockSamples: 1 } as const;
const watermark: WatermarkStep = {
  kind: "watermark",
  image: { width: 1, height: 1, samples: Uint8Array.of(1, 2, 3, 4) },
  opacity: 1,
  model: "rgb",
  turn: noTurn,
  size: { width: 1, height: 1 },
  output: { width: 1, height: 1 },
  columns: [0],
  rows: [0],
};

function plan({ model, quality, format, alpha, degrees, isProfiled, step }: Case, marks: object = {}) {
  const samplesPerPixel = colorSamples[model] + 1;
  const layout: SampleLayout = {
    samplesPerPixel,
    bits: 8,
    format: "unsigned",
    isLittleEndian: false,
    isBitReversed: false,
    isPlanar: false,
    range: { least: 0, most: 255 },
    alpha: alpha === "none" ? undefined : { sample: samplesPerPixel - 1, isAssociated: alpha === "associated" },
  };
  const path = chooseColorPath({ model, layout }, { quality, format, isProfiled });
  const grid = { width: 100, height: 100, tileWidth: 64, tileLength: 64, columns: 2, rows: 2 };
  const axis = { start: 0, step };
  const facts = { quality, degrees, layout, grid, x: axis, y: axis } as const;
  return { path, steps: planColorSteps(path, { ...facts, ...marks, shrink: chooseShrink(facts) }) };
}

/** What a picture is, as far as its colours are concerned. */
interface State {
  readonly model: ColorModel;
  readonly alpha: "none" | "straight" | "multiplied";
  readonly isHalved: boolean;
  readonly isManaged: boolean;
}

/** What each step makes of a picture; it throws for a picture that the step is not made for. */
const meaning: Readonly<Record<ColorStep["kind"], (state: State) => State>> = {
  "to-rgb": (state) => ({ ...need(state, state.model === "ycbcr" && !state.isHalved), model: "rgb" }),
  "to-ycbcr": (state) => ({ ...need(state, state.model === "rgb"), model: "ycbcr" }),
  "to-gray": (state) => ({ ...need(state, state.model === "rgb" || state.model === "gray"), model: "gray" }),
  "multiply-by-alpha": (state) => ({ ...need(state, state.alpha === "straight"), alpha: "multiplied" }),
  "divide-by-alpha": (state) => ({ ...need(state, state.alpha === "multiplied"), alpha: "straight" }),
  "color-table": (state) => ({
    ...need(state, state.model !== "ycbcr" && state.alpha !== "multiplied"),
    model: state.model === "gray" ? "gray" : "rgb",
    isManaged: true,
  }),
  "on-white": (state) => ({ ...need(state, state.alpha === "straight"), alpha: "none" }),
  "multiplied-on-white": (state) => ({ ...need(state, state.alpha === "multiplied"), alpha: "none" }),
  "halve-chroma": (state) => ({
    ...need(state, state.model === "rgb" && state.alpha === "none"),
    model: "ycbcr",
    isHalved: true,
  }),
  threshold: (state) => need(state, state.model === "gray"),
  redact: (state) => state,
  // On what the encoder takes, or what is rotated.
  watermark: (state) =>
    need(state, state.alpha !== "multiplied" && (state.model === "ycbcr" ? state.isHalved : state.model !== "lab")),
};

function need(state: State, isMet: boolean): State {
  if (!isMet) throw new Error(`a step on ${JSON.stringify(state)}`);
  return state;
}

function fold(steps: readonly ColorStep[], state: State): State {
  return steps.reduce((result, { kind }) => meaning[kind](result), state);
}

/** Follows a picture from its tiles to the end of its strips. */
function follow(given: Case, path: ColorPath, steps: ColorSteps): State {
  const stored = given.alpha === "associated" ? "multiplied" : given.alpha;
  const decoded: State = {
    model: steps.halvesTiles ? "ycbcr" : path.source,
    // What is stored multiplied is taken as such; of YCbCr it is left as it is.
    alpha: path.source === "ycbcr" && stored === "multiplied" ? "straight" : stored,
    isHalved: false,
    isManaged: false,
  };
  const loaded = fold(steps.rows, decoded);
  // Grey is the first plane of YCbCr: the others are not resampled.
  const rows: State = path.source === "ycbcr" && path.sampled === "gray" ? { ...loaded, model: "gray" } : loaded;
  expect(rows.model).toBe(path.sampled);
  return fold(steps.strips, { ...rows, isHalved: isSampledHalved(path) });
}

describe("the steps of colours", () => {
  it("fit one another and end in what the encoder takes, whatever is asked for", () => {
    expect(cases).toHaveLength(7680);
    for (const given of cases) {
      const { path, steps } = plan(given);
      const ended = follow(given, path, steps);
      const message = JSON.stringify({ given, steps });
      expect(ended.model, message).toBe(path.model);
      const kept = given.degrees === 0 ? "straight" : "multiplied";
      expect(ended.alpha, message).toBe(path.keepsAlpha ? kept : "none");
      expect(ended.isManaged, message).toBe(path.isManaged);
      expect(ended.isHalved, message).toBe(path.model === "ycbcr");
      // A rotation makes alpha of what it leaves uncovered, but for JPEG, and divides colours by it.
      const alpha = given.degrees === 0 ? ended.alpha : given.format === "jpg" ? "none" : "straight";
      const rotated = fold(steps.rotated, { ...ended, alpha });
      if (given.format === "jpg") expect(rotated, message).toMatchObject({ alpha: "none" });
      const isYcbcr = given.format === "jpg" && path.model !== "gray";
      if (isYcbcr) expect(rotated, message).toMatchObject({ model: "ycbcr", isHalved: true });
    }
  });

  it("bring colours to black and white once, and last of all", () => {
    for (const given of cases) {
      const { steps } = plan(given);
      const all = [...steps.rows, ...steps.strips, ...steps.rotated].map(({ kind }) => kind);
      const count = all.filter((kind) => kind === "threshold").length;
      expect(count).toBe(given.quality === "bitonal" ? 1 : 0);
      if (count > 0) expect(all.at(-1)).toBe("threshold");
    }
  });

  it("blank rows before anything else is done, and put a watermark over strips before their threshold", () => {
    for (const given of cases) {
      const { path, steps } = plan(given, { redaction, watermark });
      expect(steps.rows[0]?.kind).toBe("redact");
      expect(follow(given, path, steps).model).toBe(path.model);
      const kinds = steps.strips.map(({ kind }) => kind).filter((kind) => kind !== "threshold");
      const last = given.degrees !== 0 && path.keepsAlpha ? -2 : -1;
      expect(kinds.at(last)).toBe("watermark");
      expect([...steps.strips, ...steps.rotated].filter(({ kind }) => kind === "redact")).toEqual([]);
    }
  });

  it("leave what is copied from a level as it is stored", () => {
    const { steps } = plan({
      model: "rgb",
      quality: "default",
      format: "png",
      alpha: "straight",
      degrees: 0,
      isProfiled: false,
      step: 1,
    });
    expect(steps).toEqual({ halvesTiles: false, rows: [], strips: [], rotated: [] });
  });

  it("decode RGB straight to halved chroma unless the picture is enlarged", () => {
    const rgb = { quality: "default", format: "jpg", alpha: "none", degrees: 0, isProfiled: false } as const;
    expect(plan({ ...rgb, model: "rgb", step: 2 }).steps).toMatchObject({ halvesTiles: true, rows: [], strips: [] });
    expect(plan({ ...rgb, model: "rgb", step: 0.5 }).steps).toMatchObject({
      halvesTiles: false,
      rows: [{ kind: "to-ycbcr" }],
      strips: [],
    });
    expect(decodedModels.palette).toBe("rgb");
    expect(plan({ ...rgb, model: "palette", step: 2 }).steps.halvesTiles).toBe(true);
  });
});
