const collator = new Intl.Collator("und", { numeric: true, sensitivity: "base" });

/** Compares names the way people order them: `2` before `10`, whatever the case. Never equal for different names. */
export function compareNaturally(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
