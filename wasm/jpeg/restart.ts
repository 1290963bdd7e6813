// Restart markers: where the next interval of a scan begins, whatever its marker says. Source: ITU-T T.81 F.2.1.3.1.

import { findMarker } from "./bits";

/** A restart marker this far ahead means that those in between were lost. */
const lostIntervalsMaximum: i32 = 3;
/** One this far ahead is one or two behind: what comes with it has been passed already. */
const passedMinimum: i32 = 6;

/** The number that the next marker should have. */
export let expectedRestart: i32 = 0;
/** Whether the numbers were found to mean nothing: all markers are there, and not numbered as they should be. */
let isUnnumbered: bool = false;
/** Whether the markers of the scan were counted. */
let isCounted: bool = false;
/** Whether the bytes reach to the end of the scan, so that its markers can be counted. */
let isWhole: bool = true;

/** Where the next interval begins, or the scan's data ends. */
export let restartPosition: usize = 0;

/** What `nextRestart` returns where the scan has no further interval, as far as its bytes are there. */
export const restartNone: i32 = -1;
/** And where the markers from the one at `restartPosition` on have to be counted before they can be understood. */
export const restartUncounted: i32 = -2;

/** What is known of the numbers of a scan's markers, as in `src/codec/jpeg/checkpoint.ts`. */
const numbersUncounted: i32 = 0;
const numbersMeant: i32 = 1;
const numbersMeaningless: i32 = 2;

/** Begins with the first interval of a scan. */
export function openRestarts(): void {
  resumeRestarts(0, numbersUncounted, true);
}

/** Goes on amid a scan, of which the bytes may be a part. */
export function resumeRestarts(expected: i32, numbers: i32, areAllThere: bool): void {
  expectedRestart = expected;
  isCounted = numbers != numbersUncounted;
  isUnnumbered = numbers == numbersMeaningless;
  isWhole = areAllThere;
}

/** Returns what is known of the numbers of the scan's markers. */
export function restartNumbers(): i32 {
  return isUnnumbered ? numbersMeaningless : isCounted ? numbersMeant : numbersUncounted;
}

/**
 * Goes from the marker or the end at `position` to the next interval of the scan, of which there should be `left`.
 * Returns how many intervals were lost before it, `restartNone` or `restartUncounted`.
 */
export function nextRestart(position: usize, end: usize, left: i32): i32 {
  while (true) {
    while (position + 1 < end && load<u8>(position, 1) == 0xff) position++;
    restartPosition = position;
    if (position + 1 >= end) return restartNone;
    const code = <i32>load<u8>(position, 1);
    if ((code & 0xf8) != 0xd0) {
      // What no segment begins with is damage amid the data.
      if (code >= 0xc0) return restartNone;
    } else {
      const ahead = aheadOf(code, position, end, left);
      if (ahead == restartUncounted) return ahead;
      if (ahead < passedMinimum) {
        const lost = ahead > lostIntervalsMaximum ? 0 : ahead;
        expectedRestart = (expectedRestart + lost + 1) & 7;
        restartPosition = position + 2;
        return lost;
      }
    }
    position = findMarker(position + 2, end);
  }
}

/** Returns how far a marker is ahead of the expected one, 0 to 7, or `restartUncounted`. */
function aheadOf(code: i32, position: usize, end: usize, left: i32): i32 {
  const ahead = (code - 0xd0 - expectedRestart) & 7;
  if (ahead == 0 || isUnnumbered) return 0;
  if (!isCounted) {
    if (!isWhole) return restartUncounted;
    isCounted = true;
    isUnnumbered = countRestarts(position, end) == left;
  }
  return isUnnumbered ? 0 : ahead;
}

/** Counts the restart markers from the one at `position` to the end of the scan. */
function countRestarts(position: usize, end: usize): i32 {
  let count: i32 = 0;
  while (position + 1 < end) {
    const code = <i32>load<u8>(position, 1);
    if ((code & 0xf8) == 0xd0) count++;
    else if (code >= 0xc0 && code != 0xff) break;
    position = findMarker(position + (code == 0xff ? 1 : 2), end);
  }
  return count;
}
