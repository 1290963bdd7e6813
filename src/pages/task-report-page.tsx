import { durationOf, formatClock, formatSeconds } from "../task/progress.ts";
import type { TaskReport } from "../task/report.ts";
import type { SpreadPart } from "../task/spread.ts";
import { stages } from "../task/states.ts";
import { formatTaskDollars, type TaskCost } from "../task/task-cost.ts";
import { formatAmount, formatBytes } from "./charts.tsx";
import { formatPage } from "./layout.tsx";
import { Column, Panel } from "./panel.tsx";
import type { Site } from "./site.ts";
import { Measures, ProgressBar } from "./task-charts.tsx";
import { Items, Pair, stateNames, TaskLayout, taskPath, tasksPath, titleOf } from "./task-parts.tsx";

/** Items that failed that are shown; the JSON has up to a thousand. */
const mostFailures = 100;

/** Returns the page of the report of a task: what it came to, what each stage took, what was slow, what failed, what it cost. */
export function formatTaskReportPage(site: Site, report: TaskReport, cost: TaskCost): string {
  const { task, slowest, failures, spread } = report;
  const json = `${taskPath(task.id)}report`;
  const under = [["Tasks", tasksPath] as const, [titleOf(task), taskPath(task.id)] as const];
  return formatPage(
    <TaskLayout site={site} title={`Report: ${titleOf(task)}`} under={under}>
      <p class="state">{stateNames[task.state]}</p>
      <ProgressBar counts={task.counts} />
      <p class="pace">
        <a href={json}>As JSON</a> · <a href={`${json}?format=csv`}>As CSV</a>
      </p>
      <div class="panels">
        <Totals task={task} cost={cost} />
        <Panel name="stages" title="Stages" isWide>
          <div class="columns">
            <Column title="Seconds of each stage, by item">
              <Stages report={report} />
            </Column>
            <Column title="Items, by the seconds that they took">
              <Spread spread={spread} />
            </Column>
          </div>
        </Panel>
        <Panel name="slowest" title="The slowest items" isWide>
          <Items items={slowest} otherwise="No time was measured." />
        </Panel>
        <Panel name="failures" title="Not done" isWide>
          <Items items={failures.slice(0, mostFailures)} otherwise="Nothing failed or was refused." />
          {failures.length > mostFailures && (
            <p class="quiet">
              More: <code>tessera batch items {task.id} --only failed</code>
            </p>
          )}
        </Panel>
        <Cost cost={cost} />
      </div>
    </TaskLayout>,
  );
}

function Totals({ task, cost }: { readonly task: TaskReport["task"]; readonly cost: TaskCost }) {
  const seconds = durationOf(task);
  return (
    <Panel name="totals" title="In all">
      <dl class="pairs">
        {task.collection !== undefined && <Pair name="collection" value={task.collection} />}
        <Pair name="images" value={formatAmount(task.total)} />
        <Pair name="read" value={formatBytes(task.bytesIn)} />
        <Pair name="written" value={formatBytes(task.bytesOut)} />
        <Pair name="tries beyond the first" value={formatAmount(task.retries)} />
        {seconds !== undefined && <Pair name="time" value={formatClock(seconds)} />}
        <Pair name="cost, estimated" value={formatTaskDollars(cost.dollars)} />
      </dl>
    </Panel>
  );
}

function Cost({ cost: { lines, notCounted, priceMonth } }: { readonly cost: TaskCost }) {
  return (
    <Panel name="cost" title="Cost, estimated" isWide>
      <p class="quiet">
        By the prices of {priceMonth} in US dollars, without what an account has for nothing. Cloudflare tells a Worker
        neither its CPU time nor what it is charged.
      </p>
      <table class="items">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Amount
            </th>
            <th scope="col" class="number">
              Costs
            </th>
            <th scope="col">Estimated from</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, amount, unit, dollars, estimatedFrom }) => (
            <tr>
              <th scope="row">{name}</th>
              <td class="number">
                {formatAmount(amount)} {unit}
              </td>
              <td class="number">{formatTaskDollars(dollars)}</td>
              <td class="detail">{estimatedFrom}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {notCounted.map((sentence) => (
        <p class="quiet">{sentence}</p>
      ))}
    </Panel>
  );
}

function Stages({ report: { task, median, p95 } }: { readonly report: TaskReport }) {
  const rows = stages.flatMap((stage) => {
    const all = task.seconds[stage];
    if (all === undefined) return [];
    const value = p95[stage] ?? 0;
    return [{ name: stage, value, told: [median[stage] ?? 0, value, all].map(formatSeconds) }];
  });
  if (rows.length === 0) return <p class="quiet">Nothing was measured.</p>;
  return <Measures heads={["Stage", "Median", "p95", "All"]} rows={rows} />;
}

function Spread({ spread }: { readonly spread: readonly SpreadPart[] }) {
  const first = spread.findIndex(({ items }) => items > 0);
  const last = spread.findLastIndex(({ items }) => items > 0);
  if (first < 0) return <p class="quiet">No item was done.</p>;
  const rows = spread.slice(first, last + 1).map(({ from, items }, at) => {
    const next = spread[first + at + 1]?.from;
    const name = next === undefined ? `${from} or more` : from === 0 ? `below ${next}` : `${from} to ${next}`;
    return { name, value: items, told: [formatAmount(items)] };
  });
  return <Measures heads={["Seconds", "Items"]} rows={rows} />;
}
