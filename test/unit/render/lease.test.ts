import { describe, expect, it } from "vitest";
import { KernelLender } from "../../../src/render/lease.ts";
import { codeOf, codeOfAsync } from "../../support/code-of.ts";
import { kernelModule } from "../../support/kernel.ts";

const megabyte = 1 << 20;

describe("KernelLender", () => {
  it("gives every render an instance with a memory of its own", async () => {
    const lender = new KernelLender(kernelModule, 10 * megabyte);
    const [first, second] = [await lender.borrow(megabyte), await lender.borrow(megabyte)];
    expect(first.kernel.exports.memory).not.toBe(second.kernel.exports.memory);
    expect(lender.lentBytes).toBe(2 * megabyte);
  });

  it("lets no render allocate more than it borrowed", async () => {
    const { kernel } = await new KernelLender(kernelModule, 10 * megabyte).borrow(megabyte);
    expect(codeOf(() => kernel.allocate(megabyte))).toBe("render-memory");
    expect(codeOf(() => kernel.allocate(megabyte / 2))).toBe("none");
  });

  it("lets what does not fit wait, and starts it in the order it came", async () => {
    const lender = new KernelLender(kernelModule, 3 * megabyte);
    const first = await lender.borrow(2 * megabyte);
    const order: string[] = [];
    const second = lender.borrow(2 * megabyte).then((loan) => {
      order.push("second");
      return loan;
    });
    const third = lender.borrow(megabyte).then((loan) => {
      order.push("third");
      return loan;
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    first.release();
    await Promise.all([second, third]);
    expect(order).toEqual(["second", "third"]);
    expect(lender.lentBytes).toBe(3 * megabyte);
  });

  it("takes what is given back twice only once", async () => {
    const lender = new KernelLender(kernelModule, 3 * megabyte);
    const first = await lender.borrow(megabyte);
    await lender.borrow(megabyte);
    first.release();
    first.release();
    expect(lender.lentBytes).toBe(megabyte);
  });

  it("runs what alone is above the budget, alone", async () => {
    const lender = new KernelLender(kernelModule, megabyte);
    const { release } = await lender.borrow(4 * megabyte);
    release();
    expect(lender.lentBytes).toBe(0);
  });

  it("refuses the render behind a full queue", async () => {
    const lender = new KernelLender(kernelModule, megabyte);
    await lender.borrow(megabyte);
    const waiting = Array.from({ length: 64 }, () => lender.borrow(megabyte));
    expect(await codeOfAsync(lender.borrow(megabyte))).toBe("render-busy");
    expect(waiting).toHaveLength(64);
  });
});
