import type { Child } from "hono/jsx";
import { formatTime } from "../statistics/hour.ts";
import type { ItemStatus, TaskSummary } from "../task/answers.ts";
import { describeFailure, formatSeconds, secondsOf } from "../task/progress.ts";
import type { TaskState } from "../task/states.ts";
import { formatBytes } from "./charts.tsx";
import { Layout } from "./layout.tsx";
import type { Site } from "./site.ts";

/** Where the tasks are listed. */
export const tasksPath = "/admin/tasks/";

/** Returns where a task is shown. */
export function taskPath(id: string): string {
  return `${tasksPath}${id}/`;
}

/** Returns where the report of a task is shown. */
export function reportPath(id: string): string {
  return `${taskPath(id)}report/`;
}

/** What states are called where people read them. */
export const stateNames: Readonly<Record<TaskState, string>> = {
  listing: "Finding its images",
  running: "Running",
  paused: "Paused",
  cancelled: "Cancelled",
  done: "Done",
  failed: "Failed",
};

/** Returns what a task is called: as people called it, else what it does and when it was sent. */
export function titleOf({ name, kind, createdAt }: Pick<TaskSummary, "name" | "kind" | "createdAt">): string {
  return name ?? `${kind} of ${formatTime(createdAt)}`;
}

interface TaskLayoutProps {
  readonly site: Site;
  readonly title: string;
  /** What the page is under, the outermost first: names and paths. */
  readonly under: readonly (readonly [name: string, path: string])[];
  /** Whether it shows what goes on. */
  readonly isLive?: boolean;
  readonly children?: Child;
}

/** What stands around the pages of tasks. */
export function TaskLayout({ site, title, under, isLive = false, children }: TaskLayoutProps) {
  const head = (
    <>
      <meta name="robots" content="noindex" />
      {isLive && site.hasAssets && <script src="/tasks.js" type="module" />}
    </>
  );
  return (
    <Layout site={site} title={title} kind="admin" head={head}>
      <nav class="breadcrumb" aria-label="In">
        <ul>
          {[["Administration", "/admin/"] as const, ...under].map(([name, path]) => (
            <li>
              <a href={path}>{name}</a>
            </li>
          ))}
        </ul>
      </nav>
      <h1>{title}</h1>
      {children}
    </Layout>
  );
}

/** A name and what stands for it. */
export function Pair({ name, value }: { readonly name: string; readonly value: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface ItemsProps {
  readonly items: readonly ItemStatus[];
  readonly otherwise: string;
}

/** Shows items with what they took and what came of them. */
export function Items({ items, otherwise }: ItemsProps) {
  if (items.length === 0) return <p class="quiet">{otherwise}</p>;
  return (
    <table class="items">
      <thead>
        <tr>
          <th scope="col">Object</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Seconds
          </th>
          <th scope="col" class="number">
            Read
          </th>
          <th scope="col">What came of it</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr>
            <th scope="row">{item.key}</th>
            <td class="short">{item.tries > 1 ? `${item.state}, ${item.tries} tries` : item.state}</td>
            <td class="number" data-head="Seconds">
              {formatSeconds(secondsOf(item.seconds))}
            </td>
            <td class="number" data-head="Read">
              {formatBytes(item.bytesIn)}
            </td>
            <td class="detail">{describeFailure(item) ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
