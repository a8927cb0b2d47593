import { connectionErrorCodes, connectionStates } from './custom-key-store.js'
import type { ConnectionChange, CustomKeyStore, XksProxySettings } from './custom-key-store.js'
import { expect, fieldsOf, number, oneOf, placeOf, text } from './read-json.js'

const changing = new Set(['CONNECTING', 'DISCONNECTING'])

const changeOf = (value: unknown, where: string): ConnectionChange => {
  const { at, to, errorCode } = fieldsOf(value, where)
  expect((to === 'FAILED') === (errorCode !== undefined), `${where}.errorCode contradicts to`)
  return {
    at: number(at, `${where}.at`),
    to: oneOf(['CONNECTED', 'FAILED', 'DISCONNECTED'] as const, to, `${where}.to`),
    ...(errorCode !== undefined && {
      errorCode: oneOf(connectionErrorCodes, errorCode, `${where}.errorCode`),
    }),
  }
}

const proxyOf = (value: unknown, where: string): XksProxySettings => {
  const fields = fieldsOf(value, where)
  const { vpcEndpointServiceName: name, vpcEndpointServiceOwner: owner } = fields
  const connectivity = oneOf(
    ['PUBLIC_ENDPOINT', 'VPC_ENDPOINT_SERVICE'] as const,
    fields['connectivity'],
    `${where}.connectivity`,
  )
  for (const [member, given] of Object.entries({ name, owner })) {
    expect(
      (connectivity === 'PUBLIC_ENDPOINT') === (given === undefined),
      `${where}: the VPC endpoint service's ${member} contradicts connectivity`,
    )
  }
  return {
    connectivity,
    uriEndpoint: text(fields['uriEndpoint'], `${where}.uriEndpoint`),
    uriPath: text(fields['uriPath'], `${where}.uriPath`),
    accessKeyId: text(fields['accessKeyId'], `${where}.accessKeyId`),
    rawSecretAccessKey: text(fields['rawSecretAccessKey'], `${where}.rawSecretAccessKey`),
    ...(name !== undefined && { vpcEndpointServiceName: text(name, `${where}.vpcEndpointServiceName`) }),
    ...(owner !== undefined && { vpcEndpointServiceOwner: text(owner, `${where}.vpcEndpointServiceOwner`) }),
  }
}

/** Reads a custom key store, believing nothing. */
export const customKeyStoreOf = (value: unknown, where: string): CustomKeyStore => {
  const fields = fieldsOf(value, where)
  const { connectionErrorCode: errorCode, connectionChange: change } = fields
  const connectionState = oneOf(connectionStates, fields['connectionState'], `${where}.connectionState`)
  expect(
    (connectionState === 'FAILED') === (errorCode !== undefined),
    `${where}.connectionErrorCode contradicts its connectionState`,
  )
  expect(
    changing.has(connectionState) === (change !== undefined),
    `${where}.connectionChange contradicts its connectionState`,
  )
  const common = {
    ...placeOf(fields, where),
    customKeyStoreId: text(fields['customKeyStoreId'], `${where}.customKeyStoreId`),
    createdAt: number(fields['createdAt'], `${where}.createdAt`),
    name: text(fields['name'], `${where}.name`),
    connectionState,
    ...(errorCode !== undefined && {
      connectionErrorCode: oneOf(connectionErrorCodes, errorCode, `${where}.connectionErrorCode`),
    }),
    ...(change !== undefined && { connectionChange: changeOf(change, `${where}.connectionChange`) }),
  }
  const type = oneOf(['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const, fields['type'], `${where}.type`)
  if (type === 'EXTERNAL_KEY_STORE')
    return { ...common, type, proxy: proxyOf(fields['proxy'], `${where}.proxy`) }
  return {
    ...common,
    type,
    trustAnchorCertificate: text(fields['trustAnchorCertificate'], `${where}.trustAnchorCertificate`),
    cloudHsmClusterId: text(fields['cloudHsmClusterId'], `${where}.cloudHsmClusterId`),
    keyStorePassword: text(fields['keyStorePassword'], `${where}.keyStorePassword`),
  }
}
