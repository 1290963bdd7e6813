import { parseProfile } from "../../src/color/profile.ts";
import { buildProfileTable } from "../../src/color/profile-table.ts";
import { applyColorTable, storeColorTable } from "../../src/color/table.ts";
import { kernelModules } from "../support/kernel.ts";
import { lcmsModule } from "../support/lcms.ts";
import { GuardedKernel } from "./guarded-kernel.ts";
import { mutateBytes } from "./mutation.ts";
import { profileSeeds } from "./small-seeds.ts";
import { type FuzzTarget, holdBound } from "./target.ts";

/** Profiles say themselves what they are for. */
export type ProfileForm = Readonly<Record<string, never>>;

const models = ["gray", "rgb", "cmyk"] as const;
const channels = { gray: 1, rgb: 3, cmyk: 4 } as const;
const limitBytes = 4 << 20;

/** More than any table takes: the grid of inks. */
const maxTableBytes = 1 << 20;

/** Returns the target of ICC profiles: read, made into tables, and used once. */
export function profileTarget(): FuzzTarget<ProfileForm> {
  const seeds = Object.values(profileSeeds());
  const kernel = new GuardedKernel(kernelModules, limitBytes);
  return {
    name: "icc",
    extension: "icc",
    makeCase: (random) => ({
      bytes: mutateBytes(random, random.pick(seeds), { others: seeds, headBytes: 400 }),
      form: {},
    }),
    async run({ bytes }) {
      parseProfile(bytes);
      for (const model of models) {
        const table = buildProfileTable(bytes, { model, lcmsModule });
        if (table === undefined) continue;
        holdBound("bytes of a table", table.values.byteLength, maxTableBytes);
        kernel.reset(limitBytes);
        const planes = Array.from({ length: channels[model] }, () => kernel.allocatePlane(37, 3));
        const source = planes.map((plane, index) => {
          kernel.bytes.fill(index * 85, plane.pointer, plane.pointer + plane.stride * plane.height);
          return plane;
        });
        const destination = model === "gray" ? source : source.slice(0, 3);
        applyColorTable(kernel, storeColorTable(kernel, table), { source, destination });
        kernel.checkBlocks();
      }
    },
  };
}
