import type { Platform } from "../support/platform/platform.ts";
import { painting, pictures, urlOf } from "../support/platform/traffic.ts";
import { type Idler, idle, visit } from "../support/platform/visitors.ts";

/** Visitors under way at once. */
const visitors = 24;

const kinds = Object.values(pictures);

/** Lets visitors come, leave and hold on at random until `end`, on the clock of `performance.now`; counts what they got. */
export async function abuse(platform: Platform, end: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = (kind: string): void => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const idlers: Idler[] = [];
  platform.behaviour.latency = () => 5 + Math.random() * 145;
  platform.behaviour.fate = ({ tier }) => {
    const chance = Math.random() * (tier === "masters" ? 1 : 0.5);
    return chance < 0.002 ? "hung" : chance < 0.01 ? "failed" : chance < 0.02 ? "short" : "served";
  };
  const come = async (): Promise<void> => {
    while (performance.now() < end) {
      const chance = Math.random();
      const path = (chance < 0.7 ? pictures.thumbnail : kinds[Math.floor(Math.random() * kinds.length)]!)();
      if (chance > 0.9) {
        const outcome = await platform.leave(`/iiif/3/${painting}/${path}`, Math.random() * 800);
        count(outcome.startsWith("left") ? "left" : "stayed");
      } else if (chance > 0.88 && idlers.length < 50) {
        idlers.push(await idle(urlOf(platform, pictures.large())));
        count("idle");
      } else if (chance > 0.87) {
        idlers.shift()?.leave();
      } else {
        const { status, isWhole } = await visit(urlOf(platform, chance > 0.86 ? `${path}/none` : path));
        count(isWhole ? String(status) : `${status} broken off`);
      }
    }
  };
  await Promise.all(Array.from({ length: visitors }, come));
  for (const idler of idlers) idler.leave();
  return counts;
}
