/** A PDF as its table of objects says, which is held to the bytes. */
export interface ReadPdf {
  /** Objects by number: what stands between `obj` and `endobj`, its stream left out. */
  readonly objects: ReadonlyMap<number, string>;
  readonly streams: ReadonlyMap<number, Uint8Array>;
  readonly root: number;
}

/**
 * Reads a PDF strictly: every object begins where the table says, every stream is as long as it states, nothing lies between
 * them. Throws an Error that says what is wrong. Source: ISO 32000-1 §7.3.8, §7.5.
 */
export function readPdf(bytes: Uint8Array): ReadPdf {
  const text = new TextDecoder("latin1").decode(bytes);
  const fail = (reason: string): never => {
    throw new Error(`PDF: ${reason}`);
  };
  if (!/^%PDF-1\.7\n%[\x80-\xff]{4}\n/.test(text)) fail("no header");
  const end = /startxref\n(\d+)\n%%EOF\n$/.exec(text) ?? fail("no end");
  const start = Number(end[1]);
  const table = /^xref\n0 (\d+)\n0000000000 65535 f \n((?:\d{10} 00000 n \n)*)trailer\n(<<.*>>)\n/.exec(
    text.slice(start),
  );
  const [, size, rows = "", trailer = ""] = table ?? fail(`no table at ${start}`);
  const offsets = Array.from(rows.matchAll(/\d{10}(?= 00000 n)/g), ([offset]) => Number(offset));
  if (offsets.length + 1 !== Number(size) || !trailer.includes(`/Size ${size}`)) fail("another number of objects");
  const numbers = offsets.map((_, index) => index + 1).sort((a, b) => offsets[a - 1]! - offsets[b - 1]!);
  const objects = new Map<number, string>();
  const streams = new Map<number, Uint8Array>();
  const dictionaryAt = (number: number): string =>
    /^\d+ 0 obj\n([\s\S]*?)\n(?=stream\n|endobj\n)/.exec(
      text.slice(offsets[number - 1]!, offsets[number - 1]! + 2000),
    )?.[1] ?? fail(`object ${number} is not at ${offsets[number - 1]}`);
  let at = 15;
  for (const number of numbers) {
    if (offsets[number - 1] !== at || !text.startsWith(`${number} 0 obj\n`, at))
      fail(`object ${number} is not at ${at}`);
    const dictionary = dictionaryAt(number);
    objects.set(number, dictionary);
    at += `${number} 0 obj\n${dictionary}\n`.length;
    if (text.startsWith("stream\n", at)) {
      const [, stated = "", reference] = /\/Length (\d+)( 0 R)?/.exec(dictionary) ?? fail("a stream without length");
      const length = Number(reference === undefined ? stated : dictionaryAt(Number(stated)));
      at += "stream\n".length;
      streams.set(number, bytes.subarray(at, at + length));
      at += length;
      if (!text.startsWith("\nendstream\n", at)) fail(`the stream of object ${number} does not end at ${at}`);
      at += "\nendstream\n".length;
    }
    if (!text.startsWith("endobj\n", at)) fail(`object ${number} does not end at ${at}`);
    at += "endobj\n".length;
  }
  if (at !== start) fail(`the table is at ${start} and not at ${at}`);
  for (const [, number] of [...objects.values(), trailer].join(" ").matchAll(/(\d+) 0 R/g))
    if (!objects.has(Number(number))) fail(`no object ${number}`);
  return { objects, streams, root: Number(/\/Root (\d+) 0 R/.exec(trailer)?.[1] ?? fail("no root")) };
}
