import type { Child } from "hono/jsx";
import { type FigureName, figureOf } from "../statistics/figures.ts";
import { formatMoment } from "../statistics/hour.ts";
import type { StorageState } from "../statistics/storage-count.ts";
import type { Dimension, Tally } from "../statistics/tally.ts";
import type { TaskSummary } from "../task/answers.ts";
import { Actions, type NotedAction } from "./admin-actions.tsx";
import { Images } from "./admin-images.tsx";
import { formatAmount, formatBytes, Shares, Sparkline } from "./charts.tsx";
import { formatPage, Layout } from "./layout.tsx";
import { Column, Panel, unread } from "./panel.tsx";
import { PurgeBox, type PurgeNotice, PurgeResult } from "./purge-box.tsx";
import type { Site } from "./site.ts";
import { Running } from "./task-list-page.tsx";
import { tasksPath } from "./task-parts.tsx";

/** Where the form that signs out is sent. */
const signOutPath = "/admin/forms/sign-out";

/** What is shown to who administers a service. What can't be read now is undefined, and the page says so. */
export interface Administration {
  readonly operator: string;
  /** Whether a session is open that can be ended here. */
  readonly isSignedIn: boolean;
  readonly health: {
    readonly status: string;
    readonly warnings?: readonly string[];
    readonly checks: Readonly<Record<string, string>>;
    readonly lifecycle: string;
  };
  readonly memory: { readonly lentBytes: number; readonly waiting: number };
  readonly lastDay:
    | {
        readonly tally: Tally;
        readonly hours: readonly { readonly hour: string; readonly requests: number }[];
      }
    | undefined;
  /** Tags that wait to be purged from the cache in front of the Worker. */
  readonly waitingTags: number | undefined;
  /** Tasks that have not ended; undefined where it can't be read, `"none"` where no Worker of jobs is bound. */
  readonly tasks: readonly TaskSummary[] | "none" | undefined;
  readonly actions: readonly NotedAction[] | undefined;
  readonly storage: StorageState | undefined;
  readonly purged?: PurgeNotice | undefined;
}

/** Examples of identifiers that are shown of each error. */
const mostExamples = 5;

/** Returns the page for who administers a service. All of it is read without a script, and its forms are sent without one. */
export function formatAdminPage(site: Site, shown: Administration): string {
  const { operator, isSignedIn, purged } = shown;
  return formatPage(
    <Layout site={site} title="Administration" kind="admin" head={<meta name="robots" content="noindex" />}>
      <h1>Administration</h1>
      <div class="who">
        <p class="quiet">
          {operator === "secret" ? "You are let in by the secret." : `You are let in as ${operator}.`}
        </p>
        {isSignedIn && (
          <form action={signOutPath} method="post">
            <button class="text-button" type="submit">
              Sign out
            </button>
          </form>
        )}
      </div>
      {purged !== undefined && <PurgeResult notice={purged} />}
      <div class="panels">
        <Status shown={shown} />
        <Storage storage={shown.storage} />
        <Work shown={shown} />
        <Requests shown={shown} />
        <Images tally={shown.lastDay?.tally} />
        <Errors shown={shown} site={site} />
        <PurgeBox />
        <Actions actions={shown.actions} />
      </div>
    </Layout>,
  );
}

interface PartProps {
  readonly shown: Administration;
}

