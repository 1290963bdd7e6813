/**
 * Parses a decimal as the Image API writes one: digits with at most one point, no sign, exponent or blank; undefined
 * for anything else. Source: Image API 3.0 §4.7 (floating point values).
 */
export function parseDecimal(text: string): number | undefined {
  return /^(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})$/.test(text) ? Number(text) : undefined;
}

/**
 * Parses a whole number of at most 15 digits without a sign, which a double holds exactly; undefined for anything else.
 * Source: Image API 3.0 §4.
 */
export function parseInteger(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** More pixels, or per cent, than any image has; sums and products of it are exact. */
const farAway = 1e12;

/**
 * Parses a decimal, or a whole number, of any number of digits that is going to be clipped anyway: what is too large to
 * matter comes back as 10¹². Undefined for anything else. Source: Image API 3.0 §4.1, regions over the edge.
 */
export function parseClipped(text: string, kind: "decimal" | "integer"): number | undefined {
  const isNumber = kind === "integer" ? /^\d+$/.test(text) : /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text);
  return isNumber ? Math.min(Number(text), farAway) : undefined;
}

/** Formats a decimal without trailing zeros, without exponent, with at most 10 places. */
export function formatDecimal(value: number): string {
  const text = value.toFixed(10);
  return text.replace(/\.?0+$/, "");
}
