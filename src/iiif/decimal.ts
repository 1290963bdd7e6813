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

/** Formats a decimal without trailing zeros, without exponent, with at most 10 places. */
export function formatDecimal(value: number): string {
  const text = value.toFixed(10);
  return text.replace(/\.?0+$/, "");
}
