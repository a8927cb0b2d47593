import { keyArn } from '../state/arn.js'
import { usageId } from '../state/key-usage.js'
import { managedKeyId } from '../state/resolve-key.js'
import { defineOperation } from './operation.js'

/** API Reference, GetKeyLastUsage. Every key is tracked from its creation on. */
export const getKeyLastUsage = defineOperation({
  name: 'GetKeyLastUsage',
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, managedKeyId)
    const { lastUsage, createdAt } = key
    return {
      KeyId: keyArn(key),
      KeyLastUsage:
        lastUsage === undefined
          ? {}
          : {
              Operation: lastUsage.operation,
              Timestamp: new Date(lastUsage.at),
              CloudTrailEventId: usageId(key, lastUsage, 'event'),
              KmsRequestId: usageId(key, lastUsage, 'request'),
            },
      TrackingStartDate: new Date(createdAt),
      KeyCreationDate: new Date(createdAt),
    }
  },
})
