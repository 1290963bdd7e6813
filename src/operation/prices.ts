/** Something that Cloudflare charges for, in the units of its bills. */
export interface Price {
  /** What is charged for. */
  readonly name: string;
  readonly dollars: number;
  /** For how many units that is. */
  readonly each: number;
  /** A month's, unless it says otherwise. */
  readonly unit: string;
  /** What an account on Workers Paid has for nothing in a month, in units. */
  readonly free: number;
  readonly source: string;
  /** The day on which the source was read. */
  readonly read: string;
}

const read = "2026-11-29";
const workers = { source: "https://developers.cloudflare.com/workers/platform/pricing/", read } as const;
const storage = { source: "https://developers.cloudflare.com/r2/pricing/", read } as const;
const ledger = { source: "https://developers.cloudflare.com/durable-objects/platform/pricing/", read } as const;
const search = { source: "https://developers.cloudflare.com/d1/platform/pricing/", read } as const;
const queues = { source: "https://developers.cloudflare.com/queues/platform/pricing/", read } as const;
const workflows = { source: "https://developers.cloudflare.com/workflows/reference/pricing/", read } as const;
const points = { source: "https://developers.cloudflare.com/analytics/analytics-engine/pricing/", read } as const;

/**
 * All prices that this project reckons with, in US dollars: standard storage of R2, the plan Workers Paid. A request that
 * the cache in front of the Worker answers is charged as any other, but takes no CPU. Source: Cloudflare, Workers Cache, Billing.
 */
export const prices = {
  storage: { name: "R2 storage", dollars: 0.015, each: 1, unit: "GB-months", free: 10, ...storage },
  classA: { name: "R2 class A (put, list)", dollars: 4.5, each: 1e6, unit: "operations", free: 1e6, ...storage },
  classB: { name: "R2 class B (get, head)", dollars: 0.36, each: 1e6, unit: "operations", free: 10e6, ...storage },
  egress: { name: "Egress", dollars: 0, each: 1, unit: "GB", free: 0, ...storage },
  requests: {
    name: "Worker requests, hits of its cache too",
    dollars: 0.3,
    each: 1e6,
    unit: "requests",
    free: 10e6,
    ...workers,
  },
  cpu: { name: "Worker CPU", dollars: 0.02, each: 1e6, unit: "milliseconds", free: 30e6, ...workers },
  logs: { name: "Workers Logs", dollars: 0.6, each: 1e6, unit: "events", free: 20e6, ...workers },
  ledgerRequests: { name: "Durable Object requests", dollars: 0.15, each: 1e6, unit: "requests", free: 1e6, ...ledger },
  ledgerDuration: {
    name: "Durable Object duration",
    dollars: 12.5,
    each: 1e6,
    unit: "GB-seconds",
    free: 400e3,
    ...ledger,
  },
  ledgerWritten: {
    name: "Durable Object rows written",
    dollars: 1,
    each: 1e6,
    unit: "rows",
    free: 50e6,
    ...ledger,
  },
  queue: { name: "Queues", dollars: 0.4, each: 1e6, unit: "operations", free: 1e6, ...queues },
  steps: { name: "Workflows", dollars: 8, each: 1e6, unit: "steps", free: 500e3, ...workflows },
  searchRead: { name: "D1 rows read", dollars: 0.001, each: 1e6, unit: "rows", free: 25e9, ...search },
  searchWritten: { name: "D1 rows written", dollars: 1, each: 1e6, unit: "rows", free: 50e6, ...search },
  searchStorage: { name: "D1 storage", dollars: 0.75, each: 1, unit: "GB-months", free: 5, ...search },
  points: {
    name: "Analytics Engine (not charged yet)",
    dollars: 0.25,
    each: 1e6,
    unit: "points",
    free: 10e6,
    ...points,
  },
} as const satisfies Record<string, Price>;

/** The name of a price. */
export type PriceName = keyof typeof prices;

/** What Workers Paid costs in a month, in US dollars, whatever is used. */
export const planDollars = 5;

/** The month in which the prices were read. */
export const priceMonth = "November 2026";

/** Returns what an amount costs in US dollars, without what an account has for nothing. */
export function dollarsFor(name: PriceName, amount: number): number {
  const { dollars, each } = prices[name];
  return (amount / each) * dollars;
}
