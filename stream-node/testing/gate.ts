/** A promise that is resolved from outside: what a test waits for, or holds back. */
export function gate<Value = void>(): { passed: Promise<Value>; pass(value: Value): void } {
  let pass: (value: Value) => void = () => {};
  const passed = new Promise<Value>((resolve) => {
    pass = resolve;
  });
  return { passed, pass };
}
