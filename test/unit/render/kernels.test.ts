import { describe, expect, it } from "vitest";
import { keptLimits } from "../../../src/budget/isolate-memory.ts";
import { Kernels } from "../../../src/render/kernels.ts";
import { codeOf } from "../../support/code-of.ts";
import { kernelModules } from "../../support/kernel.ts";

const megabyte = 1 << 20;

describe("Kernels", () => {
  it("hand out instances that have a memory of their own", () => {
    const kernels = new Kernels(kernelModules);
    expect(kernels.take(megabyte).exports.memory).not.toBe(kernels.take(megabyte).exports.memory);
  });

  it("let no render allocate more than it was given", () => {
    const kernel = new Kernels(kernelModules).take(megabyte);
    expect(codeOf(() => kernel.allocate(megabyte))).toBe("render-memory");
    expect(codeOf(() => kernel.allocate(megabyte / 2))).toBe("none");
  });

  it("hand an instance out again when its render is done, emptied", () => {
    const kernels = new Kernels(kernelModules);
    const first = kernels.take(megabyte);
    first.allocate(megabyte / 2);
    kernels.giveBack(first);
    const second = kernels.take(megabyte / 2);
    expect(second).toBe(first);
    expect(codeOf(() => second.allocate(megabyte / 4))).toBe("none");
    expect(codeOf(() => second.allocate(megabyte / 2))).toBe("render-memory");
  });

  it("let an instance go that has grown large", () => {
    const kernels = new Kernels(kernelModules);
    const large = kernels.take(32 * megabyte);
    large.allocate(16 * megabyte);
    kernels.giveBack(large);
    expect(kernels.idleBytes).toBe(0);
    expect(kernels.take(megabyte)).not.toBe(large);
  });

  it("keep no more idle memory than they may", () => {
    const kernels = new Kernels(kernelModules);
    const taken = Array.from({ length: 12 }, () => kernels.take(2 * megabyte));
    for (const kernel of taken) {
      kernel.allocate(megabyte);
      kernels.giveBack(kernel);
    }
    expect(kernels.idleBytes).toBeGreaterThan(megabyte);
    expect(kernels.idleBytes).toBeLessThanOrEqual(keptLimits.idleKernels);
  });
});
