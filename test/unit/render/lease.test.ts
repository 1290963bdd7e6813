import { describe, expect, it } from "vitest";
import { KernelLender, queueLimit } from "../../../src/render/lease.ts";
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
    first.release("done");
    await Promise.all([second, third]);
    expect(order).toEqual(["second", "third"]);
    expect(lender.lentBytes).toBe(3 * megabyte);
  });

  it("lends an instance again when its render is done, emptied, and never one whose render failed", async () => {
    const lender = new KernelLender(kernelModule, 10 * megabyte);
    const first = await lender.borrow(megabyte);
    first.kernel.allocate(megabyte / 2);
    first.release("done");
    const second = await lender.borrow(megabyte / 2);
    expect(second.kernel).toBe(first.kernel);
    expect(codeOf(() => second.kernel.allocate(megabyte / 4))).toBe("none");
    expect(codeOf(() => second.kernel.allocate(megabyte / 2))).toBe("render-memory");
    second.release("failed");
    expect((await lender.borrow(megabyte)).kernel).not.toBe(first.kernel);
  });

  it("lets an instance go that has grown large", async () => {
    const lender = new KernelLender(kernelModule, 64 * megabyte);
    const first = await lender.borrow(32 * megabyte);
    first.kernel.allocate(16 * megabyte);
    first.release("done");
    expect((await lender.borrow(megabyte)).kernel).not.toBe(first.kernel);
  });

  it("takes what is given back twice only once", async () => {
    const lender = new KernelLender(kernelModule, 3 * megabyte);
    const first = await lender.borrow(megabyte);
    await lender.borrow(megabyte);
    first.release("done");
    first.release("done");
    expect(lender.lentBytes).toBe(megabyte);
  });

  it("runs what alone is above the budget, alone", async () => {
    const lender = new KernelLender(kernelModule, megabyte);
    const { release } = await lender.borrow(4 * megabyte);
    release("done");
    expect(lender.lentBytes).toBe(0);
  });

  it("refuses the render behind a full queue", async () => {
    const lender = new KernelLender(kernelModule, megabyte);
    await lender.borrow(megabyte);
    const waiting = Array.from({ length: queueLimit }, () => lender.borrow(megabyte));
    expect(await codeOfAsync(lender.borrow(megabyte))).toBe("render-busy");
    expect(waiting).toHaveLength(queueLimit);
  });
});
