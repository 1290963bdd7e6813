import type { LanguageMap } from "./language-map.ts";
import type { Work } from "./work.ts";
import { planOfWork } from "./work-former.ts";
import { type PagePlan, planWorks, type WorkPlan, type WorkSettings } from "./work-plan.ts";

/** The images of a folder, and the object that they are made. */
export interface FolderOfImages {
  /** The key of the object. */
  readonly object: string;
  readonly identifiers: readonly string[];
  /** What the images' own records call them: from then on their pages are called so. */
  readonly labels: ReadonlyMap<string, LanguageMap>;
  /** The record that is there. */
  readonly former: Work | undefined;
}

/** No table says anything. */
const settings: Omit<WorkSettings, "asBook"> = {
  pageLabels: "number",
  providers: new Map(),
  attributionLabel: { none: [] },
};

/** Returns the key that a folder gives an object: what the identifiers of its images share; undefined where that is nothing. */
export function objectOfFolder([first = ""]: readonly string[]): string | undefined {
  const end = first.lastIndexOf("/");
  return end < 1 ? undefined : first.slice(0, end).normalize("NFC");
}

/**
 * Plans the object of a folder, its images being its pages in natural order. What is shown by the record that is there stays,
 * wherever it lies; the object is put into no collection. Returns what is wrong in sentences without a full stop. Pure.
 */
export function planFolder({
  object,
  identifiers,
  labels,
  former,
}: FolderOfImages): { readonly plan: WorkPlan } | { readonly faults: readonly string[] } {
  const images = identifiers.map((identifier) => ({ path: identifier, identifier }));
  const { plans, faults } = planWorks({ images }, { ...settings, asBook: object });
  const [plan] = plans;
  if (plan === undefined || faults.length > 0) return { faults };
  const own = new Set(identifiers);
  const elsewhere = (former === undefined ? [] : planOfWork(former).pages).filter(({ images: shown }) =>
    shown.some(({ identifier }) => !own.has(identifier)),
  );
  const pages = plan.pages.map((page): PagePlan => {
    const label = labels.get(page.images[0]?.identifier ?? "");
    return label === undefined ? page : { ...page, label };
  });
  return { plan: { ...plan, collections: [], pages: [...pages, ...elsewhere] } };
}
