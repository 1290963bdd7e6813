// Little CMS as the lcms-wasm package compiles it, without the package's own loader, which looks for a browser or Node,
// writes to globals, and lets memory grow without bound.

/** The most memory that Little CMS may use while it makes a table, including its 15 MB of stack, in bytes. */
export const conversionBytes = 40 << 20;

const pageBytes = 65_536;

/** Relative colorimetric; without its flag there is no black point compensation. Source: lcms2.h. */
const relativeColorimetric = 1;

/** `cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE`: every node is computed, not taken from one of lcms' own tables. */
const transformFlags = 0x0040 | 0x0100;

/** Pixel types of lcms2.h: 32-bit floats, ink from 0 to 100. */
const pixelTypes = {
  rgb: floatType(4, 3),
  cmyk: floatType(6, 4),
} as const;

function floatType(colorSpace: number, channels: number): number {
  return (1 << 22) | (colorSpace << 16) | (channels << 3) | 4;
}

interface LcmsExports {
  readonly memory: WebAssembly.Memory;
  emscripten_stack_init(): void;
  __wasm_call_ctors(): void;
  malloc(byteLength: number): number;
  cmsOpenProfileFromMem(bytes: number, byteLength: number): number;
  cmsCreate_sRGBProfile(): number;
  cmsCreateTransform(
    input: number,
    inputType: number,
    output: number,
    outputType: number,
    intent: number,
    flags: number,
  ): number;
  cmsDoTransform(transform: number, source: number, target: number, pixels: number): void;
}

/** Converts device colours to sRGB; takes and returns 32-bit floats, pixel after pixel. */
export type DeviceConversion = (device: Float32Array) => Float32Array;

/**
 * Opens `profile` in its own instance of `module` and returns its conversion to sRGB, relative colorimetric: inks are 0
 * to 100; red, green and blue 0 to 1, or outside that for colours out of gamut. Returns undefined if Little CMS refuses
 * the profile. Throws a `WebAssembly.RuntimeError` if it gives up; then, and after use, drop the instance to free
 * everything.
 */
export function openConversion(
  module: WebAssembly.Module,
  profile: Uint8Array,
  model: keyof typeof pixelTypes,
): DeviceConversion | undefined {
  const lcms = instantiate(module);
  const input = lcms.cmsOpenProfileFromMem(storeBytes(lcms, profile), profile.byteLength);
  if (input === 0) return undefined;
  const output = lcms.cmsCreate_sRGBProfile();
  const transform = lcms.cmsCreateTransform(
    input,
    pixelTypes[model],
    output,
    pixelTypes.rgb,
    relativeColorimetric,
    transformFlags,
  );
  if (transform === 0) return undefined;
  const channels = model === "cmyk" ? 4 : 3;
  return (device) => {
    const pixels = device.length / channels;
    const source = storeBytes(lcms, new Uint8Array(device.buffer, device.byteOffset, device.byteLength));
    const target = allocate(lcms, pixels * 12);
    lcms.cmsDoTransform(transform, source, target, pixels);
    return new Float32Array(lcms.memory.buffer.slice(target, target + pixels * 12));
  };
}

function instantiate(module: WebAssembly.Module): LcmsExports {
  let memory: WebAssembly.Memory | undefined;
  const growTo = (byteLength: number): number => {
    const wanted = byteLength >>> 0;
    if (memory === undefined || wanted > conversionBytes) return 0;
    memory.grow(Math.ceil((wanted - memory.buffer.byteLength) / pageBytes));
    return 1;
  };
  const copy = (target: number, source: number, byteLength: number) => {
    if (memory !== undefined) new Uint8Array(memory.buffer).copyWithin(target, source, source + byteLength);
  };
  const answers: Readonly<Record<string, (...values: number[]) => number>> = {
    emscripten_resize_heap: (byteLength = 0) => growTo(byteLength),
    emscripten_memcpy_js: (target = 0, source = 0, byteLength = 0) => {
      copy(target, source, byteLength);
      return 0;
    },
    // A new profile is stamped with its creation time, which nobody reads.
    emscripten_date_now: () => 0,
    _tzset_js: () => 0,
    _gmtime_js: () => 0,
    fd_write: () => 0,
  };
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: space, name } of WebAssembly.Module.imports(module)) {
    imports[space] ??= {};
    imports[space][name] = answers[name] ?? (() => giveUp(name));
  }
  const lcms = new WebAssembly.Instance(module, imports).exports as unknown as LcmsExports;
  memory = lcms.memory;
  lcms.emscripten_stack_init();
  lcms.__wasm_call_ctors();
  return lcms;
}

function giveUp(name: string): never {
  throw new WebAssembly.RuntimeError(`lcms called ${name}`);
}

function storeBytes(lcms: LcmsExports, bytes: Uint8Array): number {
  const pointer = allocate(lcms, bytes.byteLength);
  new Uint8Array(lcms.memory.buffer).set(bytes, pointer);
  return pointer;
}

function allocate(lcms: LcmsExports, byteLength: number): number {
  const pointer = lcms.malloc(byteLength);
  if (pointer === 0) throw new WebAssembly.RuntimeError("lcms has no memory left");
  return pointer;
}
