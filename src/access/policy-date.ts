import { isDay } from "../calendar.ts";

/** A moment from which something else counts. */
export interface PolicyDate {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As it was written. */
  readonly text: string;
}

const datePattern = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?Z)?$/;

/**
 * Reads a date, which begins at midnight of UTC, or a time of UTC; undefined for any other text, and for what no calendar
 * or clock has. Source: RFC 3339 §5.6.
 */
export function parseDate(text: string): PolicyDate | undefined {
  const parts = datePattern.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  const seconds = ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return { at: 1000 * seconds, text };
}

/** Counts from March, so that the day of a leap year comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const fromMarch = (month + 9) % 12;
  const years = year - (month <= 2 ? 1 : 0);
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  const daysTo1970 = 719_468;
  return 365 * years + leapDays + Math.floor((153 * fromMarch + 2) / 5) + day - 1 - daysTo1970;
}
