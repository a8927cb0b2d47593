import { KeyringNode, KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type { NodeDecryptionMaterial, NodeEncryptionMaterial } from '@aws-crypto/material-management-node'
import { directKeyring, type DirectKeyring } from '#src/materials/materials.js'
import { fuzzSuites, dataKeyFor } from './fuzz-suites.js'

function refuse(): never {
  throw new Error('This keyring only opens')
}

/** Gives the data key of the corpus, whatever entries stand in the header: through AWS's materials classes. */
class DataKeyKeyring extends KeyringNode {
  _onEncrypt(): Promise<NodeEncryptionMaterial> {
    return refuse()
  }

  async _onDecrypt(material: NodeDecryptionMaterial): Promise<NodeDecryptionMaterial> {
    const dataKey = Uint8Array.from(dataKeyFor(fuzzSuites.get(material.suite.id)!))
    const flags = KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY
    return material.setUnencryptedDataKey(dataKey, { keyNamespace: 'fixed', keyName: 'info', flags })
  }
}

/** The same without those classes, which take longer than all the rest. */
class DirectDataKeyKeyring extends DataKeyKeyring implements DirectKeyring {
  get [directKeyring](): DirectKeyring[typeof directKeyring] {
    return { generate: refuse, unwrap: (suite) => Uint8Array.from(dataKeyFor(suite)) }
  }
}

export function dataKeyKeyring(): KeyringNode {
  return new DataKeyKeyring()
}

export function directDataKeyKeyring(): KeyringNode {
  return new DirectDataKeyKeyring()
}
