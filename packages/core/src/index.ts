export * from './errors.js'
export type * from './backend/backend.js'
export { sealedBlob } from './backend/sealed-blob.js'
export { collect } from './backend/collect.js'
export { checkBlob } from './backend/check-blob.js'
export { checkedStream } from './backend/checked-stream.js'
export {
  checkName,
  checkNameGrammar,
  checkRevision,
  maxNameBytes,
  maxRevision,
  reservedName,
} from './backend/entry-name.js'
export { checkBackendId, checkSidecarKey, checkSidecarSlot, checkSlot } from './backend/check-slot.js'
export { checkNamesFilter, checkPage, clipRange } from './backend/check-listing.js'
export { passesFilter, shardOf } from './backend/shard-of.js'
export { memoryBackend, memoryLocation } from './backend/memory-backend.js'
export type { MemoryBackendOptions, MemoryBlob, MemoryLocation } from './backend/memory-backend.js'
export { createStore } from './store/create-store.js'
export type * from './store/store.js'
export type { DestroyedCopy, DestroyedRevision, DestroyReceipt } from './store/destroy-receipt.js'
export type { CopyReceipt, Receipt } from './store/receipt.js'
export type { MissingKey } from './materials/missing-keys.js'
export type { NotServed } from './store/not-served.js'
export { fileBackend } from './backend/file-backend.js'
export type { FileBackendOptions } from './backend/file-backend.js'
export { withRetry } from './layer/with-retry.js'
export type { RetryOptions } from './layer/with-retry.js'
export type { RetryBudgetOptions } from './layer/retry-budget.js'
export { withTimeout } from './layer/with-timeout.js'
export type { TimeoutOptions } from './layer/with-timeout.js'
export { withHooks } from './layer/with-hooks.js'
export type { BackendHooks } from './layer/with-hooks.js'
export type { BackendCall, BackendOperation } from './layer/layer.js'
export type { BackendCallEnd, BackendOutcome } from './layer/observe.js'
export { withOpenTelemetry } from './layer/with-open-telemetry.js'
export { readOnly } from './layer/read-only.js'