function Status({ shown: { health, memory } }: PartProps) {
  const { status, checks, lifecycle, warnings = [] } = health;
  return (
    <Panel name="status" title="Status">
      <p class={status === "ok" ? "state" : "state state-failing"}>
        {status === "ok" ? "It works." : "Something fails."}
      </p>
      {warnings.map((warning) => (
        <p class="notice">{warning}</p>
      ))}
      <dl class="pairs">
        {Object.entries(checks).map(([name, state]) => (
          <Pair name={name} value={state} />
        ))}
        <Pair name="rule that clears the derivatives" value={lifecycle} />
        <Pair name="memory lent by this isolate" value={formatBytes(memory.lentBytes)} />
        <Pair name="requests that wait for memory" value={formatAmount(memory.waiting)} />
      </dl>
    </Panel>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What the values of a dimension are called where people read them. */
const valueNames: Readonly<Partial<Record<Dimension, Readonly<Record<string, string>>>>> = {
  tier: {
    client: "the client had it (304)",
    edge: "Cache API of the data centre",
    bucket: "derivative bucket",
    drawn: "drawn from the master",
  },
  index: {
    isolate: "held by the isolate",
    edge: "Cache API of the data centre",
    bucket: "derivative bucket",
    storage: "read from the master",
  },
};

function sharesOf(tally: Tally, dimension: Dimension) {
  const names = valueNames[dimension] ?? {};
  return [...tally.by[dimension]].map(([name, [requests]]) => ({ name: names[name] ?? name, value: requests }));
}

function Requests({ shown: { lastDay } }: PartProps) {
  if (lastDay === undefined) {
    return (
      <Panel name="requests" title="Requests">
        <p>{unread}</p>
      </Panel>
    );
  }
  const { tally, hours } = lastDay;
  const figure = (name: FigureName): number => figureOf(tally.total, name);
  const requests = figure("requests");
  return (
    <Panel name="requests" title="Requests of the last 24 hours" isWide>
      <p class="quiet">
        Those that reached the Worker. Hits of the cache in front of it run no code: they are in none of these figures,
        and the analytics of Cloudflare have them.
      </p>
      <Sparkline label="Requests an hour" values={hours.map((hour) => hour.requests)} />
      <dl class="pairs">
        <Pair name="requests" value={formatAmount(requests)} />
        <Pair name="bytes sent" value={formatBytes(figure("bytes"))} />
        <Pair
          name="milliseconds until an answer began, on average"
          value={requests === 0 ? "–" : formatAmount(figure("milliseconds") / requests)}
        />
        <Pair name="reads of masters" value={`${formatAmount(figure("reads"))}, ${formatBytes(figure("readBytes"))}`} />
        <Pair name="pixels decoded" value={`${formatAmount(figure("pixels") / 1e6)} million`} />
      </dl>
      <div class="columns">
        <Column title="Where pictures came from">
          <Shares of="From" shares={sharesOf(tally, "tier")} otherwise="No picture was answered." />
        </Column>
        <Column title="Where indexes of masters were found">
          <Shares of="In" shares={sharesOf(tally, "index")} otherwise="No master was opened." />
        </Column>
        <Column title="What was asked for">
          <Shares of="Class" shares={sharesOf(tally, "class")} otherwise="Nothing was asked for." />
        </Column>
        <Column title="Who asked">
          <Shares of="Family" shares={sharesOf(tally, "client")} otherwise="Nobody asked." />
        </Column>
      </div>
    </Panel>
  );
}

function Errors({ shown: { lastDay }, site }: PartProps & { readonly site: Site }) {
  if (lastDay === undefined) return null;
  const { by, faults } = lastDay.tally;
  const rows = [...by.code]
    .filter(([code]) => code !== "ok")
    .map(([code, [requests]]) => ({ code, requests, images: [...(faults.get(code)?.images ?? [])] }))
    .sort((one, other) => other.requests - one.requests);
  return (
    <Panel name="errors" title="Errors" isWide>
      {rows.length === 0 ? (
        <p class="quiet">None in the last 24 hours.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col" class="number">
                Requests
              </th>
              <th scope="col">Some of the identifiers</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ code, requests, images }) => (
              <tr>
                <th scope="row">
                  {site.helpUrl === undefined ? code : <a href={`${site.helpUrl}#${code}`}>{code}</a>}
                </th>
                <td class="number">{formatAmount(requests)}</td>
                <td>{examplesOf(images)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function examplesOf(images: readonly (readonly [string, number])[]): string {
  if (images.length === 0) return "–";
  const sorted = images.toSorted(([, one], [, other]) => other - one).slice(0, mostExamples);
  return sorted.map(([name, requests]) => (requests === 1 ? name : `${name} (${formatAmount(requests)})`)).join(", ");
}

function Storage({ storage }: { readonly storage: StorageState | undefined }) {
  const { finished, running } = storage ?? {};
  const counts = finished?.counts ?? running?.counts;
  const told =
    finished !== undefined
      ? `As counted at ${formatMoment(finished.at)}.`
      : "The first count has not come to its end: there is more than this.";
  return (
    <Panel name="storage" title="Storage">
      {storage === undefined ? (
        <p>{unread}</p>
      ) : counts === undefined ? (
        <p class="quiet">Nothing is counted yet. The hourly cron does it, once a day.</p>
      ) : (
        <>
          <p class="quiet">{told}</p>
          <dl class="pairs">
            {Object.entries(counts).map(([kind, { objects, bytes }]) => (
              <Pair name={kind} value={`${formatAmount(objects)}, ${formatBytes(bytes)}`} />
            ))}
          </dl>
        </>
      )}
    </Panel>
  );
}

function Work({ shown: { waitingTags, tasks } }: PartProps) {
  return (
    <Panel name="work" title="Running work">
      {tasks === undefined ? (
        <p>{unread}</p>
      ) : tasks === "none" ? (
        <p class="quiet">No Worker of jobs is bound: there are no tasks.</p>
      ) : (
        <>
          {tasks.length === 0 ? <p class="quiet">No task is running.</p> : <Running tasks={tasks} />}
          <p>
            <a href={tasksPath}>All tasks</a>
          </p>
        </>
      )}
      {waitingTags === undefined ? (
        <p>{unread}</p>
      ) : waitingTags === 0 ? (
        <p class="quiet">Nothing waits to be purged.</p>
      ) : (
        <p>
          {formatAmount(waitingTags)} tags wait to be purged from the cache in front of the Worker. The platform takes
          500 a minute, and they are purged automatically.
        </p>
      )}
    </Panel>
  );
}
