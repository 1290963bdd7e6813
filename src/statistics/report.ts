import { addFigures, type Figures, noFigures } from "./figures.ts";
import { hourOf } from "./hour.ts";
import { addRollUp, type RollUp } from "./roll-up.ts";
import { type Dimension, newTally, type Tally } from "./tally.ts";

/** What figures can be told apart by: a dimension, the image, or the time. */
export type Breakdown = Dimension | "image" | "hour";

/** One row of a report. */
export interface ReportRow {
  readonly name: string;
  readonly figures: Readonly<Figures>;
  /** Of an image: when it was last asked for, in milliseconds since 1970. */
  readonly last?: number;
}

/** Adds up what was counted since a moment. */
export class StatisticsSum {
  readonly #since: number;
  #sum: RollUp = { period: "", from: [], tally: newTally() };
  readonly #times = new Map<string, Figures>();

  /** Begins with nothing; `since` is in milliseconds since 1970. */
  constructor(since: number) {
    this.#since = since;
  }

  /** Says whether something of an hour, a day or a month is since then. Days and months count whole. */
  isWithin(period: string): boolean {
    return period >= hourOf(this.#since).slice(0, period.length);
  }

  /** Adds a roll-up of that time; what is in the sum already is not added again. */
  add(rollUp: RollUp): void {
    if (!this.isWithin(rollUp.period)) return;
    const sum = addRollUp(this.#sum, rollUp);
    if (sum === this.#sum) return;
    this.#sum = sum;
    const time = this.#times.get(rollUp.period) ?? noFigures();
    addFigures(time, rollUp.tally.total);
    this.#times.set(rollUp.period, time);
  }

  /** What was added so far. */
  get tally(): Tally {
    return this.#sum.tally;
  }

  /** The times that something was counted of, in order. */
  get periods(): readonly string[] {
    return [...this.#times.keys()].sort();
  }

  /** Returns the figures by what is asked for: times in order, all else by requests, most first. */
  rows(by: Breakdown): readonly ReportRow[] {
    if (by === "hour") return this.periods.map((name) => ({ name, figures: this.#times.get(name) ?? noFigures() }));
    const { images } = this.tally;
    const rows =
      by === "image"
        ? [...images].map(([name, { figures, last }]) => ({ name, figures, last }))
        : [...this.tally.by[by]].map(([name, figures]) => ({ name, figures }));
    return rows.toSorted(({ figures: [one] }, { figures: [other] }) => other - one);
  }
}
