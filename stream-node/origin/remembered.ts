/** Of private streams each viewer has paths of their own: what is remembered stays small, and is forgotten all at once. */
const rememberedMax = 1000;
const rememberedLengthMax = 256;

/** What is read of a text, read once: of a crowd all ask for the same few things within the same milliseconds. */
export class Remembered<Value> {
  readonly #known = new Map<string, Value>();

  /** @param work of the text alone; what it returns is shared, and never changed */
  constructor(private readonly work: (text: string) => Value) {}

  read(text: string): Value {
    const known = this.#known.get(text);
    if (known !== undefined) {
      return known;
    }
    const value = this.work(text);
    if (text.length <= rememberedLengthMax) {
      if (this.#known.size >= rememberedMax) {
        this.#known.clear();
      }
      this.#known.set(text, value);
    }
    return value;
  }
}
