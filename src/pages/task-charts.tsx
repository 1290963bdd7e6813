import { progressOf } from "../task/progress.ts";
import type { ItemCounts, ItemState } from "../task/states.ts";
import { Bar, barHeight, round, width } from "./charts.tsx";

/** The states that a bar shows, from its left, and how each is drawn. */
const drawn: readonly (readonly [states: readonly ItemState[], style: string | undefined])[] = [
  [["done", "kept"], undefined],
  [["failed", "refused"], "meter-wrong"],
  [["cancelled"], "meter-left"],
];

/** Draws how far a task is: what is done, what went wrong, what was given up. Its label says it in words. */
export function ProgressBar({ counts }: { readonly counts: ItemCounts }) {
  const { ended, total, part } = progressOf(counts);
  const unit = total === 0 ? 0 : width / total;
  let x = 0;
  const parts = drawn.flatMap(([states, style]) => {
    const length = unit * states.reduce((sum, state) => sum + counts[state], 0);
    const rect = { x: round(x), width: round(length), height: barHeight };
    x += length;
    return length === 0 ? [] : [<rect class={style} {...rect} />];
  });
  const told = `${ended} of ${total} items have ended, ${Math.floor(100 * part)} %`;
  return (
    <svg
      class="meter meter-large"
      viewBox={`0 0 ${width} ${barHeight}`}
      preserveAspectRatio="none"
      role="progressbar"
      aria-label="Items that have ended"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={ended}
      aria-valuetext={told}
    >
      <rect class="meter-ground" width={width} height={barHeight} />
      {parts}
    </svg>
  );
}

/** A row of a table with a bar. */
export interface Measure {
  readonly name: string;
  /** What the bar shows. */
  readonly value: number;
  /** What stands beside it, a column each. */
  readonly told: readonly string[];
}

interface MeasuresProps {
  /** Heads of the columns, that of the names first. */
  readonly heads: readonly string[];
  readonly rows: readonly Measure[];
}

/** Shows values as a table with a bar for each, in the order in which they are given. */
export function Measures({ heads: [first, ...heads], rows }: MeasuresProps) {
  const most = Math.max(...rows.map(({ value }) => value));
  return (
    <table class="shares">
      <thead>
        <tr>
          <th scope="col">{first}</th>
          {heads.map((head) => (
            <th scope="col" class="number">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, value, told }) => (
          <tr>
            <th scope="row">
              {name}
              <Bar value={value} most={most} />
            </th>
            {told.map((cell) => (
              <td class="number">{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
