import { describe, expect, it } from "vitest";
import { missesBeforePause, pauseSeconds, TierPause } from "../../../src/cache/pause.ts";

function paused(at: number): TierPause {
  const pause = new TierPause();
  for (let misses = 1; misses <= missesBeforePause; misses++)
    expect(pause.missed(at)).toBe(misses === missesBeforePause);
  return pause;
}

describe("TierPause", () => {
  it("leaves a tier alone after misses in a row, for some seconds", () => {
    const pause = paused(100);
    expect(pause.mayAsk(100)).toBe(false);
    expect(pause.mayAsk(100 + pauseSeconds - 0.1)).toBe(false);
    expect(pause.mayAsk(100 + pauseSeconds)).toBe(true);
  });

  it("lets one request try it, and leaves it alone again until that one has an answer", () => {
    const pause = paused(100);
    const later = 100 + pauseSeconds;
    expect([pause.mayAsk(later), pause.mayAsk(later), pause.mayAsk(later + 1)]).toEqual([true, false, false]);
    expect(pause.missed(later + 1)).toBe(true);
    expect(pause.mayAsk(later + 1)).toBe(false);
    expect(pause.mayAsk(later + 1 + pauseSeconds)).toBe(true);
    pause.answered();
    expect([pause.mayAsk(later), pause.mayAsk(later)]).toEqual([true, true]);
  });

  it("counts misses in a row alone", () => {
    const pause = new TierPause();
    for (let times = 0; times < 3 * missesBeforePause; times++) {
      expect(pause.missed(100)).toBe(false);
      pause.answered();
    }
    expect(pause.mayAsk(100)).toBe(true);
  });

  it("is not prolonged by a clock that is set back", () => {
    expect(paused(100_000).mayAsk(96_400)).toBe(true);
  });
});
