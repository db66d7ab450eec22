import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the request, or the message of a page, that the process works on: each log line of it carries the ids. */
export type RequestScope = {
  requestId: string;
  /** the template of its path; known once it was matched */
  route?: string;
  streamId?: string;
};

const shared = globalThis as { zyzzRequestScope?: AsyncLocalStorage<RequestScope> };

/** On `globalThis`: the pages' bundle holds a second copy of this module, and works on requests that the server took. */
function storage(): AsyncLocalStorage<RequestScope> {
  shared.zyzzRequestScope ??= new AsyncLocalStorage();
  return shared.zyzzRequestScope;
}

/** Runs `work`, and all that it starts, as a part of this request. */
export function runInRequest<Result>(scope: RequestScope, work: () => Result): Result {
  return storage().run(scope, work);
}

/** `undefined` outside of requests. It may be added to. */
export function currentRequest(): RequestScope | undefined {
  return storage().getStore();
}
