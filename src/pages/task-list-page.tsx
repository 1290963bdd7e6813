import { formatTime } from "../statistics/hour.ts";
import type { TaskList, TaskSummary } from "../task/answers.ts";
import { isEnded, progressOf } from "../task/progress.ts";
import { formatAmount } from "./charts.tsx";
import { formatPage } from "./layout.tsx";
import type { Site } from "./site.ts";
import { ProgressBar } from "./task-charts.tsx";
import { stateNames, TaskLayout, taskPath, tasksPath, titleOf } from "./task-parts.tsx";

/** Returns the page of tasks, the latest first. */
export function formatTaskListPage(site: Site, { tasks, next }: TaskList): string {
  const isLive = tasks.some(({ state }) => !isEnded(state));
  return formatPage(
    <TaskLayout site={site} title="Tasks" under={[]} isLive={isLive}>
      <p class="quiet">
        Task files come by <code>tessera batch submit</code>, are sent to <code>/admin/tasks</code>, or are put into the
        bucket INBOX.
      </p>
      <div id={isLive ? "live" : undefined}>
        {tasks.length === 0 ? <p>There are no tasks.</p> : <Tasks tasks={tasks} />}
        {isLive && <LookAgain path={tasksPath} />}
      </div>
      {next !== undefined && (
        <p>
          <a href={`${tasksPath}?before=${encodeURIComponent(next)}`}>Earlier tasks</a>
        </p>
      )}
    </TaskLayout>,
  );
}

/** What goes on is shown anew by the script of the page; without one, people ask for it. */
export function LookAgain({ path }: { readonly path: string }) {
  return (
    <p class="again">
      <a href={path}>Look again</a>
    </p>
  );
}

/** Shows tasks as a table with a bar for each. */
function Tasks({ tasks }: { readonly tasks: readonly TaskSummary[] }) {
  return (
    <table class="tasks">
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Does</th>
          <th scope="col">Sent (UTC)</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Items
          </th>
          <th scope="col" class="number">
            Not done
          </th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => {
          const { ended, total } = progressOf(task.counts);
          const { failed, refused } = task.counts;
          return (
            <tr>
              <th scope="row">
                <a href={taskPath(task.id)}>{titleOf(task)}</a>
                <ProgressBar counts={task.counts} />
              </th>
              <td>{task.collection === undefined ? task.kind : `${task.kind}, ${task.collection}`}</td>
              <td class="short">{formatTime(task.createdAt)}</td>
              <td class="short">{stateNames[task.state]}</td>
              <td class="number" data-head="Items">
                {formatAmount(ended)} of {formatAmount(total)}
              </td>
              <td class="number" data-head="Not done">
                {formatAmount(failed + refused)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Returns how a task is told of in a list of what runs. */
export function Running({ tasks }: { readonly tasks: readonly TaskSummary[] }) {
  return (
    <ul>
      {tasks.map((task) => {
        const { ended, total } = progressOf(task.counts);
        return (
          <li>
            <a href={taskPath(task.id)}>{titleOf(task)}</a>: {stateNames[task.state].toLowerCase()},{" "}
            {formatAmount(ended)} of {formatAmount(total)}
          </li>
        );
      })}
    </ul>
  );
}
