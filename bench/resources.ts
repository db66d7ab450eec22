/** What was started, taken down in reverse order; once, however often it is asked. */
export class Resources implements AsyncDisposable {
  readonly #started: AsyncDisposable[] = [];

  use<T extends AsyncDisposable>(resource: T): T {
    this.#started.push(resource);
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#started.splice(0).reverse()) {
      await resource[Symbol.asyncDispose]();
    }
  }

  /** Starts something of several parts; when one does not start, those before it are taken down again. */
  static async collect<T>(start: (resources: Resources) => Promise<T>): Promise<T> {
    const resources = new Resources();
    try {
      return await start(resources);
    } catch (error) {
      await resources[Symbol.asyncDispose]();
      throw error;
    }
  }
}
