/** Why a declared error isn't provoked, and the page of AWS's documentation that says so. */
export interface Reason {
  readonly why: string
  readonly see: string
}
/** By operation and error. */
export type NotProvoked = Readonly<Record<string, Readonly<Record<string, Reason>>>>

const documentation = 'https://docs.aws.amazon.com/kms/latest'
export const apiReference = (operation: string): string =>
  `${documentation}/APIReference/API_${operation}.html`
export const developerGuide = (page: string): string => `${documentation}/developerguide/${page}.html`
export const resourceQuotas = developerGuide('resource-limits')

export const everyState: Reason = {
  why: 'the key state table lets it succeed in every state',
  see: `${developerGuide('key-state')}#key-state-table`,
}
