import { cancelKeyDeletion } from './cancel-key-deletion.js'
import { connectCustomKeyStore } from './connect-custom-key-store.js'
import { createAlias } from './create-alias.js'
import { createCustomKeyStore } from './create-custom-key-store.js'
import { createGrant } from './create-grant.js'
import { createKey } from './create-key.js'
import { decrypt } from './decrypt.js'
import { deleteAlias } from './delete-alias.js'
import { deleteCustomKeyStore } from './delete-custom-key-store.js'
import { describeCustomKeyStores } from './describe-custom-key-stores.js'
import { describeKey } from './describe-key.js'
import { disableKey } from './disable-key.js'
import { disconnectCustomKeyStore } from './disconnect-custom-key-store.js'
import { enableKey } from './enable-key.js'
import { encrypt } from './encrypt.js'
import { generateDataKeyWithoutPlaintext } from './generate-data-key-without-plaintext.js'
import { generateDataKey } from './generate-data-key.js'
import { generateRandom } from './generate-random.js'
import { getKeyLastUsage } from './get-key-last-usage.js'
import { getKeyPolicy } from './get-key-policy.js'
import { listAliases } from './list-aliases.js'
import { listGrants } from './list-grants.js'
import { listKeyPolicies } from './list-key-policies.js'
import { listKeys } from './list-keys.js'
import { listResourceTags } from './list-resource-tags.js'
import { listRetirableGrants } from './list-retirable-grants.js'
import type { Operation } from './operation.js'
import { putKeyPolicy } from './put-key-policy.js'
import { reEncrypt } from './re-encrypt.js'
import { retireGrant } from './retire-grant.js'
import { revokeGrant } from './revoke-grant.js'
import { scheduleKeyDeletion } from './schedule-key-deletion.js'
import { tagResource } from './tag-resource.js'
import { untagResource } from './untag-resource.js'
import { updateAlias } from './update-alias.js'
import { updateCustomKeyStore } from './update-custom-key-store.js'
import { updateKeyDescription } from './update-key-description.js'

/** Every operation that there is. */
const table: readonly Operation[] = [
  cancelKeyDeletion,
  connectCustomKeyStore,
  createAlias,
  createCustomKeyStore,
  createGrant,
  createKey,
  decrypt,
  deleteAlias,
  deleteCustomKeyStore,
  describeCustomKeyStores,
  describeKey,
  disableKey,
  disconnectCustomKeyStore,
  enableKey,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  getKeyLastUsage,
  getKeyPolicy,
  listAliases,
  listGrants,
  listKeyPolicies,
  listKeys,
  listResourceTags,
  listRetirableGrants,
  putKeyPolicy,
  reEncrypt,
  retireGrant,
  revokeGrant,
  scheduleKeyDeletion,
  tagResource,
  untagResource,
  updateAlias,
  updateCustomKeyStore,
  updateKeyDescription,
]

/** The operations by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  table.map((operation) => [operation.name, operation]),
)
