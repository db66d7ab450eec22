import fc from 'fast-check';

const inNpmTest = 10_000;
/** A slow machine that others use too: what an input may take on average, many times over. */
const msPerRunMax = 6;

/** How many inputs each fuzz test tries: 10,000, unless the run was told otherwise (`npm run soak -- fuzz`). */
export const fuzzRuns = { numRuns: fc.readConfigureGlobal().numRuns ?? inNpmTest };

/** How long one fuzz test may take, in milliseconds: a reader that hangs is found out too. */
export const fuzzTimeoutMs = fuzzRuns.numRuns * msPerRunMax;
