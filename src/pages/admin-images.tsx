import { type FigureName, figureOf } from "../statistics/figures.ts";
import type { Tally } from "../statistics/tally.ts";
import { formatAmount, formatBytes } from "./charts.tsx";
import { Column, Panel } from "./panel.tsx";
import { picturePath } from "./site.ts";

/** Images that each table shows. */
const mostRows = 10;

/** What images are ranked by, and how the figure is written. */
const rankings: readonly (readonly [string, FigureName, string, (value: number) => string])[] = [
  ["Asked for most", "requests", "Requests", formatAmount],
  ["Slowest: all the time until answers began", "milliseconds", "Milliseconds", formatAmount],
  ["Dearest: all the pixels that were decoded", "pixels", "Million pixels", (value) => formatAmount(value / 1e6)],
  ["Most bytes sent", "bytes", "Sent", formatBytes],
];

/** The images that took most of a day, by what they took; nothing where that can't be read, which another part says. */
export function Images({ tally }: { readonly tally: Tally | undefined }) {
  if (tally === undefined) return null;
  const { images, others } = tally;
  return (
    <Panel name="images" title="Images" isWide>
      <div class="columns">
        {rankings.map(([title, figure, head, format]) => (
          <Column title={title}>
            <Ranking images={images} figure={figure} head={head} format={format} />
          </Column>
        ))}
      </div>
      {others[0] > 0 && (
        <p class="quiet">
          {formatAmount(others[0])} requests were for images that were asked for too rarely to be listed: a thousand
          images of each hour are told apart.
        </p>
      )}
    </Panel>
  );
}

interface RankingProps {
  readonly images: Tally["images"];
  readonly figure: FigureName;
  readonly head: string;
  readonly format: (value: number) => string;
}

function Ranking({ images, figure, head, format }: RankingProps) {
  const rows = [...images]
    .map(([name, { figures }]) => ({ name, value: figureOf(figures, figure) }))
    .filter(({ value }) => value > 0)
    .sort((one, other) => other.value - one.value)
    .slice(0, mostRows);
  if (rows.length === 0) return <p class="quiet">None.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Image</th>
          <th scope="col" class="number">
            {head}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, value }) => (
          <tr>
            <th scope="row">
              <a href={picturePath(name)}>{name}</a>
            </th>
            <td class="number">{format(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
