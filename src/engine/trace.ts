import * as tf from '@tensorflow/tfjs-core';

/** What one of TensorFlow's operations took, over all its calls. */
export interface OperationCost {
  calls: number;
  /** Processor time of all threads, in milliseconds: more than what the clock says where several work. */
  cpuMs: number;
}

type Execute = (name: string, ...rest: unknown[]) => unknown;

/**
 * Runs `compute` and notes what each of TensorFlow's operations takes, by its name, clipbook's own kernels among them. The time
 * is the processor's, which other programs on the machine hardly change.
 *
 * @throws under another backend, whose operations have no such door
 */
export function traceOperations<Result>(compute: () => Result): {
  result: Result;
  operations: Map<string, OperationCost>;
} {
  if (tf.getBackend() !== 'tensorflow') {
    throw new Error(
      `Expected the tensorflow backend for a profile, but ${tf.getBackend()} runs; run "npm run setup".`,
    );
  }
  const backend = tf.backend() as unknown as { binding: { executeOp: Execute } };
  const { binding } = backend;
  const operations = new Map<string, OperationCost>();
  const executeOp: Execute = (name, ...rest) => {
    const before = process.cpuUsage();
    const results = binding.executeOp(name, ...rest);
    const { calls, cpuMs } = operations.get(name) ?? { calls: 0, cpuMs: 0 };
    operations.set(name, { calls: calls + 1, cpuMs: cpuMs + cpuMsSince(before) });
    return results;
  };
  backend.binding = bindingWith(binding, executeOp);
  try {
    return { result: compute(), operations };
  } finally {
    backend.binding = binding;
  }
}

/** Processor time of this process's threads since `process.cpuUsage()`, in milliseconds. */
export function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The binding with another way to execute; a native object's own cannot be replaced, so that an empty one stands before it. */
function bindingWith<Binding extends object>(binding: Binding, executeOp: Execute): Binding {
  return new Proxy({} as Binding, {
    get(_, key) {
      if (key === 'executeOp') return executeOp;
      const value = Reflect.get(binding, key, binding);
      return typeof value === 'function' ? value.bind(binding) : value;
    },
  });
}
