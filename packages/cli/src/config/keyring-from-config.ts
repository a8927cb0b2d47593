import type { KeyringNode } from '@aws-crypto/material-management-node'
import type { Session } from '../session.js'
import type { KeyringConfig, KeyringConfigs, LoadedConfig } from './config.js'

type Makers = {
  [Type in keyof KeyringConfigs]: (
    keyring: KeyringConfig<Type>,
    folder: string,
    session: Session,
  ) => Promise<KeyringNode>
}

const makers: Makers = {
  kms: async (keyring) => (await import('./kms-key.js')).kmsKey(keyring),
  'raw-aes': async (keyring, folder, session) =>
    (await import('./raw-aes-key.js')).rawAesKey(keyring, folder, session),
  'local-kms': async (keyring, folder, session) =>
    (await import('./local-kms-key.js')).localKmsKey(keyring, folder, session),
}

/** The keyring that a configuration describes; a local key warns on stderr. Errors: KEY_UNAVAILABLE. */
export function keyringFromConfig({ config, folder }: LoadedConfig, session: Session): Promise<KeyringNode> {
  return makeKeyring(config.keyring, folder, session)
}

function makeKeyring<Type extends keyof KeyringConfigs>(
  keyring: KeyringConfig<Type>,
  folder: string,
  session: Session,
): Promise<KeyringNode> {
  return makers[keyring.type](keyring, folder, session)
}
