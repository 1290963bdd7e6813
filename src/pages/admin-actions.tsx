import { formatMoment } from "../statistics/hour.ts";
import { Panel, unread } from "./panel.tsx";

/** Something that was done, as the ledger has it. */
export interface NotedAction {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly operator: string;
  readonly action: string;
  /** JSON, which may be cut off. */
  readonly detail: string;
}

/** The latest things that were done by those who administer the service. */
export function Actions({ actions }: { readonly actions: readonly NotedAction[] | undefined }) {
  return (
    <Panel name="actions" title="Latest actions" isWide>
      {actions === undefined ? (
        <p>{unread}</p>
      ) : actions.length === 0 ? (
        <p class="quiet">Nobody has done anything yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">When (UTC)</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
              <th scope="col">How it ended</th>
            </tr>
          </thead>
          <tbody>
            {actions.map(({ at, operator, action, detail }) => (
              <tr>
                <td class="short">{formatMoment(at)}</td>
                <td class="operator">{operator}</td>
                <td class="short">{action}</td>
                <td class="detail">{describeDetail(detail)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** What people are told of an action: what it named and what came of it, in pairs of words. What can't be read is shown as it is. */
function describeDetail(detail: string): string {
  try {
    const said = pairsOf(JSON.parse(detail));
    return said.map(([name, value]) => `${name} ${value}`).join(", ");
  } catch {
    return detail;
  }
}

/** The values of an object, however deep, by their own names; lists by what is in them. */
function pairsOf(value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (Array.isArray(inner)) return [[name, inner.join(" ")] as const];
    return typeof inner === "object" && inner !== null ? pairsOf(inner) : [[name, String(inner)] as const];
  });
}
