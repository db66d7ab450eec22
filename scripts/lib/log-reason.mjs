const stackOrNoise = /^\s+at |^\s*[\^~]+$|^Node\.js v|^\s*[{}]|^node:|^file:|^\/.*:\d+$|^\(/;
const FATAL = 60;
const ERROR = 50;

/**
 * Why a process ended, out of what it wrote: what it logged as fatal, else a plain line that reads like a fault (what Node
 * itself prints), else what it logged as an error.
 *
 * @param {string[]} lines plain or JSON, in their order
 * @returns {string | undefined}
 */
export function reasonIn(lines) {
  const entries = lines.filter((line) => line.startsWith('{')).map(readEntry);
  const plain = lines.filter((line) => line.trim() !== '' && !line.startsWith('{') && !stackOrNoise.test(line));
  const loggedAt = (level) => entries.findLast((entry) => entry.level >= level)?.text;
  return (
    loggedAt(FATAL) ?? plain.find((line) => /error|fault|cannot|must/i.test(line)) ?? loggedAt(ERROR) ?? plain.at(-1)
  );
}

function readEntry(line) {
  try {
    const { level, msg, err } = JSON.parse(line);
    return { level, text: [...new Set([msg, err?.message].filter(Boolean))].join(': ') };
  } catch {
    return { level: 0, text: '' };
  }
}
