import { defined } from "./defined.ts";
import type { Entry, Page, Work } from "./work.ts";
import type { PagePlan, WorkPlan } from "./work-plan.ts";

/**
 * Completes a plan with what the record of its object says: no run takes away what a table of another run has said. A row
 * of the object decides all of the object's own texts, rows of its images all of its pages; without them the record
 * stays, and its pages that still have their images keep their order. Pure.
 */
export function keepFormer(
  plan: WorkPlan,
  { former, labels }: { readonly former: Work | undefined; readonly labels: "kept" | "by-rule" },
): WorkPlan {
  if (former === undefined) return plan;
  const { told } = plan;
  const { pages: formerPages, contents: formerContents, ...own } = former;
  const pages = told.pages ? withChoiceLabels(plan, formerPages) : mergePages(plan, formerPages, labels);
  const keys = new Set(pages.map(({ key }) => key));
  const contents = told.pages ? plan.contents : formerContents.flatMap((entry) => remainingEntries(entry, keys));
  if (told.object) {
    // A table without the column leaves it as it is: nothing becomes open by being left out.
    const { access = former.access } = plan;
    return defined<WorkPlan>({ ...plan, access, pages, contents, collections: withFormerLabels(plan, former) });
  }
  const { thumbnail, start, ...rest } = own;
  const still = (key: string | undefined) => (key !== undefined && keys.has(key) ? key : undefined);
  const { name } = plan;
  return defined<WorkPlan>({ ...rest, thumbnail: still(thumbnail), start: still(start), name, told, pages, contents });
}

/** Rows of a choice label its images: the label of their page stays. */
function withChoiceLabels(plan: WorkPlan, former: readonly Page[]): readonly PagePlan[] {
  if (plan.told.labels) return plan.pages;
  const known = new Map(former.map(({ key, label }) => [key, label]));
  return plan.pages.map((page) =>
    page.images.length > 1 && known.has(page.key) ? defined<PagePlan>({ ...page, label: known.get(page.key) }) : page,
  );
}

/** A collection keeps the label by which the record knows it: that of a collection is told by its own record. */
function withFormerLabels({ collections }: WorkPlan, former: Work): Work["collections"] {
  const known = new Map(former.collections.map(({ key, label }) => [key, label]));
  return collections.map(({ key, label }) => ({ key, label: known.get(key) ?? label }));
}

/** Pages as the record has them, those without their images left out and new ones laid behind the page they follow. */
function mergePages(plan: WorkPlan, former: readonly Page[], labels: "kept" | "by-rule"): readonly PagePlan[] {
  const planned = new Map(
    plan.pages.flatMap((page) => page.images.map(({ identifier }) => [identifier, page] as const)),
  );
  const taken = new Set<string>();
  const merged: PagePlan[] = former.flatMap((page) => {
    const images = page.images.filter(({ identifier }) => planned.has(identifier));
    for (const { identifier } of images) taken.add(identifier);
    if (images.length === 0 && page.images.length > 0) return [];
    return [formerPlan(page, images)];
  });
  let place = 0;
  for (const page of plan.pages) {
    const identifier = page.images[0]?.identifier ?? "";
    const known = merged.findIndex(({ images }) => images.some((image) => image.identifier === identifier));
    if (known < 0 && !taken.has(identifier)) merged.splice(place, 0, page);
    place = (known < 0 ? place : known) + 1;
  }
  const byKey = new Map(plan.pages.map(({ key, label }) => [key, label]));
  if (labels === "by-rule" || plan.told.labels)
    return merged.map((page) => defined<PagePlan>({ ...page, label: byKey.get(page.key) ?? page.label }));
  if (!former.every(({ label }, index) => isNumber(label, index))) return merged;
  return merged.map((page, index) => ({ ...page, label: { none: [String(index + 1)] } }));
}

/** Returns the plan that makes an object as its record has it. */
export function planOfWork(work: Work): WorkPlan {
  const pages = work.pages.map((page) => formerPlan(page, page.images));
  return { ...work, name: work.key, pages, told: { object: false, pages: false, labels: false } };
}

function formerPlan(page: Page, images: Page["images"]): PagePlan {
  const { key, label, metadata, behaviors, rights } = page;
  const named = images.map((image) =>
    defined<PagePlan["images"][number]>({ identifier: image.identifier, label: image.label }),
  );
  return defined({ key, label, metadata, behaviors, rights, images: named });
}

/** Whether a label is the number of its page, as pages have that nothing else labels. */
function isNumber(label: Page["label"], index: number): boolean {
  const texts = Object.entries(label ?? {});
  return texts.length === 1 && texts[0]?.[0] === "none" && texts[0][1].join() === String(index + 1);
}

/** Returns an entry without the pages that are gone; none of one that has nothing left. */
export function remainingEntries(entry: Entry, keys: ReadonlySet<string>): readonly Entry[] {
  const pages = entry.pages.filter((key) => keys.has(key));
  const entries = entry.entries.flatMap((child) => remainingEntries(child, keys));
  const wasEmpty = entry.pages.length + entry.entries.length === 0;
  return pages.length + entries.length === 0 && !wasEmpty ? [] : [{ ...entry, pages, entries }];
}
