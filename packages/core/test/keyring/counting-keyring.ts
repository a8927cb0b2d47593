import { KeyringNode } from '@aws-crypto/client-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { keyring as rawKeyring } from '../envelope/fixture.js'

/** Passes on to another keyring; counts its calls, and may be made to wait or to fail. */
export class CountingKeyring extends KeyringNode {
  wraps = 0
  unwraps = 0
  readonly seen: (NodeEncryptionMaterial | NodeDecryptionMaterial)[] = []
  /** Each call waits for it. */
  gate: Promise<void> = Promise.resolve()
  failure: Error | undefined
  readonly #inner: KeyringNode

  constructor(inner: KeyringNode = rawKeyring) {
    super()
    this.#inner = inner
  }

  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    this.wraps += 1
    this.seen.push(material)
    await this.gate
    if (this.failure !== undefined) throw this.failure
    return this.#inner.onEncrypt(material)
  }

  async _onDecrypt(
    material: NodeDecryptionMaterial,
    dataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    this.unwraps += 1
    this.seen.push(material)
    await this.gate
    if (this.failure !== undefined) throw this.failure
    return this.#inner.onDecrypt(material, dataKeys)
  }
}

/** A gate for `CountingKeyring`, and what opens it. */
export function closedGate(): { gate: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  return { gate, open }
}
