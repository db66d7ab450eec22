const countFormat = new Intl.NumberFormat('en-US');

/** `4,812 listening` */
export function listeningWords(listeners: number): string {
  return `${countFormat.format(listeners)} listening`;
}

/** The same beside a sign that says LIVE: before the first listener `On air`, for nobody likes an empty stand. */
export function audienceWords(listeners: number): string {
  return listeners === 0 ? 'On air' : listeningWords(listeners);
}

/** `4,812` */
export function countWords(count: number): string {
  return countFormat.format(count);
}
