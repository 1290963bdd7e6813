import type { IngestPlan } from "../job/job-plan.ts";
import { formatShare, type Share } from "../settings/shard.ts";

/** Says how much of a run one share of it is, as a sentence. */
export function formatShareOf(share: Share, plan: IngestPlan, whole: IngestPlan): string {
  const objects = whole.objects?.plans.length ?? 0;
  if (share.kind === "last") return `After all shards: collections, of ${objects} objects.`;
  const later = objects === 0 ? "" : " Collections are written when all shards are done: --shard last.";
  return `Shard ${formatShare(share)}: ${plan.images.length} of ${whole.images.length} images, ${plan.objects?.plans.length ?? 0} of ${objects} objects.${later}`;
}
