/** Builds a record of IPTC IIM out of record numbers, data set numbers and values. */
export function makeIptc(dataSets: readonly (readonly [number, number, string | Uint8Array])[]): Uint8Array {
  const parts = dataSets.map(([record, dataSet, value]) => {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [0x1c, record, dataSet, bytes.length >> 8, bytes.length & 255, ...bytes];
  });
  return Uint8Array.from(parts.flat());
}

/** Builds image resources out of their numbers, names and data. */
export function makeResources(resources: readonly (readonly [number, string, Uint8Array])[]): Uint8Array {
  const parts = resources.map(([id, name, data]) => {
    const text = new TextEncoder().encode(name);
    const padding = (length: number): number[] => (length % 2 === 1 ? [0] : []);
    const size = [data.length >>> 24, (data.length >> 16) & 255, (data.length >> 8) & 255, data.length & 255];
    return [
      ...[0x38, 0x42, 0x49, 0x4d, id >> 8, id & 255],
      ...[text.length, ...text, ...padding(text.length + 1)],
      ...[...size, ...data, ...padding(data.length)],
    ];
  });
  return Uint8Array.from(parts.flat());
}
