import type { KMS } from '@aws-sdk/client-kms'
import {
  administrationErrors,
  administrationNotProvoked,
  createKeyErrors,
  generateRandomErrors,
} from './administration.js'
import type { AdministrationSetup } from './administration.js'
import { keyLifeErrors, keyLifeNotProvoked } from './key-life.js'
import type { KeyLifeSetup } from './key-life.js'
import { keyErrors, keyNotProvoked } from './keys-and-cryptography.js'
import type { KeySetup } from './keys-and-cryptography.js'
import type { NotProvoked } from './not-provoked.js'

export type Setup = AdministrationSetup & KeyLifeSetup & KeySetup & { kms: KMS }
type Provoke = (setup: Setup) => Promise<unknown>

/** What provokes each declared client fault of each operation, but for those in quotas.ts. */
export const provoked: Readonly<Record<string, Readonly<Record<string, Provoke>>>> = {
  ...keyErrors,
  ...administrationErrors,
  ...keyLifeErrors,
  CreateKey: { ...keyErrors['CreateKey'], ...createKeyErrors },
  GenerateRandom: { ...keyErrors['GenerateRandom'], ...generateRandomErrors },
}

/** The pairs that AWS can't answer with, or that nothing here can provoke. */
export const notProvoked: NotProvoked = {
  ...keyNotProvoked,
  ...administrationNotProvoked,
  ...keyLifeNotProvoked,
}
