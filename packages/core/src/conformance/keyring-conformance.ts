import type { ConformanceCase } from './case.js'
import { keyringCompose } from './keyring-compose.js'
import { keyringDecrypt } from './keyring-decrypt.js'
import { keyringEncrypt } from './keyring-encrypt.js'
import type { KeyringFixture } from './keyring-fixture.js'
import { keyringMessages } from './keyring-messages.js'
import { keyringSecrets } from './keyring-secrets.js'
import { keyringSetup } from './keyring-setup.js'

/**
 * What every keyring must do (framework/keyring-interface.md), as cases for any test runner. The cases of the fixture
 * come first: when one of them fails, the rest says nothing. Each case opens and disposes a keyring of its own.
 */
export const keyringConformance: readonly ConformanceCase<KeyringFixture>[] = [
  ...keyringSetup,
  ...keyringEncrypt,
  ...keyringDecrypt,
  ...keyringSecrets,
  ...keyringCompose,
  ...keyringMessages,
]
