import { dollarsFor, type PriceName, planDollars, prices } from "./prices.ts";

/** What is used in a month, in the units of the prices. What is left out is not known or not used. */
export type Usage = Readonly<Partial<Record<PriceName, number>>>;

/** One line of a bill. */
export interface BillLine {
  readonly price: PriceName;
  readonly amount: number;
  readonly dollars: number;
}

/** What a month costs, in US dollars. */
export interface Bill {
  readonly lines: readonly BillLine[];
  /** Without what an account has for nothing. */
  readonly dollars: number;
  /** Of an account that has nothing else: less what it has for nothing, with the plan. */
  readonly dollarsOfAccount: number;
}

/** Makes the bill of a month, its lines in the order of the prices. */
export function billOf(usage: Usage): Bill {
  const names = (Object.keys(prices) as PriceName[]).filter((name) => usage[name] !== undefined);
  const lines = names.map((price) => {
    const amount = usage[price] ?? 0;
    return { price, amount, dollars: dollarsFor(price, amount) };
  });
  const charged = lines.map(({ price, amount }) => dollarsFor(price, Math.max(0, amount - prices[price].free)));
  return {
    lines,
    dollars: lines.reduce((sum, { dollars }) => sum + dollars, 0),
    dollarsOfAccount: charged.reduce((sum, dollars) => sum + dollars, planDollars),
  };
}
