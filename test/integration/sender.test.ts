import { describe, expect, it } from "vitest";
import { type SendingEnd, startSending } from "../../src/http/sender.ts";
import { platformClock } from "../../src/timers.ts";

/** Bytes that tell where they were. */
const bodyOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 2_654_435_761) >>> 24);

async function* cut(body: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  for (const length of lengths) {
    yield body.slice(at, at + length);
    at += length;
  }
}

const pieces: Readonly<Record<string, readonly number[]>> = {
  "small ones": Array.from({ length: 300 }, (_, at) => 1 + ((at * 7919) % 3000)),
  "small and large ones in turns": [1, 65_536, 10, 200_000, 65_535, 1, 65_535, 70_000, 5, 0, 64, 300_000, 0, 9],
  "one that grows what is joined": [60_000, 1_000_000, 2, 65_530, 400_000],
  none: [],
};

describe.each(Object.keys(pieces))("a body in pieces: %s", (name) => {
  const lengths = pieces[name] ?? [];
  const body = bodyOf(lengths.reduce((sum, length) => sum + length, 0));

  it.each([
    ["at once", 0],
    ["slowly", 3],
  ])("comes as it was sent, read %s", async (_, milliseconds) => {
    const sending = { lease: undefined, clock: platformClock, stallMilliseconds: 10_000, signal: undefined };
    const { readable, ended } = await startSending(cut(body, lengths), { ...sending, byteLength: undefined });
    const read: Uint8Array[] = [];
    for await (const chunk of readable) {
      if (milliseconds > 0) await scheduler.wait(milliseconds);
      read.push(chunk);
    }
    const came = await new Blob(read).bytes();
    expect([came.byteLength, came.findIndex((byte, at) => byte !== body[at])]).toEqual([body.byteLength, -1]);
    expect(await ended).toMatchObject({ kind: "whole", byteLength: body.byteLength } satisfies Partial<SendingEnd>);
  });
});
