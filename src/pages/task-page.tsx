import { formatTime } from "../statistics/hour.ts";
import type { ItemStatus, TaskStatus } from "../task/answers.ts";
import type { TaskAction } from "../task/door.ts";
import { describeFailure, formatClock, formatSeconds, isEnded, progressOf, secondsOf } from "../task/progress.ts";
import { itemStates, type StageSeconds, stages } from "../task/states.ts";
import { formatAmount, formatBytes } from "./charts.tsx";
import { formatPage } from "./layout.tsx";
import { Panel } from "./panel.tsx";
import type { Site } from "./site.ts";
import { Measures, ProgressBar } from "./task-charts.tsx";
import { LookAgain } from "./task-list-page.tsx";
import { Items, Pair, reportPath, stateNames, TaskLayout, taskPath, tasksPath, titleOf } from "./task-parts.tsx";

/** Where the buttons of a task are sent. */
const taskFormPath = "/admin/forms/tasks";

/** A task as its page shows it. */
export interface ShownTask {
  readonly status: TaskStatus;
  /** The first items that failed or were refused. */
  readonly notDone: readonly ItemStatus[];
}

/** Returns the page of a task. All of it is read without a script, and its buttons are sent without one. */
export function formatTaskPage(site: Site, { status, notDone }: ShownTask): string {
  const { id, state, counts, report, fault } = status;
  // The report of one that has ended comes in a moment.
  const isLive = !isEnded(state) || report === undefined;
  const wrong = counts.failed + counts.refused;
  return formatPage(
    <TaskLayout site={site} title={titleOf(status)} under={[["Tasks", tasksPath]]} isLive={isLive}>
      <div id={isLive ? "live" : undefined}>
        <p class={state === "failed" ? "state state-failing" : "state"} role="status">
          {stateNames[state]}
        </p>
        {fault !== undefined && <p class="notice">{describeFailure({ failure: fault })}</p>}
        <ProgressBar counts={counts} />
        <Pace status={status} />
        <Buttons status={status} />
        {report !== undefined && (
          <p class="again">
            <a href={reportPath(id)}>Report</a>
          </p>
        )}
        <div class="panels">
          <Counts status={status} />
          <About status={status} />
          <Stages seconds={status.seconds} />
          <Panel name="not-done" title="Not done" isWide>
            <Items items={notDone} otherwise="Nothing failed, and nothing was refused." />
            {wrong > notDone.length && (
              <p class="quiet">
                {formatAmount(wrong - notDone.length)} more: <code>tessera batch items {id} --only failed</code>
              </p>
            )}
          </Panel>
        </div>
        {isLive && <LookAgain path={taskPath(id)} />}
      </div>
    </TaskLayout>,
  );
}

function Pace({ status: { counts, perMinute, secondsLeft, state } }: { readonly status: TaskStatus }) {
  const { ended, total } = progressOf(counts);
  const isGoing = state === "running" || state === "listing";
  const told = [
    `${formatAmount(ended)} of ${formatAmount(total)} items${state === "listing" ? ", and more are being found" : ""}`,
    ...(isGoing && perMinute > 0 ? [`${formatAmount(perMinute)} a minute`] : []),
    ...(isGoing && secondsLeft !== undefined ? [`${formatClock(secondsLeft)} left`] : []),
  ];
  return <p class="pace">{told.join(" · ")}</p>;
}

/** What can be done now, and what the button says. */
function* actionsOf({ state, counts }: TaskStatus): Generator<readonly [TaskAction, string], undefined> {
  if (state === "running" || state === "listing") yield ["pause", "Pause"];
  if (state === "paused") yield ["resume", "Go on"];
  if (!isEnded(state)) yield ["cancel", "Cancel what is not begun"];
  if (counts.failed + counts.cancelled > 0 || state === "failed")
    yield ["retry", "Try failed and cancelled ones again"];
}

function Buttons({ status }: { readonly status: TaskStatus }) {
  const actions = [...actionsOf(status)];
  if (actions.length === 0) return null;
  return (
    <form class="buttons" action={taskFormPath} method="post">
      <input type="hidden" name="task" value={status.id} />
      {actions.map(([action, label]) => (
        <button class="text-button" type="submit" name="action" value={action}>
          {label}
        </button>
      ))}
    </form>
  );
}

function Counts({ status: { counts, retries } }: { readonly status: TaskStatus }) {
  return (
    <Panel name="counts" title="Items">
      <dl class="pairs">
        {itemStates.map((state) => (
          <Pair name={state} value={formatAmount(counts[state])} />
        ))}
        <Pair name="tries beyond the first" value={formatAmount(retries)} />
      </dl>
    </Panel>
  );
}

function About({ status }: { readonly status: TaskStatus }) {
  const { id, kind, collection, from, settings, operator, createdAt, endedAt, bytesIn, bytesOut } = status;
  const said = Object.entries(settings).map(([name, value]) => `${name} ${[value].flat().join(" ")}`);
  return (
    <Panel name="about" title="What it is">
      <dl class="pairs">
        <Pair name="id" value={id} />
        <Pair name="does" value={kind} />
        {collection !== undefined && <Pair name="collection" value={collection} />}
        <Pair name="objects" value={describeSource(from)} />
        <Pair name="settings" value={said.length === 0 ? "as usual" : said.join(", ")} />
        <Pair name="sent by" value={operator} />
        <Pair name="sent (UTC)" value={formatTime(createdAt)} />
        {endedAt !== undefined && <Pair name="ended (UTC)" value={formatTime(endedAt)} />}
        <Pair name="read" value={formatBytes(bytesIn)} />
        <Pair name="written" value={formatBytes(bytesOut)} />
        <Pair name="as JSON" value={<a href={taskPath(id).slice(0, -1)}>how it stands</a>} />
      </dl>
    </Panel>
  );
}

function describeSource(from: TaskStatus["from"]): string {
  if (from === undefined) return "named in the task";
  const { prefix, suffix = "" } = from;
  return prefix === "" && suffix === "" ? "all" : `${prefix}…${suffix}`;
}

function Stages({ seconds }: { readonly seconds: StageSeconds }) {
  const all = secondsOf(seconds);
  const rows = stages.flatMap((stage) => {
    const value = seconds[stage];
    if (value === undefined) return [];
    const share = all === 0 ? 0 : Math.round((100 * value) / all);
    return [{ name: stage, value, told: [formatSeconds(value), `${share} %`] }];
  });
  return (
    <Panel name="stages" title="Seconds of each stage" isWide>
      {rows.length === 0 ? (
        <p class="quiet">Nothing was measured yet.</p>
      ) : (
        <Measures heads={["Stage", "Seconds", "Share"]} rows={rows} />
      )}
    </Panel>
  );
}
