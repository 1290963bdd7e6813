/** The field types that the builder names; any other type may be given as its number. Source: TIFF 6.0 section 2. */
export type FieldType = keyof typeof fieldTypes;

const fieldTypes = {
  BYTE: { code: 1, bytes: 1 },
  ASCII: { code: 2, bytes: 1 },
  SHORT: { code: 3, bytes: 2 },
  LONG: { code: 4, bytes: 4 },
  /** Values are numerators and denominators in turn. */
  RATIONAL: { code: 5, bytes: 4 },
  UNDEFINED: { code: 7, bytes: 1 },
  FLOAT: { code: 11, bytes: 4 },
  DOUBLE: { code: 12, bytes: 8 },
  IFD: { code: 13, bytes: 4 },
  LONG8: { code: 16, bytes: 8 },
  IFD8: { code: 18, bytes: 8 },
} as const;

/** One entry of a directory. `code`, `count` and `valueField` are written instead of the truth when they are there. */
export interface Field {
  readonly tag: number;
  readonly type: FieldType;
  readonly values: readonly number[];
  readonly code?: number;
  readonly count?: number;
  readonly valueField?: number;
}

/** Where things stand in the file, in bytes. While sizes are being measured every offset is 0. */
export interface Layout {
  readonly directories: readonly number[];
  readonly chunks: readonly (readonly number[])[];
}

/** A directory with the tiles or strips it points to. `fields` must give arrays of the same length for every layout. */
export interface DirectoryPlan {
  readonly fields: (layout: Layout) => readonly Field[];
  readonly chunks: readonly Uint8Array[];
  readonly next: (layout: Layout) => number;
}

/** How a file spells its numbers and in which order its parts stand. */
export interface FileForm {
  readonly byteOrder: "big" | "little";
  readonly bigTiff: boolean;
  /** `front`: all directories, then all tiles. `back`: each directory after its own tiles, as libtiff writes. */
  readonly directories: "front" | "back";
  readonly firstDirectory: (layout: Layout) => number;
}

/** Writes a TIFF or BigTIFF file. A chunk that occurs twice as the same object is stored once. */
export function writeTiffFile(plans: readonly DirectoryPlan[], form: FileForm): Uint8Array<ArrayBuffer> {
  const nowhere = { directories: plans.map(() => 0), chunks: plans.map((plan) => plan.chunks.map(() => 0)) };
  const { layout, byteLength } = layOut(plans, form, nowhere);
  const bytes = new Uint8Array(byteLength);
  const writer = new NumberWriter(bytes, form);
  writer.header(form.firstDirectory(layout));
  for (const [index, plan] of plans.entries()) {
    for (const [chunk, data] of plan.chunks.entries()) bytes.set(data, layout.chunks[index]![chunk]!);
    writer.directory(layout.directories[index]!, plan.fields(layout), plan.next(layout));
  }
  return bytes;
}

function layOut(
  plans: readonly DirectoryPlan[],
  form: FileForm,
  nowhere: Layout,
): { readonly layout: Layout; readonly byteLength: number } {
  const directories: number[] = [];
  const chunks: number[][] = [];
  const stored = new Map<Uint8Array, number>();
  let end = form.bigTiff ? 16 : 8;
  const placeDirectory = (plan: DirectoryPlan): void => {
    end += end % 2;
    directories.push(end);
    end += directoryBytes(plan.fields(nowhere), form.bigTiff);
  };
  const placeChunks = (plan: DirectoryPlan): void => {
    const offsets = plan.chunks.map((data) => {
      const offset = stored.get(data) ?? end;
      if (offset === end) end += data.length;
      stored.set(data, offset);
      return offset;
    });
    chunks.push(offsets);
  };
  if (form.directories === "front") for (const plan of plans) placeDirectory(plan);
  for (const plan of plans) {
    placeChunks(plan);
    if (form.directories === "back") placeDirectory(plan);
  }
  return { layout: { directories, chunks }, byteLength: end };
}

function directoryBytes(fields: readonly Field[], bigTiff: boolean): number {
  const own = bigTiff ? 8 + fields.length * 20 + 8 : 2 + fields.length * 12 + 4;
  return fields.reduce((sum, field) => sum + arrayBytes(field, bigTiff), own);
}

/** The bytes that the values of a field take outside of its entry: 0 when they fit into it. */
function arrayBytes(field: Field, bigTiff: boolean): number {
  const length = field.values.length * fieldTypes[field.type].bytes;
  return length <= (bigTiff ? 8 : 4) ? 0 : length + (length % 2);
}

class NumberWriter {
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #bigTiff: boolean;

  constructor(bytes: Uint8Array<ArrayBuffer>, form: FileForm) {
    this.#view = new DataView(bytes.buffer);
    this.#little = form.byteOrder === "little";
    this.#bigTiff = form.bigTiff;
  }

  header(firstDirectory: number): void {
    this.#number(0, this.#little ? 0x4949 : 0x4d4d, 2);
    this.#number(2, this.#bigTiff ? 43 : 42, 2);
    if (this.#bigTiff) {
      this.#number(4, 8, 2);
      this.#number(8, firstDirectory, 8);
    } else this.#number(4, firstDirectory, 4);
  }

  directory(offset: number, fields: readonly Field[], next: number): void {
    const [countBytes, entryBytes, wordBytes] = this.#bigTiff ? ([8, 20, 8] as const) : ([2, 12, 4] as const);
    this.#number(offset, fields.length, countBytes);
    let entry = offset + countBytes;
    let array = entry + fields.length * entryBytes + wordBytes;
    for (const field of fields) {
      const type = fieldTypes[field.type];
      this.#number(entry, field.tag, 2);
      this.#number(entry + 2, field.code ?? type.code, 2);
      const count = field.type === "RATIONAL" ? field.values.length / 2 : field.values.length;
      this.#number(entry + 4, field.count ?? count, wordBytes);
      const valueField = entry + 4 + wordBytes;
      const outside = arrayBytes(field, this.#bigTiff);
      const start = outside === 0 ? valueField : array;
      for (const [index, value] of field.values.entries()) {
        if (field.type === "FLOAT" || field.type === "DOUBLE")
          this.#real(start + index * type.bytes, value, type.bytes);
        else this.#number(start + index * type.bytes, value, type.bytes);
      }
      if (outside > 0) this.#number(valueField, array, wordBytes);
      if (field.valueField !== undefined) this.#number(valueField, field.valueField, wordBytes);
      array += outside;
      entry += entryBytes;
    }
    this.#number(entry, next, wordBytes);
  }

  #real(offset: number, value: number, byteLength: number): void {
    if (byteLength === 4) this.#view.setFloat32(offset, value, this.#little);
    else this.#view.setFloat64(offset, value, this.#little);
  }

  #number(offset: number, value: number, byteLength: 1 | 2 | 4 | 8): void {
    if (byteLength === 1) this.#view.setUint8(offset, value);
    else if (byteLength === 2) this.#view.setUint16(offset, value, this.#little);
    else if (byteLength === 4) this.#view.setUint32(offset, value, this.#little);
    else this.#view.setBigUint64(offset, BigInt(value), this.#little);
  }
}
