const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (\S+)$/;

export type MetricSample = { name: string; labels: string; value: number };

/**
 * Reads a page of figures by the rules of the text format: comments, or samples of a name, labels and a number.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * @throws Error naming the line that breaks them
 */
export function readMetrics(text: string): MetricSample[] {
  if (!text.endsWith('\n')) {
    throw new Error('the last line must end in a line feed');
  }
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# HELP ') && !line.startsWith('# TYPE '))
    .map((line) => {
      const [, name, labels = '', number = ''] = sample.exec(line) ?? [];
      const value =
        number === 'Nan' ? Number.NaN : Number(number.replace('+Inf', 'Infinity').replace('-Inf', '-Infinity'));
      if (name === undefined || Number.isNaN(value)) {
        throw new Error(`not a sample: ${line}`);
      }
      return { name, labels, value };
    });
}

/** The value of one sample; 0 where there is none. @param labels as they stand between the braces */
export function metricValue(text: string, name: string, labels = ''): number {
  return readMetrics(text).find((one) => one.name === name && one.labels === labels)?.value ?? 0;
}
