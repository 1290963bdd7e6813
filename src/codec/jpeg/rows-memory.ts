import type { Kernel } from "../../raster/kernel.ts";
import { planeSlackBytes } from "../../raster/raster.ts";
import { requestBytes } from "./decode-request.ts";
import type { JpegRowsHead } from "./rows-head.ts";
import { stateBytes } from "./rows-state.ts";
import { standardHuffmanTables } from "./standard-tables.ts";

/** Where the parts of a reader are in kernel memory, next to its window. */
export interface ReaderMemory {
  readonly request: number;
  readonly state: number;
  readonly tables: number;
  readonly workspace: number;
  readonly stream: { readonly pointer: number; readonly byteLength: number };
  readonly standardTables: { readonly pointer: number; readonly byteLength: number };
}

/** Takes the memory of a reader out of the kernel's arena. Throws `render-memory`. */
export function takeReaderMemory(kernel: Kernel, { header, stream }: JpegRowsHead): ReaderMemory {
  const { jpegTablesBytes, jpegRowsBytes } = kernel.exports;
  const store = (bytes: Uint8Array) => ({ pointer: kernel.store(bytes), byteLength: bytes.byteLength });
  return {
    request: kernel.allocate(requestBytes(header.components.length)),
    state: kernel.allocate(stateBytes),
    tables: kernel.allocate(jpegTablesBytes.value),
    workspace: kernel.allocate(jpegRowsBytes.value + planeSlackBytes),
    stream: store(stream),
    standardTables: store(standardHuffmanTables),
  };
}
