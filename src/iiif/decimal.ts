/** More pixels, or per cent, than any image has; sums and products of it are exact. */
const farAway = 1e12;

/**
 * Parses a number as the Image API writes one, with any number of digits: a decimal with at most one point, or a whole
 * number, without sign, exponent or blank. What is larger than any image comes back as 10¹², which is clipped or refused
 * for its size as it would have been. Undefined for anything else. Source: Image API 3.0 §4, §4.7.
 */
export function parseNumber(text: string, kind: "decimal" | "integer"): number | undefined {
  if (kind === "integer") return wholeNumber(text);
  return /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Math.min(Number(text), farAway) : undefined;
}

/** Parses numbers with commas between them, each as `parseNumber` does. */
export function parseNumbers(text: string, kind: "decimal" | "integer"): readonly (number | undefined)[] {
  const numbers: (number | undefined)[] = [];
  for (let from = 0; from <= text.length; ) {
    const comma = text.indexOf(",", from);
    const end = comma < 0 ? text.length : comma;
    numbers.push(parseNumber(text.slice(from, end), kind));
    from = end + 1;
  }
  return numbers;
}

function wholeNumber(text: string): number | undefined {
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = Math.min(10 * value + digit, farAway);
  }
  return text === "" ? undefined : value;
}

/** Formats a decimal without trailing zeros, without exponent, with at most 10 places. */
export function formatDecimal(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const text = value.toFixed(10);
  return text.replace(/\.?0+$/, "");
}
