import { isDay } from "../calendar.ts";

/**
 * Returns a year, a month, a date or a time as xsd:dateTime in UTC, at its beginning: `1850` is `1850-01-01T00:00:00Z`.
 * Undefined for what is none of these or a day that there is not. Source: IIIF Presentation API 3.0 §3.1, navDate.
 */
export function readNavDate(text: string): string | undefined {
  const parts = /^(-?\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d:\d\d)Z)?)?)?$/.exec(text);
  if (parts === null) return undefined;
  const [, year = "", month = "01", day = "01", time = "00:00:00"] = parts;
  const date = `${year}-${month}-${day}T${time}Z`;
  return isDay(Number(year), Number(month), Number(day)) && isTime(time) ? date : undefined;
}

function isTime(time: string): boolean {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return hours < 24 && minutes < 60 && seconds < 60;
}
