import { formatAmount } from "./charts.tsx";

/** Where the form of a purge is sent. */
const purgeFormPath = "/admin/forms/purge";

/** What a purge did, or why it did nothing. */
export type PurgeNotice =
  | { readonly kind: "refused"; readonly reason: string }
  | {
      readonly kind: "purged";
      readonly images: number;
      readonly workersCache: {
        readonly state: "purged" | "waiting" | "absent" | "refused" | "untouched";
        readonly tags: number;
        readonly waiting: number;
        readonly reason?: string;
      };
      readonly dataCentre: { readonly left: number };
      readonly derivatives: { readonly pictures: number; readonly indexes: number };
      /** The order that goes on with what is left, as JSON; undefined when nothing is. */
      readonly next?: string | undefined;
    };

/** Says what a purge did, tier by tier, and goes on with what is left by a button. */
export function PurgeResult({ notice }: { readonly notice: PurgeNotice }) {
  if (notice.kind === "refused") {
    return (
      <p class="notice" role="alert">
        Nothing was purged. {notice.reason}
      </p>
    );
  }
  const { images, workersCache, dataCentre, derivatives, next } = notice;
  const { state, tags, waiting, reason } = workersCache;
  const front = {
    purged: `${formatAmount(tags)} tags purged`,
    waiting: `${formatAmount(waiting)} tags wait for the next calls that the platform takes`,
    absent: "there is none here",
    untouched: "left as it was: that was a dry run",
    refused: `refused: ${reason ?? "no reason was given"}. ${waiting > 0 ? "Its tags wait, and are purged automatically." : "Send it again."}`,
  }[state];
  return (
    <div class="notice" role="status">
      <p>
        <strong>{next === undefined ? "Purged." : "Purged a part: there is more."}</strong>
      </p>
      <dl class="pairs">
        <div>
          <dt>images</dt>
          <dd>{formatAmount(images)}</dd>
        </div>
        <div>
          <dt>derivatives removed</dt>
          <dd>
            {counted(derivatives.pictures, "picture", "pictures")}, {counted(derivatives.indexes, "index", "indexes")}
          </dd>
        </div>
        <div>
          <dt>cache in front of the Worker</dt>
          <dd>{front}</dd>
        </div>
        {dataCentre.left > 0 && (
          <div>
            <dt>Cache API of this data centre</dt>
            <dd>{counted(dataCentre.left, "entry", "entries")} could not be removed; they lapse by themselves</dd>
          </div>
        )}
      </dl>
      {next !== undefined && (
        <form action={purgeFormPath} method="post">
          <input type="hidden" name="order" value={next} />
          <button class="text-button" type="submit">
            Go on with what is left
          </button>
        </form>
      )}
    </div>
  );
}

/** What can be purged, by the name that the form sends. */
const kinds = [
  ["images", "Images, by their identifiers, a line each"],
  ["object", "An object, with the images of its pages"],
  ["collection", "The documents of a collection"],
  ["prefix", "All images whose identifiers start so"],
  ["everything", "Everything that is kept"],
] as const;

/** Shows a form that purges, without a script. */
export function PurgeBox() {
  return (
    <section class="panel" aria-labelledby="purge">
      <h2 id="purge">Purge</h2>
      <p class="quiet">The next answers are then made of what is stored now.</p>
      <form class="purge" action={purgeFormPath} method="post">
        <fieldset>
          <legend>What</legend>
          {kinds.map(([kind, label], at) => (
            <label class="choice">
              <input type="radio" name="kind" value={kind} checked={at === 0} /> {label}
            </label>
          ))}
        </fieldset>
        <label for="purge-name">Identifiers, key or beginning</label>
        <textarea id="purge-name" name="name" rows={3} maxlength={110_000} spellcheck={false} autocomplete="off" />
        <label class="choice">
          <input type="checkbox" name="sure" value="yes" /> I mean it: needed for everything
        </label>
        <button class="text-button" type="submit">
          Purge
        </button>
      </form>
    </section>
  );
}

function counted(number: number, one: string, more: string): string {
  return `${formatAmount(number)} ${number === 1 ? one : more}`;
}
