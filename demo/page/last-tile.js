/**
 * Calls `report` with what the service says of each tile of `service` that arrives: strategy, cache, reads and bytes
 * out of its Server-Timing header. Source: W3C Server Timing.
 */
export function watchTiles(service, report) {
  const isTile = (url) => url.startsWith(`${service}/`) && /\/\d+,\d+\/0\/default\.\w+$/.test(url);
  const observer = new PerformanceObserver((list) => {
    const last = list.getEntries().findLast((entry) => isTile(entry.name) && entry.serverTiming.length > 0);
    if (!last) return;
    const account = Object.fromEntries(last.serverTiming.map(({ name, description }) => [name, description]));
    // A tile that the browser had is reported with the header it came with; nothing was asked of the service.
    const isOwn = last.transferSize === 0 && last.decodedBodySize > 0;
    report(isOwn ? { ...account, cache: "browser", reads: "0", bytes: "0" } : account);
  });
  observer.observe({ type: "resource" });
  return () => observer.disconnect();
}

/** Returns what was read from storage in words: the counts of Server-Timing, or that nothing is known. */
export function formatReads(reads, bytes) {
  if (reads === undefined || bytes === undefined) return "–";
  if (reads === "0") return "not read";
  return `${reads} ${reads === "1" ? "read" : "reads"}, ${(Number(bytes) / 1000).toFixed(1)} kB`;
}
