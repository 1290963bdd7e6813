/** The functions that a compiled module imports from its host, by Emscripten's names. */
export type HostCall =
  | "abort"
  | "copyMemory"
  | "growMemory"
  | "ignore"
  | "registerClass"
  | "registerConstructor"
  | "registerFunction"
  | "registerMethod"
  | "returnZero"
  | "takeView"
  | "throwException"
  | "viewByCall"
  | "viewByConstructor"
  | "writeText";

/** How a build names its imports, all in the namespace "a", and its exports: Emscripten shortens both. */
export interface EmscriptenNames {
  readonly imports: Readonly<Record<string, HostCall>>;
  readonly memory: string;
  readonly table: string;
  readonly initialise: string;
  readonly malloc: string;
  readonly free: string;
}

/** The page size of WebAssembly memory. */
const pageBytes = 65_536;

/** Memory grows by at least this much, because a codec requests little at a time. */
const growthBytes = 1 << 20;

type WasmFunction = (...values: number[]) => number;

/**
 * One instance of a codec compiled by Emscripten with Embind, with only the host functions that decoding needs: no
 * files, no environment, no code generated at run time, no console, and memory that grows up to a limit. Drop an
 * instance that has thrown. Source: Emscripten's Embind, as its builds call it.
 */
export class EmscriptenInstance {
  readonly #memory: WebAssembly.Memory;
  readonly #table: WebAssembly.Table;
  readonly #functions = new Map<string, (...values: number[]) => number>();
  readonly #limitBytes: number;
  readonly malloc: WasmFunction;
  readonly free: WasmFunction;
  #take: ((view: Uint8Array) => void) | undefined;
  #text = "";
  #wasRefusedMemory = false;

  /** Instantiates `module` synchronously; its memory may grow to `limitBytes`. Throws what instantiation throws. */
  constructor(module: WebAssembly.Module, names: EmscriptenNames, limitBytes: number) {
    this.#limitBytes = limitBytes;
    const calls = this.#hostCalls();
    const imports = Object.entries(names.imports).map(([name, call]) => [name, calls[call]] as const);
    const { exports } = new WebAssembly.Instance(module, { a: Object.fromEntries(imports) });
    this.#memory = exports[names.memory] as WebAssembly.Memory;
    this.#table = exports[names.table] as WebAssembly.Table;
    this.malloc = exports[names.malloc] as WasmFunction;
    this.free = exports[names.free] as WasmFunction;
    (exports[names.initialise] as () => void)();
  }

  /** All of memory. Get it again after every call: growing memory detaches older views. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  /** The last text the codec wrote, for the log. */
  get text(): string {
    return this.#text;
  }

  /** Returns whether the codec wanted more memory than it may have. */
  get wasRefusedMemory(): boolean {
    return this.#wasRefusedMemory;
  }

  /**
   * Calls a registered function, `Class.method` with the object first, or `Class` to construct one. A typed array that
   * the codec returns is passed to `take`, which may read and write it until it returns. Throws what the codec throws.
   */
  call(name: string, values: readonly number[], take?: (view: Uint8Array) => void): number {
    const called = this.#functions.get(name);
    if (called === undefined) throw new Error(`The codec has no ${name}.`);
    this.#take = take;
    try {
      return called(...values);
    } finally {
      this.#take = undefined;
    }
  }

  #hostCalls(): Readonly<Record<HostCall, (...values: number[]) => number | undefined>> {
    const register = (name: string, invoker: number, context: number): void => {
      this.#functions.set(name, (...values) => (this.#table.get(invoker) as WasmFunction)(context, ...values));
    };
    const stop = (reason: string) => (): never => {
      throw new Error(`The codec ${reason}: ${this.#text}`);
    };
    return {
      abort: stop("aborted"),
      throwException: stop("threw"),
      ignore: () => undefined,
      returnZero: () => 0,
      copyMemory: (target, source, byteLength) => {
        this.bytes.copyWithin(target!, source!, source! + byteLength!);
        return undefined;
      },
      growMemory: (byteLength) => (this.#grow(byteLength! >>> 0) ? 1 : 0),
      registerClass: (...values) => {
        this.#functions.set("destroy", this.#table.get(values[12]!) as WasmFunction);
        return undefined;
      },
      registerConstructor: (_class, _count, _types, _signature, invoker, target) => {
        register("construct", invoker!, target!);
        return undefined;
      },
      registerFunction: (name, _count, _types, _signature, invoker, target) => {
        register(this.#readText(name!), invoker!, target!);
        return undefined;
      },
      registerMethod: (_class, name, _count, _types, _signature, invoker, context) => {
        register(this.#readText(name!), invoker!, context!);
        return undefined;
      },
      takeView: (_type, view) => this.#show(view!),
      viewByCall: (_caller, _handle, _destructors, view) => this.#show(view!),
      viewByConstructor: (_handle, count, _types, view) => (count === 1 ? this.#show(view!) : 1),
      writeText: (_file, vectors, count, written) => this.#write(vectors!, count!, written!),
    };
  }

  #grow(byteLength: number): boolean {
    const grownBytes = Math.min(this.#limitBytes, Math.max(byteLength, this.#memory.buffer.byteLength + growthBytes));
    try {
      if (byteLength > grownBytes) throw new RangeError("The memory limit is reached.");
      this.#memory.grow(Math.ceil((grownBytes - this.#memory.buffer.byteLength) / pageBytes));
      return true;
    } catch {
      this.#wasRefusedMemory = true;
      return false;
    }
  }

  /**
   * A view is stored as its length and its start. Any handle will do as the return value, because there is only one
   * value.
   */
  #show(view: number): number {
    const words = new Uint32Array(this.#memory.buffer, view, 2);
    this.#take?.(new Uint8Array(this.#memory.buffer, words[1]!, words[0]!));
    return 1;
  }

  #readText(pointer: number): string {
    const { bytes } = this;
    return new TextDecoder().decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)));
  }

  #write(vectors: number, count: number, written: number): number {
    const words = new Uint32Array(this.#memory.buffer);
    let total = 0;
    for (let vector = vectors >>> 2; vector < (vectors >>> 2) + 2 * count; vector += 2) {
      const [start = 0, length = 0] = words.subarray(vector, vector + 2);
      total += length;
      const line = new TextDecoder().decode(this.bytes.subarray(start, start + Math.min(length, 200))).trim();
      if (line !== "") this.#text = line;
    }
    words[written >>> 2] = total;
    return 0;
  }
}
