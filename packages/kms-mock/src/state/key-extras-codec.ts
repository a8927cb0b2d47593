import { grantOf } from './grant-codec.js'
import type { KmsKey } from './key.js'
import { trackedOperations } from './key-usage.js'
import type { KeyUsageNote } from './key-usage.js'
import { expect, fieldsOf, listOf, number, oneOf, text } from './read-json.js'
import type { Fields } from '../is-fields.js'

/** What a key has beside itself: grants, usage, its place in a custom key store. */
type KeyExtras = Pick<KmsKey, 'grants' | 'lastUsage' | 'customKeyStoreId' | 'xksKeyId' | 'availableState'>

const usageOf = (value: unknown, where: string): KeyUsageNote => {
  const { operation, at, count } = fieldsOf(value, where)
  return {
    operation: oneOf(trackedOperations, operation, `${where}.operation`),
    at: number(at, `${where}.at`),
    count: number(count, `${where}.count`),
  }
}

/** As JSON takes it. */
export const encodeKeyExtras = ({ grants }: KmsKey): object =>
  grants === undefined ? {} : { grants: [...grants.values()] }

/** Reads the extras of a key, believing nothing. */
export const keyExtrasOf = (fields: Fields, where: string): KeyExtras => {
  const { grants, lastUsage, customKeyStoreId, xksKeyId, availableState, state, origin } = fields
  expect(
    (xksKeyId !== undefined) === (origin === 'EXTERNAL_KEY_STORE'),
    `${where}.xksKeyId contradicts its origin`,
  )
  expect(
    (customKeyStoreId !== undefined) === (origin === 'EXTERNAL_KEY_STORE' || origin === 'AWS_CLOUDHSM'),
    `${where}.customKeyStoreId contradicts its origin`,
  )
  expect(
    state !== 'Unavailable' || customKeyStoreId !== undefined,
    `${where}.state is one of custom key stores`,
  )
  return {
    ...(grants !== undefined && {
      grants: new Map(
        listOf(grants, `${where}.grants`)
          .map((grant, index) => grantOf(grant, `${where}.grants[${index}]`))
          .map((grant) => [grant.grantId, grant]),
      ),
    }),
    ...(lastUsage !== undefined && { lastUsage: usageOf(lastUsage, `${where}.lastUsage`) }),
    ...(customKeyStoreId !== undefined && {
      customKeyStoreId: text(customKeyStoreId, `${where}.customKeyStoreId`),
    }),
    ...(xksKeyId !== undefined && { xksKeyId: text(xksKeyId, `${where}.xksKeyId`) }),
    ...(availableState !== undefined && {
      availableState: oneOf(['Enabled', 'Disabled'] as const, availableState, `${where}.availableState`),
    }),
  }
}
