import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Converter } from "../../src/job/job-image.ts";
import { type Conversions, tellingConverter } from "./ingest.ts";
import { makeTiff } from "./make-tiff.ts";

/** Returns a converter that writes small masters that the service can open, for tests of objects. */
export function tiffConverter(conversions: Conversions = []): Converter {
  return tellingConverter(conversions, {
    convertMaster: async (source, target) => {
      conversions.push({ source, settings: "" });
      const facts = { width: 40, height: 30, levels: 2, tileSize: 16 };
      const bytes = await makeTiff({ width: 40, height: 30, tile: 16, levels: 2 });
      await writeFile(target, bytes);
      const checksum = createHash("sha256").update(bytes).digest("hex");
      const seconds = { read: 0, decode: 0, resize: 0, encode: 1, write: 0, verify: 0 };
      return { ...facts, bytesIn: 1, bytesOut: bytes.byteLength, checksum, seconds, warnings: [], isRepacked: false };
    },
  });
}
