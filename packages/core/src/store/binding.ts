import { InputError, StoreError } from '../errors.js'

/** What the encryption context of an entry says about where the entry belongs. */
export interface Binding {
  readonly store: string
  readonly name: string
  readonly revision: number
  /** Digest of the revision before; absent at revision 1. */
  readonly previous?: string | undefined
  readonly requestId: string
  /** Only of a tombstone: digest of the blob that it stands for … */
  readonly destroyed?: string | undefined
  /** … and the request that had written that blob, where it could be read. */
  readonly destroyedRequest?: string | undefined
}

type Pairs = Readonly<Record<string, string>>

const ours = 'sealring-'
const reservedPrefixes = [ours, 'aws-crypto-']
const keys = {
  store: 'sealring-store',
  name: 'sealring-name',
  revision: 'sealring-revision',
  previous: 'sealring-previous',
  request: 'sealring-request',
  destroyed: 'sealring-destroyed',
  destroyedRequest: 'sealring-destroyed-request',
} as const

// The length of a serialised context is a 16-bit field (data-format/message-header.md#aad); 2 KiB are left for
// the pairs of the library and of the suite.
const maxContextBytes = 65_535 - 2_048
const loneSurrogate = /\p{Cs}/u
const digestForm = /^[0-9a-f]{64}$/

/** Fails with INVALID_CONTEXT unless a caller's pairs can be bound beside those of the library. */
export function checkContext(context: Pairs): void {
  let size = 2
  for (const [key, value] of Object.entries(context)) {
    const label = JSON.stringify(key)
    if (key === '') refuse('A key of the encryption context is empty.')
    if (typeof value !== 'string') refuse(`The value of ${label} in the encryption context must be a string.`)
    if (loneSurrogate.test(key) || loneSurrogate.test(value))
      refuse(`The pair ${label} of the encryption context is not well-formed Unicode.`)
    const reserved = reservedPrefixes.find((prefix) => key.startsWith(prefix))
    if (reserved) refuse(`Rename ${label}: keys that start with "${reserved}" are reserved.`)
    size += 4 + Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  if (size > maxContextBytes) refuse(`The encryption context is larger than ${maxContextBytes} bytes.`)
}

function refuse(message: string): never {
  throw new InputError('INVALID_CONTEXT', message)
}

/** The encryption context of an entry: the caller's pairs and the binding. */
export function bind(context: Pairs, binding: Binding): Record<string, string> {
  return {
    ...context,
    [keys.store]: binding.store,
    [keys.name]: binding.name,
    [keys.revision]: String(binding.revision),
    ...(binding.previous === undefined ? {} : { [keys.previous]: binding.previous }),
    [keys.request]: binding.requestId,
    ...(binding.destroyed === undefined ? {} : { [keys.destroyed]: binding.destroyed }),
    ...(binding.destroyedRequest === undefined ? {} : { [keys.destroyedRequest]: binding.destroyedRequest }),
  }
}

/** The bytes by which a header says which request wrote the blob (data-format/message-header.md#key-value-pair-entries). */
export function requestPair(requestId: string): Buffer {
  const parts = [keys.request, requestId].flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8')
    return [Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]
  })
  return Buffer.concat(parts)
}

/** What a context claims, before or after authentication; `undefined` where it is not that of an entry. */
export function readBinding(context: Pairs): Binding | undefined {
  const { [keys.store]: store, [keys.name]: name, [keys.revision]: digits } = context
  const { [keys.previous]: previous, [keys.request]: requestId } = context
  const { [keys.destroyed]: destroyed, [keys.destroyedRequest]: destroyedRequest } = context
  if (store === undefined || name === undefined || requestId === undefined) return undefined
  const revision = Number(digits)
  if (!Number.isSafeInteger(revision) || revision < 1 || String(revision) !== digits) return undefined
  if ((revision === 1) !== (previous === undefined)) return undefined
  if (previous !== undefined && !digestForm.test(previous)) return undefined
  if (destroyed !== undefined && !digestForm.test(destroyed)) return undefined
  return {
    store,
    name,
    revision,
    previous,
    requestId,
    ...(destroyed !== undefined && { destroyed }),
    ...(destroyedRequest !== undefined && { destroyedRequest }),
  }
}

/**
 * The binding of an authenticated context, if it is the expected one. Fails with BINDING_MISMATCH: the blob
 * belongs to another store, name or revision, or was not written by a store at all.
 */
export function checkBinding(
  context: Pairs,
  expected: { readonly store: string; readonly name: string; readonly revision: number },
): Binding {
  const binding = readBinding(context)
  const wrong = binding
    ? (['store', 'name', 'revision'] as const).filter((key) => binding[key] !== expected[key])
    : ['binding']
  if (!binding || wrong.length > 0)
    throw new StoreError(
      'BINDING_MISMATCH',
      `The copy opens, but its ${wrong.join(', ')} is not that of this entry: it was moved here from elsewhere.`,
      { details: { ...expected, wrong } },
    )
  return binding
}

/** The caller's own pairs of a context. */
export function callerContext(context: Pairs): Record<string, string> {
  return Object.fromEntries(
    Object.entries(context).filter(([key]) => !reservedPrefixes.some((prefix) => key.startsWith(prefix))),
  )
}
