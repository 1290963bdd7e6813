/**
 * Returns a year, a month, a date or a time as xsd:dateTime in UTC, at its beginning: `1850` is `1850-01-01T00:00:00Z`.
 * Undefined for what is none of these or a day that there is not. Source: IIIF Presentation API 3.0 §3.1, navDate.
 */
export function readNavDate(text: string): string | undefined {
  const parts = /^(-?\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d:\d\d)Z)?)?)?$/.exec(text);
  if (parts === null) return undefined;
  const [, year = "", month = "01", day = "01", time = "00:00:00"] = parts;
  const date = `${year}-${month}-${day}T${time}Z`;
  return isDate({ year: Number(year), month: Number(month), day: Number(day) }) && isTime(time) ? date : undefined;
}

/** Of the Gregorian calendar, which xsd:dateTime uses for all years. */
function isDate({
  year,
  month,
  day,
}: {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}): boolean {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

function isTime(time: string): boolean {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return hours < 24 && minutes < 60 && seconds < 60;
}
