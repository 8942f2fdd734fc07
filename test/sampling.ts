/** The step through a space of cases: in CI every one is tried, else each `nth`, in a fraction of the time. */
export const everyNth = (nth: number): number => (process.env['LAB'] === 'required' ? 1 : nth);
