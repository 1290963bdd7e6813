// Builds what pictures are drawn by: build/kernel.wasm from the AssemblyScript beside this file, and build/openjpeg.wasm.
// Run by npm run build:kernel.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import asc from "assemblyscript/asc";
import { writeChanged } from "../src/node/changed-file.ts";

const project = resolve(import.meta.dirname, "..");

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

/**
 * Returns OpenJPEG's decoder with 4 MiB of initial memory instead of 50: an isolate has 128 for everything, and the decoder
 * grows as needed.
 */
function smallDecoder() {
  const bytes = readFileSync(createRequire(import.meta.url).resolve("@cornerstonejs/codec-openjpeg/decodewasm"));
  // One memory, with a maximum: its minimum follows these two bytes.
  const minimum = findSection(bytes, memorySection) + 2;
  if (bytes[minimum] !== stated[0] || bytes[minimum + 1] !== stated[1]) {
    throw new Error("OpenJPEG's decoder starts with other memory than 800 pages: look at its new release.");
  }
  bytes.set(lent, minimum);
  return bytes;
}

/** Compiles the kernels. Returns undefined, and the compiler has said why, when that fails. */
async function compileKernel() {
  let compiled;
  const flags = ["-O0", "--noAssert", "--runtime", "stub", "--enable", "simd", "--enable", "relaxed-simd", "--use", "abort="];
  // Constants of modules are globals, which V8 would load at every use: as operands they become immediate shifts and offsets.
  // Sums of them become one constant: workerd checks the bounds of every access but those to constant addresses.
  flags.push("--runPasses", "simplify-globals,precompute");
  const { error, stderr } = await asc.main(
    ["wasm/index.ts", "--outFile", "kernel.wasm", "--baseDir", project, ...flags],
    { writeFile: (_name, contents) => void (compiled = contents) },
  );
  process.stderr.write(stderr.toString());
  return error === null ? compiled : undefined;
}

const kernel = await compileKernel();
if (kernel === undefined) process.exitCode = 1;
else {
  await writeChanged(resolve(project, "build", "kernel.wasm"), kernel);
  await writeChanged(resolve(project, "build", "openjpeg.wasm"), smallDecoder());
}
