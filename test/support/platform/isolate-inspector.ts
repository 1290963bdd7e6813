/** V8's own count of the memory of an isolate, in bytes. Source: Chrome DevTools Protocol, Runtime.getHeapUsage. */
export interface HeapUsage {
  /** Objects of JavaScript. */
  readonly usedSize: number;
  /** All pages of the heap that contain them. */
  readonly totalSize: number;
  /** Objects of the runtime behind them. */
  readonly embedderHeapUsedSize: number;
  /** Buffers outside of the heap: what was read, kernel memory, encoded bytes. */
  readonly backingStorageSize: number;
}

/** Asks one isolate of workerd through its inspector. */
export interface IsolateInspector {
  heapUsage(): Promise<HeapUsage>;
  /** Has V8 collect what nobody holds any longer. */
  collectGarbage(): Promise<void>;
  close(): void;
}

/** Opens the inspector of the service of a workerd whose inspector listens on a port here. Throws when it is not there. */
export async function openInspector(port: number): Promise<IsolateInspector> {
  const listed = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
    readonly id: string;
    readonly webSocketDebuggerUrl: string;
  }[];
  const target = listed.find(({ id }) => id.includes("tessera"));
  if (target === undefined) throw new Error("the inspector lists no service of ours");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((opened) => socket.addEventListener("open", opened));
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let last = 0;
  const ask = (method: string): Promise<unknown> =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method }));
    });
  return {
    heapUsage: async () => (await ask("Runtime.getHeapUsage")) as HeapUsage,
    collectGarbage: async () => void (await ask("HeapProfiler.collectGarbage")),
    close: () => socket.close(),
  };
}

/** Returns what an isolate takes in all, in bytes: the pages of its heap, and its buffers. */
export function bytesInAll({ totalSize, embedderHeapUsedSize, backingStorageSize }: HeapUsage): number {
  return totalSize + embedderHeapUsedSize + backingStorageSize;
}

/**
 * Returns what an isolate holds: what it takes once V8 has collected all else. In bytes. V8 collects in a task of the
 * isolate, which runs its tasks while it answers: `ask` is called until it has.
 */
export async function heldBytes(
  { collectGarbage, heapUsage }: IsolateInspector,
  ask: () => Promise<unknown>,
): Promise<number> {
  let isCollected = false;
  const collecting = collectGarbage().then(() => {
    isCollected = true;
  });
  while (!isCollected) await ask();
  await collecting;
  return bytesInAll(await heapUsage());
}
