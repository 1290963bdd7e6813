/** A line of a CSV file: its fields, and the number of the line it starts on, from 1 on. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads CSV: fields divided by commas, rows by line feeds with or without carriage returns, quotes around fields that
 * have any of these, doubled inside. Empty lines are left out, a byte order mark too. Adds a sentence to `faults` for each
 * place that is wrong and reads on behind it where it can. Source: RFC 4180 §2.
 */
export function parseCsv(bytes: Uint8Array, faults: string[]): readonly CsvRow[] {
  const text = decode(bytes, faults);
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let line = 1;
  let startLine = 1;
  let at = 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const start = at + 1;
      at = closingQuote(text, start);
      if (at < 0) {
        faults.push(`line ${line}: a quote is opened and not closed`);
        return rows;
      }
      field = text.slice(start, at).replaceAll('""', '"');
      line += countLines(field);
      at += 1;
      const rest = /[^,\r\n]*/y;
      rest.lastIndex = at;
      const stray = rest.exec(text)?.[0] ?? "";
      if (stray !== "") faults.push(`line ${line}: there is text after a closing quote`);
      at += stray.length;
    } else {
      const plain = /[^,\r\n]*/y;
      plain.lastIndex = at;
      field = plain.exec(text)?.[0] ?? "";
      if (field.includes('"')) faults.push(`line ${line}: there is a quote in a field that is not quoted`);
      at += field.length;
    }
    fields.push(field);
    if (text[at] === ",") {
      at += 1;
      // A comma at the very end still divides: what follows is an empty field.
      if (at < text.length) continue;
      fields.push("");
    }
    if (fields.length > 1 || fields[0] !== "") rows.push({ line: startLine, fields });
    fields = [];
    at += text.startsWith("\r\n", at) ? 2 : 1;
    line += 1;
    startLine = line;
  }
  return rows;
}

/** Returns where the quote that ends a field stands, or -1. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function countLines(field: string): number {
  return field.split(/\r\n|\r|\n/).length - 1;
}

/** The decoder takes a byte order mark of UTF-8 away by itself. */
function decode(bytes: Uint8Array, faults: string[]): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    faults.push("it is UTF-16; save it as UTF-8");
    return "";
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    const good = new TextDecoder("utf-8").decode(bytes).split("\ufffd", 1)[0] ?? "";
    faults.push(`line ${countLines(good) + 1}: a character is not UTF-8`);
    return "";
  }
}
