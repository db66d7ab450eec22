const countFormat = new Intl.NumberFormat('en-US');

/** `4,812 listening` */
export function listeningWords(listeners: number): string {
  return `${countFormat.format(listeners)} listening`;
}

/** `4,812` */
export function countWords(count: number): string {
  return countFormat.format(count);
}
