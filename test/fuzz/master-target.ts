import type { Random } from "../support/random.ts";
import { type MasterForm, type MasterRequest, serveMaster } from "./master-flow.ts";
import type { FuzzTarget } from "./target.ts";

/** What a target of whole files is made of. */
export interface MasterSeeds {
  readonly name: string;
  readonly extension: string;
  readonly seeds: readonly Uint8Array[];
  readonly mutate: (random: Random, file: Uint8Array) => Uint8Array;
}

const views: readonly MasterRequest["view"][] = ["thumbnail", "tile", "edge", "middle"];

const streamedFormats = ["0/default.jpg", "90/default.jpg", "!270/default.png", "180/gray.jpg"];

/** Returns a target that opens whole files as masters and draws them. */
export function masterTarget({ name, extension, seeds, mutate }: MasterSeeds): FuzzTarget<MasterForm> {
  return {
    name,
    extension,
    makeCase: (random) => {
      const bytes = mutate(random, random.pick(seeds));
      const page = random.next() < 0.1 ? random.integer(1, 4) : 1;
      const requests = views
        .filter(() => random.next() < 0.7)
        .map((view) => ({ view, rotationAndFormat: pickFormat(random) }));
      const streamed = { view: "streamed", rotationAndFormat: random.pick(streamedFormats) } as const;
      return { bytes, form: { page, requests: random.next() < 0.02 ? [...requests, streamed] : requests } };
    },
    run: ({ bytes, form }) => serveMaster(bytes, form),
  };
}

/** WebP is a matter of the encoder, which takes long and sees no damage: it comes seldom. */
function pickFormat(random: Random): string {
  if (random.next() < 0.5) return "0/default.jpg";
  const rotation = random.pick(["0", "0", "!0", "90", "!180", "22.5"]);
  const quality = random.pick(["default", "color", "gray", "bitonal"]);
  return `${rotation}/${quality}.${random.next() < 0.03 ? "webp" : random.pick(["jpg", "png"])}`;
}
