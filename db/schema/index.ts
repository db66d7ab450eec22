// drizzle-kit and drizzle both want one module with every table.
export * from './api-tokens';
export * from './audit';
export * from './chat';
export * from './data-deletions';
export * from './events';
export * from './idempotency-keys';
export * from './jobs';
export * from './kept-journals';
export * from './node-reservations';
export * from './nodes';
export * from './own-events';
export * from './score';
export * from './stream-moves';
export * from './streams';
export * from './users';
