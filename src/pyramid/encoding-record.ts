import type { JsonFields } from "../serial/json-fields.ts";
import { colorSamples, type StoredModel } from "./color-model.ts";
import { rangeOfWhole, type SampleLayout, sampleDepths } from "./sample-layout.ts";
import { compressions, predictors, subsamplingFactors, type TileEncoding } from "./tile-encoding.ts";

/** The part of an encoding that a record holds as JSON: everything except bytes. */
export type EncodingHead = Omit<TileEncoding, "jpegTables" | "palette">;

const models = Object.keys(colorSamples) as StoredModel[];

/** Reads an encoding from a record, without checking whether it is supported. Throws a TypeError. */
export function readEncodingHead(fields: JsonFields): EncodingHead {
  const subsampling = fields.fields("subsampling");
  return {
    compression: fields.choice("compression", compressions),
    model: fields.choice("model", models),
    isInverted: fields.flag("isInverted"),
    layout: readLayout(fields.fields("layout")),
    predictor: fields.choice("predictor", predictors),
    subsampling: {
      x: subsampling.choice("x", subsamplingFactors),
      y: subsampling.choice("y", subsamplingFactors),
    },
    ccitt: fields.has("ccitt") ? readCcitt(fields.fields("ccitt")) : undefined,
    isProgressive: fields.flag("isProgressive"),
    isUneven: fields.flag("isUneven"),
    isOneScan: fields.flag("isOneScan"),
  };
}

function readCcitt(fields: JsonFields): TileEncoding["ccitt"] {
  return { isTwoDimensional: fields.flag("isTwoDimensional"), isByteAligned: fields.flag("isByteAligned") };
}

function readLayout(fields: JsonFields): SampleLayout {
  const bits = fields.choice("bits", sampleDepths);
  const format = fields.choice("format", ["unsigned", "float"]);
  return {
    samplesPerPixel: fields.whole("samplesPerPixel"),
    bits,
    format,
    isLittleEndian: fields.flag("isLittleEndian"),
    isBitReversed: fields.flag("isBitReversed"),
    isPlanar: fields.flag("isPlanar"),
    range: format === "float" ? readRange(fields.fields("range")) : rangeOfWhole(bits),
    alpha: fields.has("alpha") ? readAlpha(fields.fields("alpha")) : undefined,
  };
}

function readRange(fields: JsonFields): SampleLayout["range"] {
  return { least: fields.number("least"), most: fields.number("most") };
}

function readAlpha(fields: JsonFields): SampleLayout["alpha"] {
  return { sample: fields.whole("sample"), isAssociated: fields.flag("isAssociated") };
}
