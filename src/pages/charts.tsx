/** A part of a whole, and how large it is. */
export interface Share {
  readonly name: string;
  readonly value: number;
}

/** The width of a chart in its own units; it is drawn as wide as there is room. */
export const width = 240;
const sparkHeight = 48;

/** The height of a bar, in the same units. */
export const barHeight = 10;

/** Formats a number for people: `12,345`, and at most one decimal. */
export function formatAmount(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** Formats bytes for people, in thousands of them: `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB", "PB"] as const;
  let at = 0;
  let value = bytes;
  for (; value >= 1000 && at < units.length - 1; at++) value /= 1000;
  return `${formatAmount(value)} ${units[at]}`;
}

interface SparklineProps {
  /** Says in words what is shown. */
  readonly label: string;
  readonly values: readonly number[];
}

/** Draws values as bars in the order of time. Its label says least, most and the latest of them. */
export function Sparkline({ label, values }: SparklineProps) {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  const told = `${label}: from ${formatAmount(Math.min(...values))} to ${formatAmount(Math.max(...values))}, now ${formatAmount(values.at(-1) ?? 0)}`;
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${sparkHeight}`} role="img" aria-label={told}>
      {values.map((value, at) => {
        // What is not nothing is seen.
        const height = value === 0 ? 0 : Math.max(1, (value / most) * sparkHeight);
        const place = { x: round(at * step), y: round(sparkHeight - height), width: round(0.8 * step) };
        return <rect {...place} height={round(height)} />;
      })}
    </svg>
  );
}

/** Draws how large a value is beside the largest one. The number stands next to it: nothing is told by the bar alone. */
export function Bar({ value, most }: { readonly value: number; readonly most: number }) {
  const length = most === 0 ? 0 : Math.max(value === 0 ? 0 : 1, (value / most) * width);
  return (
    <svg class="meter" viewBox={`0 0 ${width} ${barHeight}`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="meter-ground" width={width} height={barHeight} />
      <rect width={round(length)} height={barHeight} />
    </svg>
  );
}

/** Rounds a place in a chart to what can be seen. */
export function round(value: number): number {
  return Math.round(100 * value) / 100;
}

interface SharesProps {
  /** What the names are, as the head of their column. */
  readonly of: string;
  readonly shares: readonly Share[];
  readonly otherwise: string;
}

/** Shows parts of a whole as a table with a bar for each, the largest first. */
export function Shares({ of, shares, otherwise }: SharesProps) {
  const total = shares.reduce((sum, { value }) => sum + value, 0);
  if (total === 0) return <p class="quiet">{otherwise}</p>;
  const sorted = shares.toSorted((one, other) => other.value - one.value);
  return (
    <table class="shares">
      <thead>
        <tr>
          <th scope="col">{of}</th>
          <th scope="col" class="number">
            Requests
          </th>
          <th scope="col" class="number">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ name, value }) => (
          <tr>
            <th scope="row">
              {name}
              <Bar value={value} most={sorted[0]?.value ?? 0} />
            </th>
            <td class="number">{formatAmount(value)}</td>
            <td class="number">{Math.round((100 * value) / total)} %</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
