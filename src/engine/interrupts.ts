/** How often Jupyter has interrupted this process; its kernel counts (`setup/kernel.cjs`), elsewhere nobody does. */
const interrupts = (): number => (globalThis as { clipbookInterrupts?: number }).clipbookInterrupts ?? 0;

/**
 * For loops that take long: what it gives is to be called in every turn, and throws once the notebook's cell was interrupted. A
 * cell that waits ends at once by itself, but what it waits for would go on.
 */
export function interruptGuard(): () => void {
  const before = interrupts();
  return () => {
    if (interrupts() !== before) throw new Error('Interrupted.');
  };
}
