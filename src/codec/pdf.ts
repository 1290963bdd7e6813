import { concatenate } from "../bytes.ts";
import type { Size } from "../geometry.ts";

/** A page that is filled by one JPEG. */
export interface PdfPage extends Size {
  readonly model: "gray" | "rgb";
  /** How large the page is. Undefined if nobody knows: then as if it were `assumedDotsPerInch`. */
  readonly dotsPerInch?: number | undefined;
  /** A packet, which becomes the metadata of the document. */
  readonly xmp?: Uint8Array | undefined;
  /** A profile, which becomes the colour space of the picture. */
  readonly icc?: Uint8Array | undefined;
}

/** What stands around the bytes of the JPEG. */
export interface PdfFrame {
  readonly head: Uint8Array;
  /** Returns what follows a JPEG of so many bytes; to be called once. */
  readonly tail: (jpegBytes: number) => Uint8Array;
}

/** The usual resolution of scans. */
const assumedDotsPerInch = 300;

/** Units of a page an inch, and the most on a side. Source: ISO 32000-1 §8.3.2.3, annex C. */
const unitsPerInch = 72;
const mostUnits = 14_400;

/** Objects by their numbers; those of metadata and profile come after them. */
const objects = { catalog: 1, pages: 2, page: 3, content: 4, image: 5, length: 6 } as const;

/**
 * Formats a PDF of one page around a JPEG that may still be on its way: its length stands behind it. Source: ISO 32000-1
 * (PDF 1.7) §7.3.8, §7.4.8, §7.5, §8.6.5.5, §8.9, §14.3.2.
 */
export function formatPdf({ width, height, model, dotsPerInch = assumedDotsPerInch, xmp, icc }: PdfPage): PdfFrame {
  const unit = Math.max(1, Math.ceil((Math.max(width, height) * unitsPerInch) / dotsPerInch / mostUnits));
  const units = (pixels: number): string => formatNumber((pixels * unitsPerInch) / dotsPerInch / unit);
  const [across, down] = [units(width), units(height)];
  const metadata = objects.length + 1;
  const profile = metadata + (xmp === undefined ? 0 : 1);
  const device = model === "gray" ? "/DeviceGray" : "/DeviceRGB";
  const file = new PdfObjects();
  file.add(
    objects.catalog,
    dictionary({ Type: "/Catalog", Pages: ref(objects.pages), Metadata: xmp && ref(metadata) }),
  );
  file.add(objects.pages, dictionary({ Type: "/Pages", Kids: `[${ref(objects.page)}]`, Count: "1" }));
  file.add(
    objects.page,
    dictionary({
      Type: "/Page",
      Parent: ref(objects.pages),
      MediaBox: `[0 0 ${across} ${down}]`,
      UserUnit: unit === 1 ? undefined : String(unit),
      Resources: dictionary({ XObject: dictionary({ Image: ref(objects.image) }) }),
      Contents: ref(objects.content),
    }),
  );
  file.addStream(objects.content, {}, ascii(`q ${across} 0 0 ${down} 0 0 cm /Image Do Q\n`));
  if (xmp !== undefined) file.addStream(metadata, { Type: "/Metadata", Subtype: "/XML" }, xmp);
  if (icc !== undefined) file.addStream(profile, { N: model === "gray" ? "1" : "3", Alternate: device }, icc);
  file.begin(objects.image);
  const image = dictionary({
    Type: "/XObject",
    Subtype: "/Image",
    Width: String(width),
    Height: String(height),
    BitsPerComponent: "8",
    ColorSpace: icc === undefined ? device : `[/ICCBased ${ref(profile)}]`,
    Filter: "/DCTDecode",
    Length: ref(objects.length),
  });
  file.write(ascii(`${image}\nstream\n`));
  const head = file.take();
  return {
    head,
    tail(jpegBytes) {
      file.skip(jpegBytes);
      file.write(ascii("\nendstream\nendobj\n"));
      file.add(objects.length, String(jpegBytes));
      file.writeTrailer(objects.catalog);
      return file.take();
    },
  };
}

/** Objects one after another, and where each of them begins. */
class PdfObjects {
  readonly #offsets = new Map<number, number>();
  #at = 0;
  #pieces: Uint8Array[] = [];

  constructor() {
    // Four bytes above 127 tell programs that the file is not text.
    this.write(concatenate([ascii("%PDF-1.7\n%"), Uint8Array.of(0xe2, 0xe3, 0xcf, 0xd3, 0x0a)]));
  }

  write(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#at += bytes.byteLength;
  }

  /** Counts bytes that others write. */
  skip(byteLength: number): void {
    this.#at += byteLength;
  }

  /** Returns what was written since the last time. */
  take(): Uint8Array {
    const taken = concatenate(this.#pieces);
    this.#pieces = [];
    return taken;
  }

  begin(number: number): void {
    this.#offsets.set(number, this.#at);
    this.write(ascii(`${number} 0 obj\n`));
  }

  add(number: number, value: string): void {
    this.begin(number);
    this.write(ascii(`${value}\nendobj\n`));
  }

  addStream(number: number, entries: Entries, data: Uint8Array): void {
    this.begin(number);
    this.write(ascii(`${dictionary({ ...entries, Length: String(data.byteLength) })}\nstream\n`));
    this.write(data);
    this.write(ascii("\nendstream\nendobj\n"));
  }

  /** Writes the table of all objects, 20 bytes each, and where it is. */
  writeTrailer(root: number): void {
    const size = this.#offsets.size + 1;
    const offsets = Array.from({ length: size - 1 }, (_, index) => this.#offsets.get(index + 1) ?? 0);
    const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
    const start = this.#at;
    this.write(ascii(`xref\n0 ${size}\n0000000000 65535 f \n${rows.join("")}`));
    const trailer = dictionary({ Size: String(size), Root: ref(root) });
    this.write(ascii(`trailer\n${trailer}\nstartxref\n${start}\n%%EOF\n`));
  }
}

type Entries = Readonly<Record<string, string | undefined>>;

function dictionary(entries: Entries): string {
  const written = Object.entries(entries).flatMap(([key, value]) => (value === undefined ? [] : [`/${key} ${value}`]));
  return `<< ${written.join(" ")} >>`;
}

function ref(number: number): string {
  return `${number} 0 R`;
}

/** Two decimals at most, and no exponent. */
function formatNumber(value: number): string {
  return value.toFixed(2).replace(/\.?0+$/, "");
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
