/** Formats bytes as megabytes with one decimal, three for a small file. */
export function formatMegabytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  return megabytes.toFixed(megabytes > 0 && megabytes < 0.05 ? 3 : 1);
}
