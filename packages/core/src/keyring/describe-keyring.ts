const maxLength = 400

/**
 * A keyring's name for people: its class and what its own `toJSON` shows, such as key ARNs. Without one only the class,
 * for what lies in the properties of others may be a key.
 */
export function describeKeyring(keyring: object): string {
  const { name } = keyring.constructor
  const shown: unknown = Reflect.get(keyring, 'toJSON')
  if (typeof shown !== 'function') return name
  const text = `${name} ${JSON.stringify(keyring)}`
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`
}
