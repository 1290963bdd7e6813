// Copies OpenJPEG's decoder to build/openjpeg.wasm with 4 MiB of initial memory instead of 50: an isolate has 128 for
// everything, and the decoder grows as needed. Run by npm run build:kernel.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const memorySection = 5;
/** Pages of 64 KiB as LEB128 of two bytes: 800, and 64. */
const [stated, lent] = [
  [0xa0, 0x06],
  [0xc0, 0x00],
];

/** Returns where the body of a section is. Source: WebAssembly Core Specification, 5.5.2. */
function findSection(bytes, identifier) {
  for (let at = 8; at < bytes.length; ) {
    const found = bytes[at++];
    let length = 0;
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
      byte = bytes[at++];
      length |= (byte & 0x7f) << shift;
    }
    if (found === identifier) return at;
    at += length;
  }
  throw new Error(`OpenJPEG's decoder has no section ${identifier}.`);
}

const require = createRequire(import.meta.url);
const bytes = readFileSync(require.resolve("@cornerstonejs/codec-openjpeg/decodewasm"));
// One memory, with a maximum: its minimum follows these two bytes.
const minimum = findSection(bytes, memorySection) + 2;
if (bytes[minimum] !== stated[0] || bytes[minimum + 1] !== stated[1]) {
  throw new Error("OpenJPEG's decoder starts with other memory than 800 pages: look at its new release.");
}
bytes.set(lent, minimum);
const build = resolve(import.meta.dirname, "../build");
mkdirSync(build, { recursive: true });
writeFileSync(resolve(build, "openjpeg.wasm"), bytes);
