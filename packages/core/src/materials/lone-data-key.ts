import { KeyringError } from '../errors.js'

/** AWS's materials have no place for either. */
const keptAlone = new WeakSet<object>()
const givenAlone = new WeakSet<object>()

/** Notes at materials that a keyring wants no encrypted data key beside its own. */
export function keepAlone(material: object): void {
  keptAlone.add(material)
}

/** Notes that the data key in these materials is nobody else's: whoever wraps it shares it with nobody. */
export function giveAlone(material: object): void {
  givenAlone.add(material)
}

export function isGivenAlone(material: object): boolean {
  return givenAlone.has(material)
}

/** To be called when all keyrings were asked. Throws KEYRING_INVALID. */
export function checkAlone(material: object, dataKeys: number): void {
  if (dataKeys > 1 && keptAlone.has(material)) {
    throw new KeyringError(
      'KEYRING_INVALID',
      'A threshold keyring was to seal beside another keyring, which would open the message alone: that must be asked for',
    )
  }
}
